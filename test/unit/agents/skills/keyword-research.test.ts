import { describe, expect, it } from 'vitest';
import { Pace } from '#platform';
import { handlers } from '../../../../agents/skills/index.ts';
import { unknownNumbers } from '../../../../agents/skills/reword.ts';
import { fitClickCurve } from '../../../../agents/skills/search-analysis/click-curve.ts';
import { groupQueries } from '../../../../agents/skills/search-analysis/grouping.ts';
import { Likeness } from '../../../../agents/skills/search-analysis/likeness.ts';
import {
  falseDiscoveryControl,
  nonIncreasing,
  poissonLowerTail,
} from '../../../../agents/skills/search-analysis/statistics.ts';
import { Tokens } from '../../../../agents/skills/search-analysis/tokens.ts';
import { Stemmer } from '../../../../agents/skills/text/stems.ts';
import { completion, fakeSkillContext, fileInput, jsonInput, textInput } from '../../../support/skills/context.ts';

const skill = handlers.find((one) => one.skill === 'keyword-research')!;
const HEADER = 'Top queries,Clicks,Impressions,CTR,Position';
const ABOUT = textInput(
  '# Birch Bikes\n\nBirch repairs and sells bicycles in Leeds. Our workshop services brakes, gears, wheels and chains of road, cargo and electric bikes. Families, commuters and couriers bring theirs; we lend another one meanwhile. We also sell helmets, locks, lights and child seats, and teach maintenance on Saturdays.',
);

function row(query: string, clicks: number, impressions: number, position: number): string {
  return `${query},${clicks},${impressions},${((100 * clicks) / impressions).toFixed(2)}%,${position}`;
}

/** Twelve ordinary queries on .285 p^-1.06, a brand query, one at the bottom of the page and one clicked too little. */
function exportRows(): string[] {
  const ordinary = Array.from({ length: 12 }, (_, at) => {
    const position = 1.4 + at * 0.25;
    return row(`bike repair ${'abcdefghijkl'[at]}`, Math.round(400 * 0.285 * position ** -1.06), 400, position);
  });
  return [
    ...ordinary,
    row('birch bikes', 300, 500, 1.1),
    row('cargo bike brakes', 40, 2500, 11.5),
    row('wheel truing', 20, 2000, 2.5),
    row('child seat rules', 0, 6, 14),
  ];
}

const csv = (...rows: string[]) => fileInput('Queries.csv', [HEADER, ...rows].join('\n'));

