import { deflateSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { type ByteSource, type DocumentOptions, IsolatedParser, readDocument, sourceOf } from '#platform/formats';
import { resolveLimits } from '../../../../platform/formats/types.ts';
import { collect, makePdf, texts } from './builders.ts';

async function read(source: ByteSource, options: DocumentOptions = {}) {
  const reading = readDocument(source, options);
  const blocks = await collect(reading);
  return { blocks, summary: reading.summary };
}

describe('PDF', { timeout: 60_000 }, () => {
  it('gives headings, paragraphs and lists with page and path', async () => {
    const pdf = makePdf(
      [
        [
          { text: 'Holiday policy', size: 22 },
          { text: 'Everyone has thirty days of holi-', gap: 12 },
          { text: 'days a year, to be taken by March.' },
          { text: 'Sick leave', size: 15, gap: 14 },
          { text: 'Call before nine.', gap: 8 },
          { text: '1. Tell your manager.', gap: 10 },
          { text: '2. Rest.' },
        ],
        [{ text: 'Second page text follows here.' }],
      ],
      { title: 'The policy' },
    );
    const { blocks, summary } = await read(sourceOf('policy.pdf', pdf));
    expect(
      blocks.map(({ kind, level, text, headingPath, page }) => [kind, level, text, headingPath.join('/'), page]),
    ).toEqual([
      ['heading', 1, 'Holiday policy', '', 1],
      [
        'paragraph',
        undefined,
        'Everyone has thirty days of holidays a year, to be taken by March.',
        'Holiday policy',
        1,
      ],
      ['heading', 2, 'Sick leave', 'Holiday policy', 1],
      ['paragraph', undefined, 'Call before nine.', 'Holiday policy/Sick leave', 1],
      ['list', undefined, '1. Tell your manager.\n2. Rest.', 'Holiday policy/Sick leave', 1],
      ['paragraph', undefined, 'Second page text follows here.', 'Holiday policy/Sick leave', 2],
    ]);
    expect(summary).toMatchObject({ format: 'pdf', title: 'The policy', pages: 2 });
    const whole = texts(blocks).join('\n\n');
    for (const block of blocks) expect(whole.slice(block.offset.start, block.offset.end)).toBe(block.text);
  });

  it('puts what was written out of order on one line in order, and gives rows of cells where the layout is asked for', async () => {
    const at = (x: number, y: number, text: string) => `1 0 0 1 ${x} ${y} Tm (${text}) Tj`;
    const shown = [
      ...[at(500, 700, '29.99'), at(450, 700, '5.00'), at(40, 700, 'Connection')],
      ...[at(450, 720, 'Tax'), at(500, 720, 'Total'), at(40, 660, 'Paid by card.'), at(40, 720, 'Item')],
    ];
    const pdf = makePdf([[]], { content: deflateSync(`BT /F1 10 Tf ${shown.join(' ')} ET`) });
    const running = await read(sourceOf('bill.pdf', pdf));
    expect(running.blocks.flatMap(({ text, lines }) => lines ?? [text])).toContain('Connection 5.00 29.99');
    const { blocks } = await read(sourceOf('bill.pdf', pdf), { pdfLayout: 'rows' });
    expect(blocks.map(({ kind, page, cells }) => [kind, page, cells!.map(({ text }) => text)])).toEqual([
      ['row', 1, ['Item', 'Tax', 'Total']],
      ['row', 1, ['Connection', '5.00', '29.99']],
      ['row', 1, ['Paid by card.']],
    ]);
    expect(blocks[0]!.cells!.map(({ left }) => left)).toEqual([40, 450, 500]);
  });

  it('does not run JavaScript, and says that there was some', async () => {
    const catalog = '/OpenAction << /S /JavaScript /JS (app.alert\\(1\\); while\\(true\\){}) >>';
    const { blocks, summary } = await read(sourceOf('a.pdf', makePdf([[{ text: 'Plain words.' }]], { catalog })));
    expect(texts(blocks)).toEqual(['Plain words.']);
    expect(summary.warnings).toMatchObject([{ kind: 'scripts-ignored' }]);
  });

  it('refuses what is locked, broken, without text, or has too many pages', async () => {
    const refusals: Array<[Uint8Array, string, string, DocumentOptions?]> = [
      [
        makePdf([[{ text: 'x' }]], { locked: true }),
        'KAZE_FORMAT_PDF_LOCKED',
        'f.pdf is protected by a password; save a copy without one',
      ],
      [
        Buffer.from('%PDF-1.7\nrubbish'),
        'KAZE_FORMAT_PDF_BROKEN',
        'f.pdf cannot be parsed as a PDF (Invalid PDF structure); download or export it again',
      ],
      [
        makePdf([[]]),
        'KAZE_FORMAT_PDF_WITHOUT_TEXT',
        'f.pdf has 1 page and no text, as scans have; run text recognition (OCR) on it first',
      ],
      [
        makePdf([[{ text: 'x' }], [{ text: 'y' }]]),
        'KAZE_FORMAT_LIMIT',
        'f.pdf has 2 pages, more than the 1 that are read (maxPages); split it or raise the limit',
        { limits: { maxPages: 1 } },
      ],
    ];
    for (const [bytes, code, message, options] of refusals) {
      await expect(read(sourceOf('f.pdf', bytes), options)).rejects.toMatchObject({
        code,
        message,
        fields: { name: 'f.pdf' },
      });
    }
  });
});

describe('HTML', { timeout: 60_000 }, () => {
  const page = [
    '<!doctype html><html lang="de-AT"><head><title> Die  Firma </title><style>p{color:red}</style></head>',
    '<body onload="steal()"><nav><a href="/">Start</a></nav>',
    '<main><h1>Über <em>uns</em></h1>',
    '<p>Wir bauen&nbsp;Häuser &amp; Brücken.<br>Seit 1950.</p>',
    '<script>document.write("evil")</script><noscript>no</noscript>',
    '<div hidden>secret</div><div style="display: none">secret</div>',
    '<h2>Preise</h2><ul><li>Haus<ul><li>klein</li></ul></li><li>Brücke</li></ul>',
    '<table><tr><th>Art</th><th>Preis</th></tr><tr><td>Haus</td><td>100 €</td></tr></table>',
    '<pre>a  b\n  c</pre>loser Text</main><footer>Impressum</footer></body></html>',
  ].join('\r\n');

  it('gives the main content with path, line and offsets of the source; nothing is run', async () => {
    const { blocks, summary } = await read(sourceOf('a.html', page));
    expect(
      blocks.map(({ kind, level, text, headingPath, line }) => [kind, level, text, headingPath.join('/'), line]),
    ).toEqual([
      ['heading', 1, 'Über uns', '', 3],
      ['paragraph', undefined, 'Wir bauen Häuser & Brücken.\nSeit 1950.', 'Über uns', 4],
      ['heading', 2, 'Preise', 'Über uns', 7],
      ['list', undefined, '- Haus\n  - klein\n- Brücke', 'Über uns/Preise', 7],
      ['table', undefined, 'Art | Preis\nHaus | 100 €', 'Über uns/Preise', 8],
      ['code', undefined, 'a  b\n  c', 'Über uns/Preise', 9],
      ['paragraph', undefined, 'loser Text', 'Über uns/Preise', 10],
    ]);
    expect(summary).toMatchObject({ title: 'Die Firma', language: 'de-AT', languageOrigin: 'declared' });
    const cut = blocks.map(({ offset }) => page.slice(offset.start, offset.end));
    expect(cut[0]).toBe('<h1>Über <em>uns</em></h1>');
    expect(cut[6]).toBe('loser Text');
  });

  it('obeys the declared charset', async () => {
    const bytes = Buffer.from(
      '<html><head><meta charset="iso-8859-1"></head><body><p>Käse für 5 \x80</p></body></html>',
      'latin1',
    );
    const { blocks, summary } = await read(sourceOf('a.html', bytes));
    expect(texts(blocks)).toEqual(['Käse für 5 €']);
    expect(summary.encoding?.encoding).toBe('windows-1252');
  });

  it('refuses nesting that would take forever', async () => {
    const error = await read(sourceOf('deep.html', '<div>'.repeat(200_000))).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'KAZE_FORMAT_HTML_DEPTH', fields: { name: 'deep.html', allowed: 512 } });
    expect(error.message).toBe('deep.html nests elements more than 512 deep; save it as plain text');
  });
});

