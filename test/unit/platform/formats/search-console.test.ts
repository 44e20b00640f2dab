import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { readSearchConsole, sourceOf } from '#platform/formats';
import { decimalEvidence, parseNumber } from '../../../../platform/formats/search-console/numbers.ts';

const clock = { now: () => Date.UTC(2026, 10, 22), sleep: async () => {} };
const read = (text: string | Uint8Array, name = 'Queries.csv') => readSearchConsole(sourceOf(name, text), { clock });
const failure = (text: string) => read(text).catch((thrown) => thrown);

describe('readSearchConsole', () => {
  it('reads the English export', async () => {
    const result = await read(
      'Top queries,Clicks,Impressions,CTR,Position\nblue shoes,"1,234","40,012",3.08%,4.27\n"a ""b"", c",0,12,0%,55.5\n',
    );
    expect(result.rows).toEqual([
      {
        line: 2,
        query: 'blue shoes',
        clicks: 1234,
        impressions: 40012,
        ctr: expect.closeTo(0.0308, 10),
        position: 4.27,
      },
      { line: 3, query: 'a "b", c', clicks: 0, impressions: 12, ctr: 0, position: 55.5 },
    ]);
    expect(result).toMatchObject({
      dimensions: ['query'],
      columnsBy: 'names',
      decimalMark: '.',
      decimalMarkProven: true,
      warnings: [],
    });
    expect(result.headers).toMatchObject({ query: 'Top queries', clicks: 'Clicks' });
  });

  it('reads the German export with decimal comma, semicolons and UTF-16', async () => {
    const text =
      'Häufigste Suchanfragen;Klicks;Impressionen;CTR;Position\r\nschöne schuhe;1.234;40.012;3,08 %;4,27\r\n';
    for (const encoding of ['utf-8', 'utf-16le', 'windows-1252']) {
      const result = await read(iconv.encode(text, encoding));
      expect(result.rows).toEqual([
        {
          line: 2,
          query: 'schöne schuhe',
          clicks: 1234,
          impressions: 40012,
          ctr: expect.closeTo(0.0308, 10),
          position: 4.27,
        },
      ]);
      expect(result.decimalMark).toBe(',');
    }
  });

  it.each([
    [
      'fr',
      'Requêtes les plus fréquentes,Clics,Impressions,CTR,Position',
      '"1\u202f234","40\u202f012","3,08\u00a0%","4,27"',
    ],
    ['es', 'Consultas principales,Clics,Impresiones,CTR,Posición', '1234,40012,"3,08 %","4,27"'],
    ['it', 'Query più frequenti,Clic,Impressioni,CTR,Posizione', '1234,40012,"3,08%","4,27"'],
    ['nl', 'Populairste zoekopdrachten,Klikken,Vertoningen,CTR,Positie', '1234,40012,"3,08%","4,27"'],
    ['pt', 'Principais consultas,Cliques,Impressões,CTR,Posição', '1234,40012,"3,08%","4,27"'],
    ['pl', 'Najczęstsze zapytania,Kliknięcia,Wyświetlenia,CTR,Pozycja', '"1\u00a0234","40\u00a0012","3,08%","4,27"'],
    [
      'sv',
      'Vanligaste sökfrågorna / sökfrågor,Klick,Exponeringar,CTR (klickfrekvens),Position',
      '"1\u00a0234",40012,"3,08 %","4,27"',
    ],
    ['da', 'Populæreste forespørgsler,Klik,Eksponeringer,CTR,Placering', '1234,40012,"3,08 %","4,27"'],
    ['nb', 'Populære søk,Klikk,Visninger,Klikkfrekvens,Posisjon', '1234,40012,"3,08 %","4,27"'],
    ['fi', 'Suosituimmat haut,Klikkaukset,Näyttökerrat,Klikkausprosentti,Sijainti', '1234,40012,"3,08 %","4,27"'],
    ['cs', 'Nejčastější dotazy,Kliknutí,Zobrazení,Míra prokliku,Pozice', '1234,40012,"3,08 %","4,27"'],
    ['tr', 'En çok yapılan sorgular,Tıklamalar,Gösterimler,TO,Konum', '1234,40012,"%3,08","4,27"'],
    ['ja', '上位のクエリ,クリック数,表示回数,CTR,掲載順位', '1234,40012,3.08%,4.27'],
    ['de-CH', 'Häufigste Suchanfragen,Klicks,Impressionen,CTR,Position', "1’234,40'012,3.08%,4.27"],
    ['ko', '인기 검색어,클릭수,노출,CTR,게재순위', '1234,40012,3.08%,4.27'],
    ['ru', 'Популярные запросы,Клики,Показы,CTR,Позиция', '1234,40012,"3,08%","4,27"'],
  ])('reads the export in %s', async (_locale, header, numbers) => {
    const { rows, columnsBy, warnings } = await read(`${header}\nword,${numbers}\n`);
    expect(rows).toEqual([
      { line: 2, query: 'word', clicks: 1234, impressions: 40012, ctr: expect.closeTo(0.0308, 10), position: 4.27 },
    ]);
    expect({ columnsBy, warnings }).toEqual({ columnsBy: 'names', warnings: [] });
  });

  it.each([
    ['Top pages', 'https://a.b/c', 'page'],
    ['Seiten mit den meisten Klicks', 'https://a.b/c', 'page'],
    ['Country', 'Germany', 'country'],
    ['Gerät', 'MOBILE', 'device'],
    ['Date', '2026-10-01', 'date'],
  ])('reads the dimension %s', async (header, value, dimension) => {
    const { rows, dimensions } = await read(`${header},Clicks,Impressions,CTR,Position\n${value},1,10,10%,2\n`);
    expect(dimensions).toEqual([dimension]);
    expect(rows[0]).toMatchObject({ [dimension]: value });
  });

  it.each([
    ['German', ['30.09.2026', '01.10.2026']],
    ['Czech', ['30. 9. 2026', '1. 10. 2026']],
    ['Dutch', ['30-9-2026', '1-10-2026']],
    ['French', ['30/09/2026', '01/10/2026']],
    ['American', ['9/30/2026', '10/1/2026']],
    ['Japanese', ['2026/9/30', '2026/10/1']],
    ['Hungarian', ['2026. 09. 30.', '2026. 10. 01.']],
    ['compact', ['20260930', '20261001']],
  ])('reads days as a %s spreadsheet saves them', async (_, days) => {
    const { rows } = await read(
      `Date,Clicks,Impressions,CTR,Position\n${days.map((day) => `${day},1,10,10%,2`).join('\n')}\n`,
    );
    expect(rows.map(({ date }) => date)).toEqual(['2026-09-30', '2026-10-01']);
  });

  it('tells the day from the month by which order leaves the days next to each other', async () => {
    const days = async (...texts: string[]) =>
      (
        await read(`Date,Clicks,Impressions,CTR,Position\n${texts.map((day) => `${day},1,10,10%,2`).join('\n')}\n`)
      ).rows.map(({ date }) => date);
    expect(await days('01/10/2026', '02/10/2026', '03/10/2026')).toEqual(['2026-10-01', '2026-10-02', '2026-10-03']);
    expect(await days('10/1/2026', '10/2/2026', '10/3/2026')).toEqual(['2026-10-01', '2026-10-02', '2026-10-03']);
    await expect(days('1/2/2026')).rejects.toMatchObject({
      code: 'KAZE_FORMAT_NUMBER',
      fields: { line: 2, column: 1, found: '1/2/2026' },
    });
    await expect(days('13/10/2026', '10/14/2026')).rejects.toMatchObject({
      code: 'KAZE_FORMAT_NUMBER_MIXED',
      message:
        'Queries.csv: "13/10/2026" on line 2 has the day first and "10/14/2026" on line 3 the month; export the table again, dates as YYYY-MM-DD',
    });
  });

  it('reads queries by page, columns in any order', async () => {
    const { rows } = await read('Page,Position,Query,CTR,Impressions,Clicks\nhttps://a.b/,2.5,word,10%,10,1\n');
    expect(rows[0]).toEqual({
      line: 2,
      page: 'https://a.b/',
      query: 'word',
      clicks: 1,
      impressions: 10,
      ctr: 0.1,
      position: 2.5,
    });
  });

  it('goes by shape in a language that is not known', async () => {
    const { rows, columnsBy } = await read(
      'Θέμα,Άλφα,Βήτα,Γάμα,Δέλτα\nλέξη,5,100,"5,00%","7,1"\nδύο,1,50,"2,00%","9,3"\n',
    );
    expect(columnsBy).toBe('shape');
    expect(rows[1]).toEqual({ line: 3, query: 'δύο', clicks: 1, impressions: 50, ctr: 0.02, position: 9.3 });
  });

  it('reads CTR written as a fraction', async () => {
    const { rows, warnings } = await read(
      'query,clicks,impressions,ctr,position\na,1,40,0.025,3.5\nb,2,50,0.04,1.25\n',
    );
    expect(rows.map((row) => row.ctr)).toEqual([0.025, 0.04]);
    expect(warnings).toEqual([]);
  });

  it('gives right lines after quoted line breaks', async () => {
    const { rows } = await read('Query,Clicks,Impressions,CTR,Position\n"two\nlines",1,10,10%,2\nb,1,10,10%,2\n');
    expect(rows.map((row) => row.line)).toEqual([2, 4]);
  });

  it('warns of CTR beyond rounding, impossible clicks and future dates, and repairs nothing', async () => {
    const { rows, warnings, warningCounts } = await read(
      'Date,Clicks,Impressions,CTR,Position\n2026-11-01,1,3,33.33%,2.5\n2026-11-02,1,3,40%,2\n2026-11-03,4,2,200%,2\n2027-01-05,0,0,0%,\n',
    );
    expect(rows.map((row) => row.ctr)).toEqual([expect.closeTo(0.3333, 10), 0.4, 2, 0]);
    expect(warnings).toEqual([
      { kind: 'ctr-disagrees', line: 3, message: 'line 3: the CTR says 40 %, clicks and impressions say 33.33 %' },
      { kind: 'clicks-exceed-impressions', line: 4, message: 'line 4: 4 clicks of 2 impressions' },
      { kind: 'date-in-future', line: 5, message: 'line 5: 2027-01-05 lies in the future' },
    ]);
    expect(warningCounts).toEqual({ 'ctr-disagrees': 1, 'clicks-exceed-impressions': 1, 'date-in-future': 1 });
  });

  it('warns of rows that stand twice and of positions below the first, and passes over rows of nothing', async () => {
    const { rows, warnings } = await read(
      'Query;Clicks;Impressions;CTR;Position\na;1;10;10%;2\nb;1;10;10%;0\na;2;20;10%;2\n;;;;\n; ;;;\n',
    );
    expect(rows.map(({ line, clicks }) => [line, clicks])).toEqual([
      [2, 1],
      [3, 1],
      [4, 2],
    ]);
    expect(warnings).toEqual([
      { kind: 'position-below-one', line: 3, message: 'line 3: position 0, and positions count from 1' },
      { kind: 'duplicate-row', line: 4, message: 'line 4: the same stands on line 2, so its figures count twice' },
    ]);
  });

  it.each(['Hour', 'Uhrzeit', 'Heure', 'Time (UTC)'])('does not take %s for queries', async (header) => {
    const error = await failure(`${header},Clicks,Impressions,CTR,Position\n10 am,1,10,10%,2\n`);
    expect(error).toMatchObject({ code: 'KAZE_FORMAT_SEARCH_CONSOLE_COLUMNS', fields: { expected: 'query' } });
  });

  it('counts warnings beyond the hundred that it lists', async () => {
    const { warnings, warningCounts } = await read(
      `Query,Clicks,Impressions,CTR,Position\n${Array.from({ length: 150 }, (_, at) => `a${at},1,3,40%,2\n`).join('')}`,
    );
    expect(warnings).toHaveLength(100);
    expect(warningCounts).toEqual({ 'ctr-disagrees': 150 });
  });

  it('says so when nothing tells a decimal mark from a thousands mark', async () => {
    const { decimalMarkProven, warnings } = await read('Query;Clicks;Impressions;CTR;Position\na;1;10;10%;2.125\n');
    expect(decimalMarkProven).toBe(false);
    expect(warnings).toMatchObject([{ kind: 'number-ambiguous', line: 2 }]);
  });

  it('tells which column is missing and which header comes nearest', async () => {
    const error = await failure('Top queries,Clicks,Impresions,CTR,Position\na,1,10,10%,2\n');
    expect(error).toMatchObject({
      code: 'KAZE_FORMAT_SEARCH_CONSOLE_COLUMNS',
      fields: { line: 1, expected: 'impressions', nearest: 'Impresions' },
    });
    expect(error.message).toBe(
      'Queries.csv: line 1 has no column for impressions (found: "Top queries", "Clicks", "Impresions", "CTR", "Position"); did you mean "Impresions"? A Search Console performance export has a query or page, clicks, impressions, CTR and position',
    );
  });

  it('refuses other tables and comparison exports', async () => {
    expect(await failure('name,street,city\nAnn,Main,Rome\n')).toMatchObject({
      code: 'KAZE_FORMAT_SEARCH_CONSOLE_COLUMNS',
      fields: { expected: 'clicks' },
    });
    const comparison =
      'Top queries,2026 Clicks,2025 Clicks,2026 Impressions,2025 Impressions,CTR,Position\na,1,2,3,4,10%,2\n';
    expect((await failure(comparison)).message).toBe(
      'Queries.csv: line 1 has two columns for clicks ("2026 Clicks" and "2025 Clicks"), as comparison exports have; export one period alone',
    );
  });

  it('refuses an export without rows', async () => {
    const error = await failure('Top queries,Clicks,Impressions,CTR,Position\n');
    expect(error).toMatchObject({ code: 'KAZE_FORMAT_EMPTY', fields: { line: 1 } });
    expect(error.message).toBe(
      'Queries.csv has a header (line 1) and no rows; export a longer period or remove filters',
    );
  });

  it('names the cell that is no number', async () => {
    const error = await failure('Query,Clicks,Impressions,CTR,Position\na,1,10,10%,2\nb,many,10,10%,2\n');
    expect(error).toMatchObject({
      code: 'KAZE_FORMAT_NUMBER',
      fields: { line: 3, column: 2, header: 'Clicks', found: 'many' },
    });
    expect(error.message).toBe(
      'Queries.csv: line 3, column 2 ("Clicks", clicks) has "many", and a number was expected',
    );
    expect(await failure('Query,Clicks,Impressions,CTR,Position\na,1.5,10,10%,2\n')).toMatchObject({
      fields: { expected: 'a whole number' },
    });
    expect(await failure('Date,Clicks,Impressions,CTR,Position\n2026-02-30,1,10,10%,2\n')).toMatchObject({
      fields: { column: 1, found: '2026-02-30' },
    });
  });

  it('refuses a file of two number conventions and names both cells', async () => {
    const error = await failure('Query,Clicks,Impressions,CTR,Position\na,1,10,10%,2.5\nb,1,10,10%,"2,5"\n');
    expect(error).toMatchObject({
      code: 'KAZE_FORMAT_NUMBER_MIXED',
      fields: { commaLine: 3, comma: '2,5', pointLine: 2, point: '2.5' },
    });
    expect(error.message).toBe(
      'Queries.csv: "2,5" on line 3 has a decimal comma and "2.5" on line 2 a decimal point; export the table again in one locale',
    );
  });

  it('reads ten thousand rows', async () => {
    const lines = Array.from(
      { length: 10_000 },
      (_, index) => `"query ${index}",${index},20000,${((index / 20_000) * 100).toFixed(2)}%,3.5`,
    );
    const { rows, warningCounts } = await read(`Top queries,Clicks,Impressions,CTR,Position\n${lines.join('\n')}\n`);
    expect(rows).toHaveLength(10_000);
    expect(warningCounts).toEqual({});
  });
});

