import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { competitorAnalysis } from '../../../../../agents/skills/competitor-analysis/index.ts';
import type { SkillInput } from '../../../../../agents/skills/handler.ts';
import { fakeSkillContext, fileInput, jsonInput, textInput } from '../../../../support/skills/context.ts';

const CASES = new URL('../../../../../agents/verticals/seo/skills/competitor-analysis.cases/', import.meta.url);
const sample = (name: string): string => readFileSync(new URL(name, CASES), 'utf8');
const BUSINESS = textInput(
  'Birch repairs and sells bicycles in Leeds. Our workshop services brakes, gears, wheels and chains of road, cargo and electric bikes. Families, commuters and couriers bring theirs. We also sell helmets, locks, lights, batteries and child seats.',
);
const RANKINGS = {
  business_context: BUSINESS,
  current_rankings: fileInput('queries.csv', sample('queries.csv')),
  competitor_rankings: fileInput('rivals.csv', sample('rivals.csv')),
};

interface Topic {
  readonly topic: string;
  readonly standing: string;
  readonly missing_keywords: readonly string[];
  readonly behind_keywords: readonly string[];
  readonly positions: ReadonlyArray<{ domain: string; own: boolean; share: number }>;
  readonly extra_clicks: { low: number; mid: number; high: number } | null;
  readonly fit: string;
  readonly rows: ReadonlyArray<{ file: string; lines: number[] }>;
  readonly own_rows: ReadonlyArray<{ file: string; lines: number[] }>;
}
interface Outputs {
  readonly content_gaps: readonly Topic[];
  readonly shared_topics: readonly Topic[];
  readonly strengths: readonly Topic[];
  readonly share_of_voice: ReadonlyArray<{ domain: string; own: boolean; share: number }>;
  readonly winning_pages: ReadonlyArray<{
    domain: string;
    own_page: string | null;
    differences: ReadonlyArray<{ kind: string; name?: string; there: unknown; here: unknown; line: number | null }>;
    in_favour: ReadonlyArray<{ kind: string }>;
    why: string;
  }>;
  readonly reasoning: string;
}

const OUTPUTS = ['share_of_voice', 'shared_topics', 'content_gaps', 'strengths', 'winning_pages', 'reasoning'];
const definition = { outputs: OUTPUTS.map((name) => ({ name })) } as never;

async function run(inputs: Readonly<Record<string, SkillInput>>) {
  await competitorAnalysis.check!(inputs);
  const result = await competitorAnalysis.run(fakeSkillContext({ inputs, definition }));
  return { ...result, outputs: result.outputs as unknown as Outputs };
}