describe('keyword-research', () => {
  it('shows what a hostile query says and lets none of it act', async () => {
    // Whoever searches for it puts it into the export.
    const hostile = '"[free](http://evil.example) <script>alert(1)</script> =HYPERLINK(1)",40,2500,1.60%,11.5';
    const { outputs, summary } = await skill.run(
      fakeSkillContext({ inputs: { current_rankings: csv(...exportRows(), hostile), business_context: ABOUT } }),
    );
    for (const shown of [outputs.reasoning as string, summary]) {
      expect(shown).toContain('HYPERLINK');
      expect(shown).not.toMatch(/<script|[^\\]\]\(|http:\/\//);
    }
  });

  it('tells numbers that do not add up, with their lines, and reckons with them as they stand', async () => {
    const odd = ['bike lights,9,500,7.00%,3.1', 'bike helmets,40,20,200%,2'];
    const byPage = ['cargo bike brakes,https://birch.example/cargo,50,4000,1.25%,11.5'];
    const inputs = {
      business_context: ABOUT,
      current_rankings: csv(...exportRows(), ...odd),
      rankings_by_page: fileInput('pages.csv', ['Query,Page,Clicks,Impressions,CTR,Position', ...byPage].join('\n')),
      previous_rankings: fileInput('before.csv', [HEADER, row('cargo bike brakes', 10, 1_000, 11)].join('\n')),
    };
    const { notes, outputs } = await skill.run(fakeSkillContext({ inputs }));
    const told = notes.join('\n');
    expect(told).toContain('1 × ctr-disagrees (first: line 18: the CTR says 7 %, clicks and impressions say 1.8 %)');
    expect(told).toContain('1 × clicks-exceed-impressions (first: line 19: 40 clicks of 20 impressions)');
    expect(told).toContain('pages.csv has 4000 impressions for the queries of which Queries.csv has 2500');
    expect(told).toContain('Queries.csv has 10.3 times the impressions of before.csv');
    const found = outputs.keyword_opportunities as ReadonlyArray<Record<string, unknown>>;
    expect(found.find(({ query }) => query === 'cargo bike brakes')).toMatchObject({ impressions: 2500, clicks: 40 });
  });

  it('tells what does not add up in the other exports too, and what they are too small for', async () => {
    const rows = exportRows();
    const day = (at: number) => `2026-10-${String(at).padStart(2, '0')}`;
    const inputs = {
      business_context: ABOUT,
      current_rankings: csv(...rows),
      previous_rankings: fileInput('before.csv', [HEADER, ...rows].join('\n')),
      rankings_by_date: fileInput(
        'days.csv',
        [
          'Date,Clicks,Impressions,CTR,Position',
          ...[1, 2, 3, 6].map((at) => `${day(at)},10,100,${at === 3 ? 12 : 10}%,3`),
        ].join('\n'),
      ),
      rankings_by_country: fileInput('lands.csv', 'Country,Clicks,Impressions,CTR,Position\nUnited Kingdom,9,90,10%,3'),
    };
    const { notes } = await skill.run(fakeSkillContext({ inputs }));
    expect(notes).toEqual(
      expect.arrayContaining([
        'before.csv (previous_rankings) has the figures of Queries.csv for all 16 queries: is it the period before? No change can be told.',
        'days.csv: 1 × ctr-disagrees (first: line 4: the CTR says 12 %, clicks and impressions say 10 %)',
        'days.csv holds 4 days: a step in the level of clicks is told from 56 on.',
        'days.csv leaves out 2 of the days from 2026-10-01 to 2026-10-06: those that are there are taken as if in a row.',
        'lands.csv has no queries: countries are known by their totals alone.',
      ]),
    );
  });

  it('reads names of competitors from a text file, and refuses a page in their place', async () => {
    const base = {
      business_context: ABOUT,
      current_rankings: csv(...exportRows(), row('pedalhouse lights', 40, 2500, 11)),
    };
    const inputs = { ...base, competitors: fileInput('rivals.txt', 'Spokeworks\nhttps://pedalhouse.example\n') };
    const { outputs } = await skill.run(fakeSkillContext({ inputs }));
    const found = outputs.keyword_opportunities as ReadonlyArray<Record<string, unknown>>;
    expect(found.find(({ query }) => query === 'pedalhouse lights')).toMatchObject({
      competitor: 'https://pedalhouse.example',
    });
    const page = fileInput('rivals.txt', '<!doctype html><html><body>Sign in</body></html>');
    await expect(skill.check!({ ...base, competitors: page })).rejects.toMatchObject({ code: 'KAZE_FORMAT_MISMATCH' });
  });

  it('compares rivals whose rankings come in a file each, and names the file of every row', async () => {
    const rival = (name: string, position: number) =>
      fileInput(
        `${name}.csv`,
        `Keyword,Position,Search Volume,URL\nelectric bike repair,${position},900,https://${name}.example/e-bikes\n`,
      );
    const inputs = {
      ...{ current_rankings: csv(...exportRows()), business_context: ABOUT },
      ...{ competitor_rankings: rival('spoke', 3), competitor_rankings_2: rival('pedal', 5) },
    };
    const outputs = [{ name: 'content_gaps', type: 'any', required: false, description: '' }];
    const result = await skill.run(fakeSkillContext({ inputs, definition: { ...skill, outputs } as never }));
    expect(result.outputs.content_gaps).toMatchObject([
      {
        keyword: 'electric bike repair',
        rivals: [
          { domain: 'spoke.example', position: 3, file: 'spoke.csv' },
          { domain: 'pedal.example', position: 5, file: 'pedal.csv' },
        ],
        rows: [2, 2],
      },
    ]);
    expect(result.outputs.reasoning).toContain('line 2 of spoke.csv, line 2 of pedal.csv');
  });

  it('finds what is near the first places and what is clicked too little, and leaves the brand alone', async () => {
    const result = await skill.run(
      fakeSkillContext({ inputs: { current_rankings: csv(...exportRows()), business_context: ABOUT } }),
    );
    expect(Object.keys(result.outputs).sort()).toEqual(['keyword_opportunities', 'priority_ranking', 'reasoning']);
    expect(Object.keys(result.metrics).sort()).toEqual(Object.keys(skill.metrics).sort());
    const found = result.outputs.keyword_opportunities as ReadonlyArray<Record<string, unknown>>;
    const byQuery = new Map(found.map((one) => [one.query, one]));
    expect([...byQuery.keys()].sort()).toEqual(['cargo bike brakes', 'wheel truing']);
    expect(byQuery.get('cargo bike brakes')).toMatchObject({ kind: 'striking_distance', rows: [15], fit: 'on_topic' });
    expect(byQuery.get('wheel truing')).toMatchObject({ kind: 'under_clicked', rows: [16] });
    const { low, mid, high } = byQuery.get('wheel truing')!.extra_clicks as Record<'low' | 'mid' | 'high', number>;
    // 2000 impressions at .285 * 2.5^-1.06 are 216 clicks, 20 came.
    expect(mid).toBeGreaterThan(150);
    expect(mid).toBeLessThan(250);
    expect(low).toBeLessThan(mid);
    expect(high).toBeGreaterThan(mid);
    expect(result.outputs.reasoning).toContain('birch');
    expect(result.metrics.relevance_score).toBe(1);
    expect(result.notes.join('\n')).toMatch(/cannibalisation\) is not testable without pages/);
    expect(result.notes.join('\n')).toMatch(/search volume/);
  });

  it('names the pages that share a query when the export has them, with the lines of each', async () => {
    const base = exportRows().map((line) => line.replace(',', ',https://birch.example/a,'));
    const shared = [
      'bike gears,https://birch.example/gears,20,1200,1.67%,8',
      'bike gears,https://birch.example/blog/gears,10,900,1.11%,9',
    ];
    const result = await skill.run(
      fakeSkillContext({
        inputs: {
          current_rankings: fileInput(
            'q.csv',
            ['Query,Page,Clicks,Impressions,CTR,Position', ...base, ...shared].join('\n'),
          ),
          business_context: ABOUT,
        },
      }),
    );
    const found = result.outputs.keyword_opportunities as ReadonlyArray<Record<string, unknown>>;
    expect(found.find(({ query }) => query === 'bike gears')).toMatchObject({
      kinds: expect.arrayContaining(['cannibalised', 'striking_distance']),
      impressions: 2100,
      rows: [18, 19],
      pages: ['https://birch.example/gears', 'https://birch.example/blog/gears'],
    });
  });

  it('refuses wrong files before the task is queued, naming what is wrong', async () => {
    const refused = async (inputs: Parameters<NonNullable<typeof skill.check>>[0]) =>
      skill.check!(inputs).then(
        () => 'accepted',
        (error: { code: string; message: string }) => `${error.code} ${error.message}`,
      );
    expect(await refused({ business_context: ABOUT })).toMatch(/^KAZE_SKILL_INPUT_MISSING .*current_rankings/);
    expect(await refused({ current_rankings: csv(...exportRows()) })).toMatch(
      /^KAZE_SKILL_INPUT_MISSING .*business_context/,
    );
    expect(await refused({ current_rankings: jsonInput([]), business_context: ABOUT })).toMatch(
      /^KAZE_SKILL_INPUT_INVALID/,
    );
    expect(await refused({ current_rankings: csv(), business_context: ABOUT })).toMatch(/^KAZE_FORMAT_EMPTY .*no rows/);
    const pages = fileInput('Pages.csv', `Top pages,Clicks,Impressions,CTR,Position\nhttps://a.example/,1,2,50%,3`);
    expect(await refused({ current_rankings: pages, business_context: ABOUT })).toMatch(
      /^KAZE_SKILL_INPUT_INVALID Pages.csv has page and no column for queries/,
    );
    const web = fileInput('q.csv', '<!doctype html><html><body><p>Sign in</p></body></html>');
    expect(await refused({ current_rankings: web, business_context: ABOUT })).toMatch(/^KAZE_FORMAT_/);
    const other = fileInput('q.csv', 'Name,Price\nA,1');
    expect(await refused({ current_rankings: other, business_context: ABOUT })).toMatch(
      /^KAZE_FORMAT_SEARCH_CONSOLE_COLUMNS/,
    );
    expect(await refused({ current_rankings: csv(...exportRows()), business_context: textInput('  ') })).toMatch(
      /^KAZE_SKILL_INPUT_INVALID .*business_context has no words/,
    );
    expect(await refused({ current_rankings: csv(...exportRows()), business_context: ABOUT })).toBe('accepted');
  });

  it('takes the words of a hosted model only when they say no number of their own', async () => {
    const inputs = { current_rankings: csv(...exportRows()), business_context: ABOUT };
    const honest = await skill.run(
      fakeSkillContext({ inputs, model: async () => completion({ text: 'Start with line 15.', offline: false }) }),
    );
    expect(honest.outputs.reasoning).toBe('Start with line 15.');
    const inventive = await skill.run(
      fakeSkillContext({
        inputs,
        model: async () => completion({ text: 'You will win 98,765 clicks.', offline: false }),
      }),
    );
    expect(inventive.outputs.reasoning).toMatch(/^## Data/);
    expect(inventive.notes.at(-1)).toContain('98,765');
    const broken = await skill.run(
      fakeSkillContext({
        inputs,
        model: async () => {
          throw new Error('away');
        },
      }),
    );
    expect(broken.outputs.reasoning).toMatch(/^## Data/);
    expect(unknownNumbers('1,200 clicks on line 7', 'has 1200 clicks')).toEqual([]);
  });

  it('says unknown and not foreign for queries in another language', async () => {
    const rows = [...exportRows(), row('wie kann ich ein schloss für das fahrrad kaufen', 10, 2500, 12)];
    const result = await skill.run(
      fakeSkillContext({
        inputs: { current_rankings: csv(...rows), business_context: ABOUT },
        embed: async (texts) => texts.map(() => new Float32Array([1, 0])),
      }),
    );
    const found = result.outputs.keyword_opportunities as ReadonlyArray<Record<string, unknown>>;
    expect(found.find(({ query }) => String(query).startsWith('wie kann'))).toMatchObject({ fit: 'unknown' });
    expect(result.notes.join('\n')).toContain('another language');
  });
});

describe('click curve', () => {
  const law = (position: number) => 0.3 * position ** -1.1;
  const rows = Array.from({ length: 200 }, (_, at) => {
    const position = 1 + (at % 40) / 2;
    return { position, impressions: 2_000, clicks: Math.round(2_000 * law(position)) };
  });

  it('finds the law behind the clicks and falls with the position', async () => {
    const curve = await fitClickCurve(rows);
    for (const position of [1.5, 3, 6, 12])
      expect(Math.abs(Math.log(curve.rate(position) / law(position)))).toBeLessThan(0.08);
    for (let position = 1; position < 40; position += 0.5) {
      expect(curve.rate(position + 0.5)).toBeLessThanOrEqual(curve.rate(position) + 1e-12);
    }
  });

  it('stays with the majority when a third of the queries is clicked five times too little', async () => {
    const bent = await fitClickCurve(
      rows.map((one, at) => (at % 3 === 0 ? { ...one, clicks: Math.round(one.clicks / 5) } : one)),
    );
    for (const position of [2, 3, 6, 12])
      expect(Math.abs(Math.log(bent.rate(position) / law(position)))).toBeLessThan(0.15);
  });

  it('is the published average without data', async () => {
    const curve = await fitClickCurve([]);
    expect(curve.rate(1)).toBeCloseTo(0.285, 2);
    expect(curve.rate(10)).toBeCloseTo(0.025, 3);
    expect(curve.fromData).toBe(0);
  });
});

describe('grouping', () => {
  it('joins wordings of one intent and keeps intents apart that share a word', async () => {
    const texts = [
      'bike repair leeds',
      'repairing bikes leeds',
      'bike repairs in leeds',
      'bike lock test',
      'leeds weather',
    ];
    const queries = texts.map((query, at) => ({
      query,
      clicks: 1,
      impressions: 100 - at,
      position: 5,
      lines: [at + 2],
      pages: [],
    }));
    const likeness = await Likeness.of(await Tokens.of(queries), new Stemmer('en'), new Pace());
    const { groupOf } = await groupQueries(queries, likeness);
    expect(groupOf[1]).toBe(groupOf[0]);
    expect(groupOf[2]).toBe(groupOf[0]);
    expect(new Set([groupOf[0], groupOf[3], groupOf[4]]).size).toBe(3);
  });
});

describe('statistics', () => {
  it('agrees with tables of the Poisson distribution', () => {
    expect(poissonLowerTail(0, 3)).toBeCloseTo(0.049787, 6);
    expect(poissonLowerTail(5, 10)).toBeCloseTo(0.067086, 6);
    expect(poissonLowerTail(2_400, 2_500)).toBeCloseTo(0.0227, 2);
  });

  it('controls false discoveries as in the example of Benjamini and Hochberg', () => {
    const p = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
    ];
    expect(falseDiscoveryControl(p, 0.05).filter(Boolean)).toHaveLength(4);
  });

  it('pools adjacent violators', () => {
    expect(nonIncreasing([5, 3, 4, 1], [1, 1, 1, 1])).toEqual([5, 3.5, 3.5, 1]);
  });
});