describe('the parser process', { timeout: 120_000 }, () => {
  const parser = new IsolatedParser();
  afterAll(() => parser.close());
  const limits = (overrides = {}) => resolveLimits('pdf', overrides);
  const good = () => ({ kind: 'pdf' as const, name: 'good.pdf', bytes: makePdf([[{ text: 'Still here.' }]]) });

  it('is ended when a stream inflates beyond the memory limit, and the next document is read', async () => {
    // 200 MB of blanks in less than 1 MB.
    const bomb = deflateSync(Buffer.alloc(200_000_000, 32), { level: 1 });
    const bytes = makePdf([[]], { content: bomb });
    const failing = parser.parse({ kind: 'pdf', name: 'bomb.pdf', bytes }, limits({ parseMemoryMiB: 220 }));
    await expect(failing).rejects.toMatchObject({
      code: 'KAZE_FORMAT_MEMORY',
      fields: { name: 'bomb.pdf', parseMemoryMiB: 220 },
      message:
        'parsing bomb.pdf took more than 220 MiB (parseMemoryMiB) and was ended; split the document or raise the limit',
    });
    expect(texts((await parser.parse(good(), limits())).blocks)).toEqual(['Still here.']);
  });

  it('is ended when parsing overruns its time, and the next document is read', async () => {
    const operators = deflateSync(Buffer.from('BT /F1 9 Tf (x) Tj ET\n'.repeat(1_500_000)));
    const bytes = makePdf([[], []], { content: operators });
    const started = performance.now();
    const failing = parser.parse(
      { kind: 'pdf', name: 'slow.pdf', bytes },
      limits({ parseTimeoutMs: 700, parseMemoryMiB: 4000 }),
    );
    await expect(failing).rejects.toMatchObject({
      code: 'KAZE_FORMAT_TIMEOUT',
      fields: { name: 'slow.pdf', parseTimeoutMs: 700 },
      message:
        'parsing slow.pdf took longer than 700 ms (parseTimeoutMs) and was ended; split the document or raise the limit',
    });
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(texts((await parser.parse(good(), limits())).blocks)).toEqual(['Still here.']);
  });

  it('ends when its caller gives up, and serves who waits behind', async () => {
    const abort = new AbortController();
    const operators = deflateSync(Buffer.from('BT /F1 9 Tf (x) Tj ET\n'.repeat(1_500_000)));
    const job = { kind: 'pdf' as const, name: 'slow.pdf', bytes: makePdf([[]], { content: operators }) };
    const failing = parser.parse(job, limits({ parseMemoryMiB: 4000 }), abort.signal);
    const behind = parser.parse(good(), limits());
    abort.abort(new Error('enough'));
    await expect(failing).rejects.toThrow('enough');
    expect(texts((await behind).blocks)).toEqual(['Still here.']);
  });

  it('says so when it is lost', async () => {
    const running = parser.parse(good(), limits());
    await Promise.resolve();
    parser.close();
    await expect(running).rejects.toMatchObject({
      code: 'KAZE_FORMAT_PARSER_LOST',
      kind: 'environment',
      retryable: true,
    });
  });
});