describe('competitor-analysis over rankings', () => {
  it('tells topics that only rivals are found for, those where they are ahead, and those where the client is', async () => {
    const { outputs, metrics } = await run(RANKINGS);
    expect(outputs.content_gaps.map(({ missing_keywords }) => [...missing_keywords].sort())).toEqual([
      [
        'electric bike battery not charging',
        'electric bike battery repair',
        'electric bike battery replacement cost',
        'electric bike battery test',
      ],
    ]);
    const behind = outputs.shared_topics.filter(({ standing }) => standing === 'behind');
    expect(behind.map(({ topic, behind_keywords }) => [topic, behind_keywords.length])).toEqual([
      ['brake service leeds', 4],
    ]);
    expect(outputs.strengths.map(({ topic, standing }) => [topic, standing])).toEqual([
      ['wheel truing cost', 'ahead'],
      ['child seat bike fitting', 'alone'],
    ]);
    expect(metrics).toMatchObject({ evidence_share: 1, gap_topics: 1, on_topic_share: 1, pages_compared: 0 });
  });

  it('names the rows of both files behind each finding, and an interval around what a gap is worth', async () => {
    const { outputs } = await run(RANKINGS);
    const [gap] = outputs.content_gaps;
    expect(gap!.rows).toEqual([{ file: 'rivals.csv', lines: [18, 19, 20, 21, 22, 23, 24, 25] }]);
    expect(gap!.own_rows).toEqual([]);
    expect(gap!.extra_clicks!.low).toBeLessThan(gap!.extra_clicks!.mid);
    expect(gap!.extra_clicks!.mid).toBeLessThan(gap!.extra_clicks!.high);
    const brakes = outputs.shared_topics.find(({ topic }) => topic === 'brake service leeds')!;
    expect(brakes.own_rows).toEqual([{ file: 'queries.csv', lines: [2, 3, 4, 5] }]);
  });

  it.each([
    { searches: 90, order: ['electric bike battery', 'bike lock'] },
    { searches: 9_000, order: ['bike lock', 'electric bike battery'] },
  ])('ranks what only rivals are found for by its worth, at $searches searches', async ({ searches, order }) => {
    const locks = ['bike lock fitting', 'bike lock fitting leeds', 'bike lock fitting cost', 'best bike lock fitting'];
    const rows = locks.map((keyword) => `${keyword},3,${searches},https://spokeworks.example/locks\n`).join('');
    const { outputs } = await run({
      ...RANKINGS,
      competitor_rankings: fileInput('rivals.csv', sample('rivals.csv') + rows),
    });
    expect(outputs.content_gaps.map(({ topic }) => topic)).toEqual(order.map((name) => expect.stringContaining(name)));
    const [first, second] = outputs.content_gaps.map(({ extra_clicks: clicks }) => clicks!.mid);
    expect(first).toBeGreaterThan(second!);
  });

  it('shares the voice of a topic out by searches and places', async () => {
    const { outputs } = await run(RANKINGS);
    const brakes = outputs.shared_topics.find(({ topic }) => topic === 'brake service leeds')!;
    expect(brakes.positions.map(({ domain }) => domain)).toEqual([
      'spokeworks.example',
      'pedalhouse.example',
      'birch.example',
    ]);
    expect(brakes.positions.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 2);
    expect(brakes.positions.at(-1)).toMatchObject({ own: true });
  });

  it('shares the voice out among all compared sites, largest first', async () => {
    const { outputs } = await run(RANKINGS);
    expect(outputs.share_of_voice.map(({ domain, own }) => [domain, own])).toEqual([
      ['spokeworks.example', false],
      ['pedalhouse.example', false],
      ['birch.example', true],
    ]);
    expect(outputs.share_of_voice.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 2);
  });

  it('reads a file a competitor as it reads one file of all', async () => {
    const [head, ...rows] = sample('rivals.csv').trim().split('\n');
    const of = (domain: string) =>
      fileInput(`${domain}.csv`, [head, ...rows.filter((row) => row.includes(domain))].join('\n'));
    const apart = await run({
      ...RANKINGS,
      competitor_rankings: of('spokeworks'),
      competitor_rankings_2: of('pedalhouse'),
    });
    const together = await run(RANKINGS);
    expect(apart.outputs.share_of_voice).toEqual(together.outputs.share_of_voice);
    expect(apart.outputs.content_gaps.map(({ topic }) => topic)).toEqual(
      together.outputs.content_gaps.map(({ topic }) => topic),
    );
    expect(apart.outputs.content_gaps[0]!.rows.map(({ file }) => file).sort()).toEqual([
      'pedalhouse.csv',
      'spokeworks.csv',
    ]);
  });

  it('counts every keyword the same and estimates no clicks where no table has searches', async () => {
    const bare = sample('rivals.csv')
      .split('\n')
      .map((row) =>
        row
          .split(',')
          .filter((_, at) => at !== 2)
          .join(','),
      )
      .join('\n');
    const { outputs, notes } = await run({ ...RANKINGS, competitor_rankings: fileInput('rivals.csv', bare) });
    expect(outputs.content_gaps.map(({ extra_clicks }) => extra_clicks)).toEqual([null]);
    expect(notes.join(' ')).toContain('No table has searches a month');
  });

  it('leaves out searches for competitors by name', async () => {
    const named = `${sample('rivals.csv')}spokeworks opening hours,1,900,https://spokeworks.example/\nspoke works leeds,1,700,https://spokeworks.example/\n`;
    const { outputs } = await run({ ...RANKINGS, competitor_rankings: fileInput('rivals.csv', named) });
    expect(JSON.stringify(outputs.content_gaps)).not.toMatch(/spoke ?works (?:opening|leeds)/);
  });
});

