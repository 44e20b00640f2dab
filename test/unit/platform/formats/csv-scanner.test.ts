import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCsvRow, neutraliseCell, readTable, sourceOf } from '#platform/formats';
import { chunked, collect } from './builders.ts';

async function rowsOf(text: string, chunkBytes = 1 << 16) {
  const table = await readTable(chunked('t.csv', text, chunkBytes));
  return { table, rows: await collect(table.rows) };
}

describe('readTable', () => {
  it('gives back what was written, whatever the cells hold, the delimiter, and where the chunks end', async () => {
    const cell = fc.string({
      unit: fc.constantFrom('a', 'é', '😀', '"', ',', ';', '\t', '\n', '\r', '\r\n', ' ', "'", '1'),
      maxLength: 8,
    });
    const tables = fc
      .integer({ min: 2, max: 5 })
      .chain((width) =>
        fc.tuple(
          fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 6 }),
          fc.constant(width),
        ),
      );
    await fc.assert(
      fc.asyncProperty(
        tables,
        fc.constantFrom(',', ';', '\t'),
        fc.integer({ min: 1, max: 40 }),
        async ([rows, width], delimiter, size) => {
          const header = Array.from({ length: width }, (_, index) => `c${index}`);
          const text = [header, ...rows].map((row) => formatCsvRow(row, { delimiter, neutralise: false })).join('');
          const table = await readTable(chunked('t.csv', text, size), { delimiter });
          const read = await collect(table.rows);
          expect(read.map((row) => row.cells)).toEqual(rows);
          for (const row of read) {
            // The offsets cut out the row itself, and its line is the number of line ends before it.
            const before = text.slice(0, row.offset.start);
            expect(row.line).toBe((before.match(/\r\n|\n|\r/g)?.length ?? 0) + 1);
            const again = await readTable(
              sourceOf('t.csv', `${header.join(delimiter)}\n${text.slice(row.offset.start, row.offset.end)}`),
              {
                delimiter,
              },
            );
            expect((await collect(again.rows))[0]?.cells).toEqual(row.cells);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each([
    [',', 'name,city\nAnn,Rome\nBob,Oslo\n'],
    [';', 'name;price\nAnn;1,50\nBob;2,75\n'],
    ['\t', 'name\tnote\nAnn\ta, b; c\nBob\td\n'],
    ['|', 'a|b|c\n1|2|3\n'],
  ])('detects the delimiter %j', async (delimiter, text) => {
    const { table } = await rowsOf(text);
    expect(table.dialect).toMatchObject({ delimiter, origin: 'detected' });
  });

  it('obeys a sep= line and counts it', async () => {
    const { table, rows } = await rowsOf('sep=;\r\na;b\r\n1;2\r\n');
    expect(table.dialect).toMatchObject({ delimiter: ';', origin: 'declared' });
    expect(table.headerLine).toBe(2);
    expect(rows[0]).toMatchObject({ line: 3, cells: ['1', '2'], offset: { start: 12, end: 15 } });
  });

  it('counts lines across quoted line breaks, blank lines and mixed line ends', async () => {
    const { rows } = await rowsOf('a,b\r\n1,"x\ny\r\nz"\n\n2,q\r3,r\n', 3);
    expect(rows.map((row) => [row.line, ...row.cells])).toEqual([
      [2, '1', 'x\ny\r\nz'],
      [6, '2', 'q'],
      [7, '3', 'r'],
    ]);
  });

  it('trims headers, drops the byte order mark, names empty columns and tells doubled ones apart', async () => {
    const { table } = await rowsOf('\ufeff name ,,name\nx,y,z\n');
    expect(table.columns).toEqual(['name', 'column 2', 'name (2)']);
    expect(table.encoding.bom).toBe(true);
    expect(table.warnings).toMatchObject([{ kind: 'duplicate-column', line: 1 }]);
  });

  it('pads ragged rows on request and warns', async () => {
    const table = await readTable(sourceOf('t.csv', 'a,b,c\n1,2\n1,2,3,4\n'), { ragged: 'pad' });
    expect((await collect(table.rows)).map((row) => row.cells)).toEqual([
      ['1', '2', ''],
      ['1', '2', '3', '4'],
    ]);
    expect(table.warnings.map((warning) => [warning.kind, warning.line])).toEqual([
      ['ragged-row', 2],
      ['ragged-row', 3],
    ]);
  });

  it('keeps formulas as data', async () => {
    const { rows } = await rowsOf('a,b\n=1+1,"=HYPERLINK(""http://x"")"\n');
    expect(rows[0]?.cells).toEqual(['=1+1', '=HYPERLINK("http://x")']);
  });

  it('closes the source when the rows are left early', async () => {
    let closed = false;
    const bytes = (async function* () {
      try {
        for (;;) yield new TextEncoder().encode('a,b\n1,2\n'.repeat(5000));
      } finally {
        closed = true;
      }
    })();
    const table = await readTable({ name: 't.csv', bytes });
    for await (const row of table.rows) if (row.line > 10) break;
    expect(closed).toBe(true);
  });
});

describe('neutraliseCell', () => {
  it.each(['=1+1', '+cmd|calc', '-2+3', '@SUM(A1)', '\t=1', '\r=1', '  =1', '＝1', '-cmd'])('defuses %j', (cell) => {
    expect(neutraliseCell(cell)).toBe(`'${cell}`);
  });

  it.each(['-5', '+3.25', '-1,234.50', '-3 %', 'a=b', '', 'e-mail', "'quoted"])('leaves %j as it is', (cell) => {
    expect(neutraliseCell(cell)).toBe(cell);
  });

  it('is applied when rows are written, unless told otherwise', () => {
    expect(formatCsvRow(['=A1', 'x,y'])).toBe('\'=A1,"x,y"\r\n');
    expect(formatCsvRow(['=A1'], { neutralise: false })).toBe('=A1\r\n');
  });
});
