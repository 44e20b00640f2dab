import { execFileSync } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CellProcess } from '../support/cell/cell-process.ts';
import { removeFolder } from '../support/cell/remove-folder.ts';
import { node24 } from '../support/node24.ts';

const HANDBOOK = fileURLToPath(new URL('../../examples/acme/handbook/', import.meta.url));

describe('on Node 24', () => {
  let folder: string;
  let cell: CellProcess;

  beforeAll(async () => {
    const node = await node24();
    expect(execFileSync(node, ['--version'], { encoding: 'utf8' })).toMatch(/^v24\./);
    folder = await mkdtemp(join(tmpdir(), 'kaze-node24-'));
    cell = new CellProcess(join(folder, 'data'), {}, node);
    await cell.start();
  }, 300_000);

  afterAll(async () => {
    await cell?.kill();
    await removeFolder(folder);
  });

  it('a cell starts, takes in a document, answers from it, and ends in good order', async () => {
    const ingest = ['ingest', join(HANDBOOK, '02-annual-leave.md'), '--tenant', 'acme', '--vertical', 'internal-ops'];
    expect(await cell.json(...ingest)).toMatchObject({ totals: { created: 1, failed: 0 } });
    const ask = ['ask', 'How many days of annual leave do full-time staff have?', '--tenant', 'acme'];
    const asked = await cell.json<{ known: boolean; answer: string }>(...ask);
    expect(asked).toMatchObject({ known: true, answer: expect.stringContaining('27 days') });
    expect(await cell.stop()).toBe(0);
  }, 120_000);
});
