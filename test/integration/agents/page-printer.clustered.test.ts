import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extractText, getDocumentProxy } from 'unpdf';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createChromiumPrinter, findChromium } from '#agents/adapters/page-printer/chromium';
import { install } from '../../support/servers/chromium.ts';

let program: string;
let server: Server;
let asked = 0;

beforeAll(async () => {
  program = (await install()).path;
  server = createServer((_, answer) => {
    asked += 1;
    answer.end('x');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
}, 300_000);
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));
afterEach(() => vi.unstubAllEnvs());

describe('the printer of pages', { timeout: 120_000 }, () => {
  it('makes a PDF of a page, runs nothing in it, asks nobody anything, and leaves nothing behind', async () => {
    const { port } = server.address() as { port: number };
    const own = mkdtempSync(join(tmpdir(), 'kaze-own-'));
    vi.stubEnv('TMPDIR', own);
    const html = `<!doctype html><title>t</title><style>@import url(http://127.0.0.1:${port}/a.css)</style><h1>Bericht für Ümläute</h1><p id="p">plain words</p><img src="http://127.0.0.1:${port}/a.png"><script>document.getElementById('p').textContent = 'script ran'</script>`;
    const pdf = await createChromiumPrinter({ program }).print(html);
    const { text } = await extractText(await getDocumentProxy(pdf), { mergePages: true });
    expect(text).toContain('Bericht für Ümläute');
    expect(text).toContain('plain words');
    expect(asked).toBe(0);
    expect(readdirSync(own)).toEqual([]);
    rmSync(own, { recursive: true });
  });

  it('ends a program that takes too long, and one whose task has ended, with a reason', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kaze-slow-'));
    try {
      const slow = join(folder, 'slow');
      writeFileSync(slow, '#!/bin/sh\nexec sleep 600\n', { mode: 0o755 });
      const late = createChromiumPrinter({ program: slow, timeoutMs: 50 }).print('<p>x');
      await expect(late).rejects.toMatchObject({ code: 'KAZE_PRINTER_FAILED' });
      const reason = new Error('the task has ended');
      const ended = createChromiumPrinter({ program: slow }).print('<p>x', AbortSignal.timeout(50));
      await expect(ended).rejects.toMatchObject({ name: 'TimeoutError' });
      await expect(createChromiumPrinter({ program: slow }).print('<p>x', AbortSignal.abort(reason))).rejects.toBe(
        reason,
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('says which program is missing or made nothing, and goes on with the next page', async () => {
    const printer = createChromiumPrinter({ program: '/bin/true' });
    await expect(printer.print('<p>x')).rejects.toThrow(/\/bin\/true could not print a page: it made no PDF/);
    await expect(printer.print('<p>x')).rejects.toMatchObject({ code: 'KAZE_PRINTER_FAILED' });
    const missing = createChromiumPrinter({ program: '/nowhere/chromium' }).print('<p>x');
    await expect(missing).rejects.toThrow(/\/nowhere\/chromium could not print/);
  });

  it('is found by its usual names in the folders of a search path, absolute ones only', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kaze-path-'));
    try {
      writeFileSync(join(folder, 'google-chrome'), '#!/bin/sh\n', { mode: 0o755 });
      writeFileSync(join(folder, 'chromium'), 'no program', { mode: 0o644 });
      expect(await findChromium(`.:/nowhere:${folder}`)).toBe(join(folder, 'google-chrome'));
      expect(await findChromium('')).toBeUndefined();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
