import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { decodeText } from '#platform/formats';
import { chunked } from './builders.ts';

async function decode(
  bytes: Uint8Array,
  options: { onInvalid?: 'strict' | 'replace'; encoding?: string; size?: number } = {},
) {
  const source = chunked('t.txt', bytes, options.size ?? 1 << 16);
  const { chunks, report } = decodeText(source.bytes, { name: 't.txt', ...options });
  let text = '';
  for await (const chunk of chunks) text += chunk;
  return { text, report };
}

const GERMAN = 'Größe, Übung, Straße – „schön“ kostet 5 €.\nFür später.\n'.repeat(5);

describe('decodeText', () => {
  it.each(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'])(
    'tells %s without a mark, whatever the chunks',
    async (encoding) => {
      for (const size of [1, 7, 1 << 16]) {
        const { text, report } = await decode(iconv.encode(GERMAN, encoding), { size });
        expect(text).toBe(GERMAN);
        expect(report).toMatchObject({ encoding, bom: false, replacedCount: 0 });
      }
    },
  );

  it.each(['utf-8', 'utf-16le', 'utf-16be'])('drops the mark of %s', async (encoding) => {
    const { text, report } = await decode(iconv.encode(GERMAN, encoding, { addBOM: true }), { size: 1 });
    expect(text).toBe(GERMAN);
    expect(report).toMatchObject({ encoding, bom: true });
  });

  it('settles on Windows-1252 when the first accent comes after megabytes of ASCII', async () => {
    const late = `${'plain line\n'.repeat(200_000)}Café für Ältere, garçon, señor\n`;
    const { text, report } = await decode(iconv.encode(late, 'windows-1252'));
    expect(text).toBe(late);
    expect(report.encoding).toBe('windows-1252');
  });

  it('tells Japanese Shift-JIS and Cyrillic from Western text', async () => {
    const japanese = '検索パフォーマンスのレポートは、上位のクエリとページを示します。'.repeat(4);
    const russian = 'Отчёт показывает запросы, страницы и позиции сайта в поиске за три месяца. '.repeat(4);
    expect((await decode(iconv.encode(japanese, 'shift_jis'))).text).toBe(japanese);
    expect((await decode(iconv.encode(russian, 'windows-1251'))).text).toBe(russian);
  });

  it('names byte and line of broken UTF-8, across chunks', async () => {
    const bytes = Buffer.concat([
      Buffer.from('erste Zeile: schön\nzweite: für '),
      Buffer.from([0xc3]),
      Buffer.from(' später\n'),
    ]);
    for (const size of [1, 5, 1000]) {
      await expect(decode(bytes, { size, encoding: 'utf-8' })).rejects.toMatchObject({
        code: 'KAZE_FORMAT_ENCODING',
        fields: { line: 2, byteOffset: 33, encoding: 'utf-8' },
      });
    }
    await expect(decode(bytes)).rejects.toMatchObject({ fields: { line: 2, byteOffset: 33, encoding: 'utf-8' } });
  });

  it('replaces broken bytes as the WHATWG decoder does, and counts them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 9 }), async (raw, size) => {
        const bytes = raw.map((byte) => byte || 65);
        const { text, report } = await decode(bytes, { onInvalid: 'replace', encoding: 'utf-8', size });
        const bom = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
        if (!bom && (bytes[0]! < 0xfe || bytes.length < 2)) {
          const expected = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
          expect(text).toBe(expected);
          const own = [
            ...Buffer.from(bytes)
              .toString('hex')
              .matchAll(/efbfbd/g),
          ].filter((match) => match.index % 2 === 0).length;
          expect(report.replacedCount).toBe([...expected.matchAll(/\ufffd/g)].length - own);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('does not let NUL through', async () => {
    const bytes = Buffer.from('one\ntwo\0three');
    await expect(decode(bytes)).rejects.toMatchObject({ code: 'KAZE_FORMAT_ENCODING', fields: { line: 2 } });
    const { text, report } = await decode(bytes, { onInvalid: 'replace' });
    expect(text).toBe('one\ntwo\ufffdthree');
    expect(report).toMatchObject({ replacedCount: 1, firstReplaced: { line: 2 } });
  });

  it('replaces half a surrogate pair in UTF-16', async () => {
    const bytes = Buffer.concat([
      Buffer.from([0xff, 0xfe]),
      Buffer.from('a', 'utf16le'),
      Buffer.from([0x3d, 0xd8]),
      Buffer.from('b😀', 'utf16le'),
    ]);
    expect((await decode(bytes, { onInvalid: 'replace', size: 3 })).text).toBe('a\ufffdb😀');
  });

  it('refuses an encoding that does not exist', async () => {
    await expect(decode(Buffer.from('x'), { encoding: 'utf-99' })).rejects.toMatchObject({
      code: 'KAZE_FORMAT_ENCODING',
    });
  });
});
