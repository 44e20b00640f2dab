import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CellProcess } from '../../support/cell/cell-process.ts';
import { kaze } from '../../unit/deploy/cli/fake-terminal.ts';

let folder: string;
let cell: CellProcess;
const at = (name: string) => join(folder, name);
/** Runs `kaze … --data` in this process; its code and all it printed. */
const run = async (...argv: string[]) => {
  const { code, out, err } = await kaze([...argv, '--data', at('data')], { cwd: folder });
  return { code, out, said: `${out}${err}` };
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kaze-bad-files-'));
  cell = new CellProcess(at('data'));
  await cell.start();
}, 240_000);
afterAll(async () => {
  await cell?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const HEADER = 'Top queries,Clicks,Impressions,CTR,Position\n';
const zip = new Uint8Array([0x50, 0x4b, 3, 4, ...new Array<number>(60).fill(0)]);
const FILES: ReadonlyArray<readonly [name: string, content: string | Uint8Array, code: string, said: RegExp]> = [
  [
    'page.csv',
    '<!doctype html><html><body>Please sign in</body></html>',
    'KAZE_FORMAT_MISMATCH',
    /web page \(HTML\).*rename it to \.html/,
  ],
  ['quotes.csv', 'a,b\n1,"two\n3,4\n', 'KAZE_FORMAT_CSV_QUOTE', /line 2, column 2 is never closed/],
  [
    'broken.md',
    new Uint8Array([...Buffer.from(`# A\n\n${'é'.repeat(40)}`), 0xff, 0xfe, 0x0a]),
    'KAZE_FORMAT_ENCODING',
    /line 3 \(byte \d+\) has the byte ff/,
  ],
  ['archive.md', zip, 'KAZE_FORMAT_MISMATCH', /zip archive.*never unpacked/],
  ['torn.pdf', '%PDF-1.4 and nothing more', 'KAZE_FORMAT_PDF_BROKEN', /cannot be parsed as a PDF/],
  ['deep.html', '<div>'.repeat(100_000), 'KAZE_FORMAT_HTML_DEPTH', /more than 512 deep/],
  ['empty.csv', '', 'KAZE_FORMAT_EMPTY', /is empty \(0 bytes\)/],
];

describe('kaze ingest', { timeout: 180_000 }, () => {
  it('tells of every file that cannot be read why, where and what would help, and takes in the rest', async () => {
    const docs = mkdtempSync(join(folder, 'docs-'));
    for (const [name, content] of FILES) writeFileSync(join(docs, name), content);
    writeFileSync(join(docs, 'good.md'), '# Hours\n\nThe office opens at nine.\n');
    writeFileSync(
      join(docs, 'script.html'),
      '<html><head><script>document.write("PWNED")</script></head><body><h1>Hi</h1><p>Safe text is here.</p><img src=x onerror=alert(1)></body></html>',
    );
    const { code, out } = await run('ingest', docs, '--tenant', 'acme', '--json');
    expect(code).toBe(3);
    const report = JSON.parse(out) as {
      totals: object;
      files: ReadonlyArray<{ name: string; change: string; error?: { code: string; message: string } }>;
    };
    expect(report.totals).toMatchObject({ created: 2, failed: FILES.length });
    for (const [name, , wanted, text] of FILES) {
      const { error } = report.files.find((file) => file.name === name)!;
      expect(error?.code, name).toBe(wanted);
      expect(error?.message, name).toMatch(text);
      expect(error?.message, name).not.toContain(folder);
    }
    const { chunks } = await cell.query<{ chunks: { nodes: Array<{ text: string }> } }>(
      '{ chunks(filter: { source: { some: { name: { eq: "script.html" } } } }) { nodes { text } } }',
    );
    expect(chunks.nodes.map(({ text }) => text).join()).toContain('Safe text');
    expect(chunks.nodes.map(({ text }) => text).join()).not.toMatch(/PWNED|alert/);
  });

  it('stops at once at a client or a vertical that does not exist, with the nearest', async () => {
    const docs = mkdtempSync(join(folder, 'two-'));
    for (const name of ['a.md', 'b.md', 'c.md', 'd.md']) writeFileSync(join(docs, name), `# ${name}\n\nText of it.\n`);
    const client = await run('ingest', docs, '--tenant', 'acmee');
    expect(client.code).not.toBe(0);
    expect(client.said).toContain('there is no client "acmee"; did you mean acme?');
    expect(client.said).toContain('KAZE_INGESTION_UNKNOWN_TENANT');
    expect(client.said).not.toContain('d.md');
    const vertical = await run('ingest', docs, '--tenant', 'acme', '--vertical', 'sea');
    expect(vertical.said).toMatch(/no vertical "sea"; did you mean seo\?[\s\S]*KAZE_INGESTION_UNKNOWN_VERTICAL/);
  });
});

describe('kaze tasks submit', { timeout: 120_000 }, () => {
  it.each<[string, string, string, RegExp]>([
    ['a web page named .csv', '<!doctype html><html><body>Sign in</body></html>', 'KAZE_FORMAT_MISMATCH', /web page/],
    [
      'a missing column',
      'Top queries,Clicks,Impressions,CTR\nshoes,1,10,10%\n',
      'KAZE_FORMAT_SEARCH_CONSOLE_COLUMNS',
      /line 1 has no column for position/,
    ],
    ['an open quote', `${HEADER}"shoes,1,10,10%,3\n`, 'KAZE_FORMAT_CSV_QUOTE', /line 2, column 1 is never closed/],
    [
      'a cell that is no number',
      `${HEADER}shoes,many,10,10%,3\n`,
      'KAZE_FORMAT_NUMBER',
      /line 2, column 2 \("Clicks", clicks\) has "many"/,
    ],
    ['an empty export', HEADER, 'KAZE_FORMAT_EMPTY', /a header \(line 1\) and no rows/],
    ['nothing', '', 'KAZE_FORMAT_EMPTY', /is empty/],
  ])('refuses %s before anything is queued, with line and column', async (_what, content, code, said) => {
    writeFileSync(at('rows.csv'), content);
    const task = ['--agent', 'seo-strategist', '--client', 'acme', '--skill', 'keyword-research'];
    const inputs = ['--input', 'current_rankings=@rows.csv', '--input', 'business_context=Shoes.'];
    const before = await cell.query<{ tasks: { totalCount: number } }>('{ tasks { totalCount } }');
    const result = await run('tasks', 'submit', ...task, ...inputs);
    expect(result.code).toBe(1);
    expect(result.said).toContain(code);
    expect(result.said).toMatch(said);
    expect(await cell.query('{ tasks { totalCount } }')).toEqual(before);
  });

  it.each([
    [
      ['--agent', 'seo-strategst', '--client', 'acme', '--skill', 'keyword-research'],
      6,
      'did you mean seo-strategist?',
    ],
    [
      ['--agent', 'seo-strategist', '--client', 'acme', '--skill', 'keyword-reserch'],
      6,
      'did you mean keyword-research?',
    ],
    [
      ['--agent', 'seo-strategist', '--client', 'acmee', '--skill', 'keyword-research'],
      6,
      'there is no client "acmee"; there is acme',
    ],
  ])('names what there is for %j', async (task, code, said) => {
    const result = await run('tasks', 'submit', ...task);
    expect(result.said).toContain(said);
    expect(result.code).toBe(code);
  });
});

describe('kaze skills validate', { timeout: 120_000 }, () => {
  const laughs = Array.from({ length: 9 }, (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(', ')}]`);
  it.each<[string, string | Uint8Array, RegExp]>([
    [
      'aliases that unfold without end',
      `skill: x\nl0: &l0 [lol]\n${laughs.join('\n')}\n`,
      /:\d+:\d+ too many aliases; expected at most 10/,
    ],
    ['nesting without end', '[ '.repeat(20_000), /:1:1 nested too deeply; expected at most 12 levels/],
    ['bytes that are no text', new Uint8Array([0x73, 0x6b, 0x3a, 0x20, 0xff, 0xfe]), /is not UTF-8 text/],
    ['a slip in a key', 'skill: my-skill\ndescripton: finds\n', /:2:1 .*did you mean "description"\?/],
  ])('ends with 2 on %s and says so in a few lines', async (_what, content, said) => {
    writeFileSync(at('skill.yaml'), content);
    const { code, said: printed } = await kaze(['skills', 'validate', 'skill.yaml'], { cwd: folder }).then((ran) => ({
      code: ran.code,
      said: ran.out + ran.err,
    }));
    expect(code).toBe(2);
    expect(printed).toMatch(said);
    expect(printed).not.toMatch(/call stack|node_modules/);
    expect(printed.split('\n').length).toBeLessThan(20);
  });
});
