import { describe, expect, it } from 'vitest';
import { errorCatalogue } from '#platform';
import { readTable, type TableOptions } from '#platform/formats';
import { chunked, collect } from './builders.ts';

async function failure(text: string, options: TableOptions = {}, chunkBytes = 3) {
  try {
    await collect((await readTable(chunked('t.csv', text, chunkBytes), options)).rows);
  } catch (error) {
    return error as Error & { code: string; fields: unknown };
  }
  throw new Error('nothing was refused');
}

describe('broken CSV', () => {
  it('names the line on which an unclosed quote was opened', async () => {
    const error = await failure('a,b\n1,2\n"x\ny",3\n4,"never\nclosed\n5,6\n');
    expect(error).toMatchObject({
      code: 'KAZE_FORMAT_CSV_QUOTE',
      fields: { line: 5, column: 2, found: 'end of file' },
    });
    expect(error.message).toBe(
      't.csv: the quote opened on line 5, column 2 is never closed; a closing quote (") was expected before the end of the file',
    );
  });

  it('names what stands after a closing quote', async () => {
    const error = await failure('a,b\n1,"two\nlines" more,3\n', {}, 100);
    expect(error).toMatchObject({
      code: 'KAZE_FORMAT_CSV_QUOTE',
      fields: { line: 3, column: 2, openedLine: 2, found: 'more,3 ' },
    });
    expect(error.message).toBe(
      't.csv: line 3, column 2 has "more,3 " after a closing quote; a delimiter or the line\'s end was expected, and a quote inside a field is written twice',
    );
  });

  it('names the column that a short row lacks and the field that a long row has too much', async () => {
    const short = await failure('name,city,zip\nAnn,Rome\n');
    expect(short).toMatchObject({
      code: 'KAZE_FORMAT_CSV_RAGGED',
      fields: { line: 2, column: 3, found: 2, expected: 3 },
    });
    expect(short.message).toBe('t.csv: line 2 has 2 fields, and 3 were expected; the first missing column is 3, "zip"');
    const long = await failure('name,city\nAnn,Rome, Italy\n');
    expect(long).toMatchObject({ fields: { line: 2, column: 3, found: 3, expected: 2 } });
    expect(long.message).toBe(
      't.csv: line 2 has 3 fields, and 2 were expected; the first surplus field is column 3, " Italy"; a field that holds the delimiter must be quoted',
    );
  });

  it('refuses doubled columns on request', async () => {
    const error = await failure('a,b, a\n', { duplicates: 'error' });
    expect(error).toMatchObject({ code: 'KAZE_FORMAT_CSV_HEADER', fields: { line: 1, column: 3, found: 'a' } });
    expect(error.message).toBe('t.csv: line 1, column 3: the name "a" is there twice; give every column its own name');
  });

  it('tells limits with what exceeds them', async () => {
    const error = await failure(`a,b\n1,"${'x'.repeat(5000)}`, { limits: { maxFieldChars: 4000 } }, 100);
    expect(error.code).toBe('KAZE_FORMAT_LIMIT');
    expect(error.message).toBe(
      't.csv: the field on line 2, column 2 has more than 4000 characters (maxFieldChars); its opening quote is probably never closed',
    );
  });

  it('tells where the encoding breaks', async () => {
    const bytes = Buffer.concat([Buffer.from('näme,b\nü,'), Buffer.from([0xff]), Buffer.from('\n')]);
    const error = await readTable({
      name: 't.csv',
      bytes: (async function* () {
        yield bytes;
      })(),
    }).catch((thrown) => thrown);
    expect(error).toMatchObject({
      code: 'KAZE_FORMAT_ENCODING',
      fields: { line: 2, byteOffset: 11, encoding: 'utf-8' },
    });
    expect(error.message).toBe(
      't.csv: line 2 (byte 11) has the byte ff, which utf-8 text cannot hold; save the file as UTF-8, name its encoding, or read it with broken bytes replaced',
    );
  });
});

it('every code of the format readers has a sentence for when and for the way out', () => {
  const own = errorCatalogue().filter(([code]) => code.startsWith('KAZE_FORMAT_'));
  expect(own.map(([code]) => code.slice(12))).toEqual([
    ...[
      'CSV_HEADER',
      'CSV_QUOTE',
      'CSV_RAGGED',
      'EMPTY',
      'ENCODING',
      'HTML_DEPTH',
      'LIMIT',
      'MEMORY',
      'MISMATCH',
      'NUMBER',
    ],
    ...[
      'NUMBER_MIXED',
      'PARSER_LOST',
      'PDF_BROKEN',
      'PDF_LOCKED',
      'PDF_WITHOUT_TEXT',
      'SEARCH_CONSOLE_COLUMNS',
      'TIMEOUT',
      'UNSUPPORTED',
    ],
  ]);
  for (const [, { when, remedy }] of own) expect([when, remedy].every((text) => /^[A-Z].*\.$/.test(text))).toBe(true);
});