describe('numbers', () => {
  const locales = [
    'en-US',
    'de-DE',
    'fr-FR',
    'de-CH',
    'pl-PL',
    'sv-SE',
    'pt-BR',
    'es-ES',
    'ja-JP',
    'cs-CZ',
    'fi-FI',
    'tr-TR',
    'en-IN',
  ].filter(
    // India groups by two digits; Search Console does not.
    (locale) => locale !== 'en-IN',
  );

  it('come back from every locale, as counts, decimals and percentages', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...locales),
        fc.integer({ min: 0, max: 10_000_000 }),
        fc.integer({ min: 0, max: 10_000 }),
        (locale, count, hundredths) => {
          const decimal = new Intl.NumberFormat(locale).formatToParts(0.5).find((part) => part.type === 'decimal')!
            .value as ',' | '.';
          const fraction = hundredths / 100;
          const cells = [
            { text: new Intl.NumberFormat(locale).format(count), line: 2, whole: true },
            {
              text: new Intl.NumberFormat(locale, { minimumFractionDigits: 2 }).format(fraction),
              line: 2,
              whole: false,
            },
            {
              text: new Intl.NumberFormat(locale, { style: 'percent', minimumFractionDigits: 2 }).format(
                fraction / 100,
              ),
              line: 2,
              whole: false,
            },
          ];
          expect(decimalEvidence(cells)).toEqual({ mark: decimal });
          expect(parseNumber(cells[0]!.text, decimal)).toBe(count);
          expect(parseNumber(cells[1]!.text, decimal)).toBe(fraction);
          expect(parseNumber(cells[2]!.text, decimal)).toBeCloseTo(fraction, 2);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it.each(['', 'x', '1,2,3', '12,34.5', '1..2', '.5.', '1 2', '1,23,456', '--1', '1e5', '٣'])('%j is none', (text) => {
    expect(parseNumber(text, '.')).toBeUndefined();
  });

  it('are never invented: what is read back has the digits of the cell', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('0', '1', '7', ',', '.', ' ', '\u00a0', "'", '%', '-'), maxLength: 10 }),
        (text) => {
          const value = parseNumber(text, '.');
          if (value !== undefined) expect(Number(text.replaceAll(/[^\d.-]/g, ''))).toBe(value);
        },
      ),
    );
  });
});