describe('competitor-analysis over pages', () => {
  const pages = {
    ...RANKINGS,
    own_pages: fileInput('own-brakes.html', sample('own-brakes.html')),
    competitor_pages: fileInput('rival-pages.json', sample('rival-pages.json')),
  };

  it('tells what the page that wins has and the client’s has not, with its line', async () => {
    const { outputs } = await run(pages);
    const spoke = outputs.winning_pages.find(({ domain }) => domain === 'spokeworks.example')!;
    expect(spoke.own_page).toBe('https://birch.example/workshop/brakes');
    const found = spoke.differences.map(({ kind, line }) => [kind, line]);
    expect(found).toEqual(
      expect.arrayContaining([
        ['longer', null],
        ['newer', 3],
        ['question_headings', 7],
        ['list', 8],
        ['table', 12],
      ]),
    );
    expect(spoke.differences.filter(({ kind }) => kind === 'entity').map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Shimano', 'SRAM']),
    );
  });

  it('claims no difference that is none: neither length nor form of a shorter page', async () => {
    const { outputs } = await run(pages);
    const pedal = outputs.winning_pages.find(({ domain }) => domain === 'pedalhouse.example')!;
    expect(pedal.differences.map(({ kind }) => kind)).toEqual(['newer']);
  });

  it('tells depth, structure and links to the page where both are given, and no links where one is not', async () => {
    const html = (sections: number) =>
      `<html><body><main><h1>Brake service</h1>${Array.from({ length: sections }, (_, at) => `<h2>Brakes, part ${at}</h2><p>Words on the pads, cables and levers of a brake.</p>`).join('')}</main></body></html>`;
    const compared = async (links: { own?: number; rival: number }) => {
      const { outputs } = await run({
        ...RANKINGS,
        own_pages: jsonInput([
          { url: 'https://birch.example/workshop/brakes', html: html(2), referring_domains: links.own ?? null },
        ]),
        competitor_pages: jsonInput([
          { url: 'https://spokeworks.example/guides/brakes', html: html(12), referring_domains: links.rival },
        ]),
      });
      return outputs.winning_pages[0]!.differences.map(({ kind, there, here }) => [kind, there, here]);
    };
    const found = await compared({ own: 3, rival: 14 });
    expect(found).toContainEqual(['more_links_to_it', 14, 3]);
    expect(found).toContainEqual(['more_sections', 12, 2]);
    expect(found.map(([kind]) => kind)).toContain('longer');
    expect((await compared({ rival: 14 })).map(([kind]) => kind)).not.toContain('more_links_to_it');
    expect((await compared({ own: 13, rival: 14 })).map(([kind]) => kind)).not.toContain('more_links_to_it');
  });

  it('finds nothing between a page and itself', async () => {
    const html = sample('own-brakes.html');
    const same = {
      url: 'https://spokeworks.example/guides/brakes',
      html: html.replaceAll('birch.example', 'x.example'),
    };
    const { outputs } = await run({ ...pages, competitor_pages: jsonInput([same]) });
    expect(outputs.winning_pages.map(({ differences, in_favour }) => [differences, in_favour])).toEqual([[[], []]]);
  });

  it('reads pages that the cell may fetch beside the files, and tells which it may not and why', async () => {
    const rival = 'https://spokeworks.example/guides/brakes';
    const closed = 'https://pedalhouse.example/guides/brakes';
    const [first] = JSON.parse(sample('rival-pages.json')) as Array<{ html: string }>;
    const inputs = { ...RANKINGS, own_pages: pages.own_pages, page_urls: jsonInput([rival, closed]) };
    const body = new TextEncoder().encode(first!.html);
    const fetchPages = async (urls: readonly string[]) =>
      urls.map((asked) =>
        asked === rival
          ? { asked, page: { url: asked, body, contentType: 'text/html', lastModified: null } }
          : { asked, refused: 'its robots.txt does not allow it' },
      );
    const { outputs, notes } = await competitorAnalysis.run(fakeSkillContext({ inputs, fetchPages, definition }));
    const { winning_pages: winning } = outputs as unknown as Outputs;
    expect(winning.map(({ domain }) => domain)).toEqual(['spokeworks.example']);
    expect(notes).toContain('1 of 2 addresses were fetched.');
    expect(notes).toContain(`Not fetched: ${closed}: its robots.txt does not allow it.`);
    const without = await competitorAnalysis.run(fakeSkillContext({ inputs, definition }));
    expect(without.notes.join(' ')).toContain('2 addresses were not fetched');
  });

  it('shows what hostile pages and keywords say and lets none of it act', async () => {
    const html = `<html><head><title>x</title></head><body><main><h1>Brakes</h1>
<h2>[Click](javascript:alert(1)) EvilCorp9 <img src=x onerror=alert(1)>?</h2><p>EvilCorp9 &lt;script&gt;alert(1)&lt;/script&gt; ${'word '.repeat(400)}</p></main></body></html>`;
    const rivals = `${sample('rivals.csv')}"<img src=x onerror=alert(2)> [bike](http://evil.example) battery",1,90000,https://spokeworks.example/e-bikes/battery\n`;
    const { outputs, summary } = await run({
      ...pages,
      competitor_rankings: fileInput('rivals.csv', rivals),
      competitor_pages: jsonInput([{ url: 'https://spokeworks.example/guides/brakes', html }]),
    });
    for (const text of [outputs.reasoning, summary, ...outputs.winning_pages.map(({ why }) => why)]) {
      expect(text).not.toMatch(/<img|<script|(?<!\\)\]\(|https?:\/\//);
    }
  });
});

describe('competitor-analysis refuses before any work', () => {
  const cases: ReadonlyArray<readonly [what: string, inputs: Record<string, SkillInput>, expected: object]> = [
    [
      'without the client’s rankings',
      { competitor_rankings: RANKINGS.competitor_rankings },
      { code: 'KAZE_SKILL_INPUT_MISSING', fields: { input: 'current_rankings' } },
    ],
    [
      'a table without positions, with the nearest format',
      { competitor_rankings: fileInput('planner.csv', 'Keyword,Avg. monthly searches,Currency\nbike,100,GBP\n') },
      { code: 'KAZE_SKILL_INPUT_INVALID', message: expect.stringContaining('Keyword Planner') },
    ],
    [
      'competitors of whom there is no row, with those that there are',
      { competitors: jsonInput(['wheelwright.example']) },
      { code: 'KAZE_SKILL_INPUT_INVALID', message: expect.stringContaining('spokeworks.example') },
    ],
    [
      'pages that are no JSON, with line and column',
      { competitor_pages: fileInput('pages.json', '[\n {"url": "https://a.example/", html: ""}]') },
      { code: 'KAZE_SKILL_INPUT_INVALID', fields: { line: 2, column: 32 } },
    ],
    [
      'pages that are no JSON on some line, with the column in it',
      {
        competitor_pages: fileInput('pages.jsonl', '{"url":"https://a.example/","html":"<p>a</p>"}\n\n{"url": bad}\n'),
      },
      { code: 'KAZE_SKILL_INPUT_INVALID', fields: { line: 3, column: 9, found: 'bad}' } },
    ],
    [
      'a table as a page',
      { competitor_pages: fileInput('pages.csv', 'url,title\n/a,b\n') },
      { code: 'KAZE_SKILL_INPUT_INVALID', message: expect.stringContaining('pages.csv is no page') },
    ],
    [
      'rankings that are nobody’s, with what is missing',
      { competitor_rankings: fileInput('rivals.csv', 'Keyword,Position\nbike,2\n') },
      { code: 'KAZE_SKILL_INPUT_INVALID', message: expect.stringContaining('no column that says whose') },
    ],
    [
      'a page of the list without content',
      { competitor_pages: jsonInput([{ url: 'https://a.example/x' }]) },
      { code: 'KAZE_SKILL_INPUT_INVALID', message: expect.stringContaining('page 1 of the list') },
    ],
    [
      'a picture as a page',
      {
        own_pages: fileInput(
          'page.html',
          new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]),
        ),
      },
      { code: expect.stringMatching(/^KAZE_FORMAT_/) },
    ],
  ];
  it.each(cases)('%s', async (what, given, expected) => {
    const inputs =
      what === 'without the client’s rankings' ? { business_context: BUSINESS, ...given } : { ...RANKINGS, ...given };
    await expect(competitorAnalysis.check!(inputs)).rejects.toMatchObject(expected);
  });
});
