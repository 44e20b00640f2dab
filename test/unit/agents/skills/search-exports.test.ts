import { describe, expect, it } from 'vitest';
import { sourceOf } from '#platform/formats';
import { seasonOf } from '../../../../agents/skills/keyword-research/seasons.ts';
import { readRankings } from '../../../../agents/skills/search-analysis/read-rankings.ts';
import { readKeywordPlanner, readRankingExport } from '../../../../agents/skills/search-exports/index.ts';
import { fileInput } from '../../../support/skills/context.ts';

const planner = (text: string, name = 'Keyword Stats.csv') => readKeywordPlanner(sourceOf(name, text));
const rankings = (text: string, name = 'rankings.csv') => readRankingExport(sourceOf(name, text));
const refused = (reading: Promise<unknown>) =>
  reading.then(
    () => 'accepted',
    (error: { code: string; message: string }) => `${error.code} ${error.message}`,
  );

describe('Keyword Planner', () => {
  it('is read behind its two lines, with months in order and lines of the file', async () => {
    const text = [
      'Keyword Stats 2026-11-02 at 09_14_51',
      '1. November 2025 - 31. Januar 2026',
      'Keyword\tWährung\tDurchschnittl. Suchanfragen pro Monat\tWettbewerb\tSuchanfragen: Dez. 2025\tSuchanfragen: Nov. 2025\tSuchanfragen: Jan. 2026',
      'brot\tEUR\t1.300\tHoch\t1.600\t1.300\t\t'.replace(/\t$/, ''),
      'stollen\tEUR\t100 – 1 Tsd.\tNiedrig\t10\t20\t30',
    ].join('\r\n');
    const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le');
    const read = await readKeywordPlanner(sourceOf('Keyword Stats.csv', utf16));
    expect(read).toMatchObject({ firstMonth: 11, from: '2025-11', to: '2026-01' });
    expect(read.keywords).toEqual([
      { line: 4, keyword: 'brot', volume: 1_300, months: [1_300, 1_600, null] },
      { line: 5, keyword: 'stollen', volume: 316, months: [20, 10, 30] },
    ]);
  });

  it('names line, column, what it found and the nearest format', async () => {
    const header = 'Keyword,Currency,Avg. monthly searches\n';
    expect(await refused(planner(`${header}bread,GBP,many\n`))).toMatch(
      /^KAZE_SKILL_INPUT_INVALID Keyword Stats\.csv: line 2, column 3 \("Avg\. monthly searches"\) has "many", and a number was expected/,
    );
    expect(await refused(planner('Query,Clicks,Impressions,CTR,Position\nbread,1,2,50%,3\n'))).toMatch(
      /line 1 has no column for monthly searches.*nearest to a Google Search Console performance export/,
    );
    expect(await refused(planner('Name,Price\nbread,3\n'))).toMatch(
      /no column for keyword.*known are .*Keyword Planner/,
    );
    expect(await refused(planner('<!doctype html><html><body>Sign in</body></html>'))).toMatch(/^KAZE_FORMAT_MISMATCH/);
    expect(await refused(planner(header))).toMatch(/^KAZE_SKILL_INPUT_INVALID .*no rows/);
    const workbook = Buffer.from('504b030414000600[Content_Types].xml'.slice(0, 8), 'hex');
    expect(await refused(readKeywordPlanner(sourceOf('plan.csv', workbook)))).toMatch(/^KAZE_FORMAT_/);
  });

  it.each([
    ['fr', 'Mot clé\tDevise\tNbre moy. de recherches mensuelles\tRecherches : juil. 2026\tRecherches : août 2026'],
    ['es', 'Palabra clave\tMoneda\tPromedio de búsquedas mensuales\tBúsquedas: jul 2026\tBúsquedas: ago 2026'],
    ['it', 'Parola chiave\tValuta\tMedia ricerche mensili\tRicerche: lug 2026\tRicerche: ago 2026'],
    [
      'nl',
      'Zoekwoord\tValuta\tGem. aantal maandelijkse zoekopdrachten\tZoekopdrachten: jul. 2026\tZoekopdrachten: aug. 2026',
    ],
    ['pt', 'Palavra-chave\tMoeda\tMédia de pesquisas mensais\tPesquisas: jul. de 2026\tPesquisas: ago. de 2026'],
  ])('is read in %s', async (_locale, header) => {
    const read = await planner(`${header}\npain\tEUR\t1\u00a0300\t1000\t1600\n`);
    expect(read).toMatchObject({ from: '2026-07', to: '2026-08' });
    expect(read.keywords).toEqual([{ line: 2, keyword: 'pain', volume: 1_300, months: [1_000, 1_600] }]);
  });

  it.each([
    ['1.7k-2.9k', 2_220],
    ['1,7 Tsd. – 2,9 Tsd.', 2_220],
    ['10K – 100K', 31_623],
    ['1K – 1M', 31_623],
    ['100 – 1.000', 316],
    ['1.5M', 1_500_000],
    ['1.500K', 1_500_000],
  ])('reads the range %s as its geometric mean', async (cell, volume) => {
    const { keywords } = await planner(`Keyword\tCurrency\tAvg. monthly searches\nbread\tGBP\t${cell}\n`);
    expect(keywords[0]).toMatchObject({ volume });
  });
});

