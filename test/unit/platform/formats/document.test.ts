import { describe, expect, it } from 'vitest';
import { guessLanguage } from '#platform';
import { type Block, readDocument, sourceOf } from '#platform/formats';
import { chunked, collect, texts } from './builders.ts';

async function read(name: string, content: string, chunkBytes = 1 << 16) {
  const reading = readDocument(chunked(name, content, chunkBytes));
  const blocks = await collect(reading);
  return { blocks, summary: reading.summary };
}

const cut = (text: string, block: Block) => text.slice(block.offset.start, block.offset.end);

describe('Markdown', () => {
  const source = [
    '---',
    'title: "The Handbook"',
    'lang: en-GB',
    '---',
    '',
    '# Handbook',
    '',
    'Some *text* with **bold**, `code` and a [link](http://x.y "t") &amp; more.',
    'Second line.',
    '',
    '## Holidays',
    '- one',
    '- two',
    '  - nested',
    '',
    '| Day | Free |',
    '|-----|------|',
    '| May | *yes* |',
    '',
    '```sh',
    '# no heading',
    '',
    'ls',
    '```',
    '',
    '> quoted words',
    '',
    '<script>alert(1)</script>',
    '',
    'Setext',
    '======',
    'End.',
  ].join('\r\n');

  it('gives blocks with kind, level, path, line and offsets, whatever the chunks', async () => {
    for (const size of [1, 13, 1 << 16]) {
      const { blocks, summary } = await read('h.md', source, size);
      expect(
        blocks.map(({ kind, level, text, headingPath, line }) => [kind, level, text, headingPath.join('/'), line]),
      ).toEqual([
        ['heading', 1, 'Handbook', '', 6],
        ['paragraph', undefined, 'Some text with bold, code and a link & more.\nSecond line.', 'Handbook', 8],
        ['heading', 2, 'Holidays', 'Handbook', 11],
        ['list', undefined, '- one\n- two\n  - nested', 'Handbook/Holidays', 12],
        ['table', undefined, 'Day | Free\nMay | yes', 'Handbook/Holidays', 16],
        ['code', undefined, '# no heading\n\nls', 'Handbook/Holidays', 20],
        ['paragraph', undefined, 'quoted words', 'Handbook/Holidays', 26],
        ['heading', 1, 'Setext', '', 30],
        ['paragraph', undefined, 'End.', 'Setext', 32],
      ]);
      expect(summary).toMatchObject({
        format: 'markdown',
        title: 'The Handbook',
        language: 'en-GB',
        languageOrigin: 'declared',
      });
      expect(cut(source, blocks[2]!)).toBe('## Holidays');
      expect(cut(source, blocks[3]!)).toBe('- one\r\n- two\r\n  - nested');
      expect(cut(source, blocks[8]!)).toBe('End.');
    }
  });

  it('cuts a stream only where blocks end: far more text than a segment reads as its parts do', async () => {
    const part = source.slice(source.indexOf('# Handbook'));
    const many = `${part}\r\n\r\n`.repeat(300);
    const { blocks } = await read('h.md', many);
    const { blocks: one } = await read('h.md', part);
    expect(blocks.length).toBe(one.length * 300);
    expect(texts(blocks)).toEqual(Array.from({ length: 300 }, () => texts(one)).flat());
    for (const block of blocks.filter(({ kind }) => kind === 'heading')) expect(cut(many, block)).toContain(block.text);
  });

  it('keeps code of a fence longer than a segment as code', async () => {
    const code = Array.from({ length: 9000 }, (_, index) => `# line ${index}\n`).join('');
    const { blocks } = await read('h.md', `# A\n\n\`\`\`\n${code}\`\`\`\n\nafter\n\n# B\n`);
    expect(blocks.filter(({ kind }) => kind === 'heading').map(({ text }) => text)).toEqual(['A', 'B']);
    expect(blocks.at(-2)).toMatchObject({ kind: 'paragraph', text: 'after' });
    const inside = blocks.filter(({ kind }) => kind === 'code').map(({ text }) => text);
    expect(inside.join('\n').match(/line \d+/g)?.length).toBe(9000);
  });

  it('stays quick on text made to be slow', async () => {
    const started = performance.now();
    for (const hostile of ['[', '![', '<', '*a ', '`', '> ', '- ', '<!--', '_a*b', '| a ', '&']) {
      await read('h.md', hostile.repeat(20_000 / hostile.length));
    }
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe('plain text', () => {
  it('gives paragraphs with exact offsets and a guessed language', async () => {
    const source = 'Erste Zeile der Notiz,\r\nund die zweite mit der Sache.\r\n\r\n\r\nNächster Absatz für das Team.';
    const { blocks, summary } = await read('n.txt', source, 7);
    expect(blocks.map(({ text, line }) => [line, text])).toEqual([
      [1, 'Erste Zeile der Notiz,\nund die zweite mit der Sache.'],
      [5, 'Nächster Absatz für das Team.'],
    ]);
    expect(cut(source, blocks[1]!)).toBe('Nächster Absatz für das Team.');
    expect(summary).toMatchObject({ language: 'de', languageOrigin: 'guessed' });
  });

  it('cuts long paragraphs and keeps every character', async () => {
    const source = 'wörter und 😀 '.repeat(5000);
    const { blocks } = await read('n.txt', source);
    expect(blocks.length).toBeGreaterThan(3);
    expect(Math.max(...texts(blocks).map((text) => text.length))).toBeLessThanOrEqual(16_000);
    expect(texts(blocks).join('').trim()).toBe(source.trim());
    for (const block of blocks) expect(cut(source, block)).toBe(block.text);
  });

  it('reports broken bytes that it replaced', async () => {
    const bytes = Buffer.concat([Buffer.from('für schöne Tage\n\nzwei '), Buffer.from([0xff]), Buffer.from(' drei')]);
    const reading = readDocument(sourceOf('n.txt', bytes), { onInvalid: 'replace' });
    expect(texts(await collect(reading))).toEqual(['für schöne Tage', 'zwei \ufffd drei']);
    expect(reading.summary.warnings).toMatchObject([{ kind: 'replaced-bytes', line: 3 }]);
    await expect(collect(readDocument(sourceOf('n.txt', bytes)))).rejects.toMatchObject({
      code: 'KAZE_FORMAT_ENCODING',
      fields: { line: 3, byteOffset: 24 },
    });
  });
});

describe('CSV as a document', () => {
  it('gives a block a row, named by the header', async () => {
    const source = 'Name,City,Note\nAnn,Rome,"two\nlines"\nBob,,short\nCid,Oslo\n';
    const { blocks, summary } = await read('p.csv', source);
    expect(blocks.map(({ kind, text, line }) => [kind, line, text])).toEqual([
      ['row', 2, 'Name: Ann; City: Rome; Note: two\nlines'],
      ['row', 4, 'Name: Bob; Note: short'],
      ['row', 5, 'Name: Cid; City: Oslo'],
    ]);
    expect(cut(source, blocks[1]!)).toBe('Bob,,short');
    expect(summary.warnings).toMatchObject([{ kind: 'ragged-row', line: 5 }]);
  });
});

describe('limits', () => {
  it.each([
    ['a.txt', 'x'.repeat(100), { maxLineChars: 99 }, { limit: 'maxLineChars', allowed: 99, line: 1 }],
    ['a.txt', 'x\n'.repeat(100), { maxBytes: 150 }, { limit: 'maxBytes', allowed: 150 }],
    ['a.html', '<p>x</p>'.repeat(100), { maxBytes: 150 }, { limit: 'maxBytes', allowed: 150 }],
    [
      'a.csv',
      `a,b\n1,${'x'.repeat(50)}\n`,
      { maxFieldChars: 49 },
      { limit: 'maxFieldChars', allowed: 49, line: 2, column: 2 },
    ],
    ['a.csv', `a,b\n1,"${'x'.repeat(5000)}`, { maxFieldChars: 4000 }, { limit: 'maxFieldChars', line: 2, column: 2 }],
    ['a.csv', `a,b\n${'1,2\n'.repeat(11)}`, { maxRows: 10 }, { limit: 'maxRows', allowed: 10, line: 12 }],
    ['a.csv', 'a,b,c\n', { maxColumns: 2 }, { limit: 'maxColumns', allowed: 2 }],
    [
      'a.csv',
      `a,b\n${'x'.repeat(30)},${'y'.repeat(30)}\n`,
      { maxRowChars: 50 },
      { limit: 'maxRowChars', allowed: 50, line: 2 },
    ],
  ])('hold in %s (%#)', async (name, content, limits, fields) => {
    const reading = readDocument(chunked(name, content, 16), { limits });
    await expect(collect(reading)).rejects.toMatchObject({ code: 'KAZE_FORMAT_LIMIT', fields });
  });
});

describe('guessLanguage', () => {
  it.each([
    ['The quick brown fox jumps over the lazy dog and runs to the river.', 'en'],
    ['Der schnelle Fuchs springt über den faulen Hund und läuft zum Fluss.', 'de'],
    ['beste crm software für handwerker', 'de'],
    ['how to clean the boiler', 'en'],
    ['crm software', 'unknown'],
    ['', 'unknown'],
    ['Le renard brun rapide saute par-dessus le chien paresseux et les poules dans la cour.', 'unknown'],
    ['De snelle bruine vos springt over de luie hond en het is van een boer die we niet kennen.', 'unknown'],
    ['Den hurtige brune ræv springer over den dovne hund, og det er for sent at gå, hvor man ikke har.', 'unknown'],
    ['Den snabba räven hoppar över den lata hunden och det är inte för sent att gå.', 'unknown'],
  ])('%j is %s', (text, language) => {
    expect(guessLanguage(text)).toBe(language);
  });
});