describe('a table in the place of another', () => {
  const planned =
    '\ufeffKeyword Stats 2026-11-02 at 09_14_51\r\n"November 1, 2025 - October 31, 2026"\r\nKeyword\tCurrency\tAvg. monthly searches\r\nbread\tGBP\t90\r\n';
  it.each([
    ['Keyword Stats.csv', Buffer.from(planned, 'utf16le'), 'Keyword Planner.*as keyword_planner'],
    [
      'semrush.csv',
      'Keyword,Position,Previous position,Search Volume,URL\nbread,3,4,90,https://a.example/\n',
      'rank_tracker',
    ],
    ['deals.csv', 'Deal Name;Amount;Deal Stage\nRye;90;won\n', 'CRM.*lead-scoring'],
    ['bills.csv', 'Invoice number,Supplier,Total\nR1,Rye,90\n', 'invoices.*invoice-check'],
  ])(
    '%s as Search Console’s export is told what it is nearest to and where it belongs',
    async (name, content, told) => {
      const input = fileInput(name, content);
      for (const as of ['current_rankings', 'previous_rankings']) {
        const error = await readRankings(input, as).catch((thrown) => thrown);
        expect(error).toMatchObject({ code: 'KAZE_FORMAT_SEARCH_CONSOLE_COLUMNS', fields: { name, line: 1 } });
        expect(error.message).toMatch(
          new RegExp(`^${name.replace('.', '\\.')}: line 1 has .*it is nearest to .*${told}`),
        );
      }
    },
  );

  it('is told as it was where no known format is near', async () => {
    const error = await readRankings(fileInput('x.csv', 'Name,Price\nA,1\n')).catch((thrown) => thrown);
    expect(error.message).toMatch(/no column for clicks/);
    expect(error.message).not.toContain('nearest');
  });
});

describe('rankings', () => {
  it('are read from a row for each keyword and page, the domain from the address', async () => {
    const text =
      '"Keyword";"Position";"URL";"Suchvolumen"\n"brot ""am"" stück";3;https://www.rival.example/brot/;1.900\nstollen;-;;\n';
    const { keywords, domains } = await rankings(text);
    expect(keywords).toEqual([
      {
        line: 2,
        keyword: 'brot "am" stück',
        domain: 'rival.example',
        url: 'https://www.rival.example/brot/',
        position: 3,
        volume: 1_900,
      },
      { line: 3, keyword: 'stollen', domain: '', url: null, position: null, volume: null },
    ]);
    expect(domains).toEqual(['rival.example']);
  });

  it('are read from a column for each domain, where 0 is not found', async () => {
    const { keywords } = await rankings('Keyword,Volume,own.example,rival.example\nbread,90,0,4\n');
    expect(keywords.map(({ domain, position, volume }) => [domain, position, volume])).toEqual([
      ['own.example', null, 90],
      ['rival.example', 4, 90],
    ]);
  });

  it('refuse a table without positions, and say what it is nearest to', async () => {
    expect(await refused(rankings('Keyword,Currency,Avg. monthly searches\nbread,GBP,90\n'))).toMatch(
      /line 1 has no column for position.*nearest to Google Ads Keyword Planner/,
    );
    expect(await refused(rankings('Keyword,Position,URL\nbread,first,https://a.example/\n'))).toMatch(
      /line 2, column 2 \("Position"\) has "first"/,
    );
    expect(await refused(rankings('Keyword,Position,URL\nbread,"1\n'))).toMatch(/^KAZE_FORMAT_CSV_QUOTE .*line 2/);
  });
});

describe('seasons', () => {
  const flat = Array.from({ length: 24 }, (_, at) => 1_000 + (at % 3) * 40);
  const peak = (months: readonly number[], by: number) =>
    flat.map((value, at) => (months.includes(at) ? value * by : value));

  it('are peaks that come back, by calendar month', () => {
    // The export begins in November: places 1 and 13 are December.
    expect(seasonOf(peak([1, 13], 3), 11)).toMatchObject({ peakMonths: [12], years: 2 });
    expect(seasonOf(peak([0, 1, 12, 13], 3), 11)?.peakMonths.toSorted()).toEqual([11, 12]);
  });

  it('are not what happened once, grows, or is too small to tell', () => {
    expect(seasonOf(peak([5], 8), 11)).toBeUndefined();
    expect(
      seasonOf(
        flat.map((value, at) => value * 1.06 ** at),
        11,
      ),
    ).toBeUndefined();
    expect(
      seasonOf(
        flat.map((_, at) => (at % 12 === 1 ? 90 : 10)),
        11,
      ),
    ).toBeUndefined();
    expect(seasonOf(flat.slice(0, 11), 11)).toBeUndefined();
  });

  it('seen in one year only say so', () => {
    expect(seasonOf(peak([1], 4).slice(0, 12), 11)).toMatchObject({ peakMonths: [12], years: 1 });
  });
});
