import { describe, expect, it } from 'vitest';
import type { SkillInput, SkillResult } from '../../../../../agents/skills/handler.ts';
import { reportGenerator, reporting } from '../../../../../agents/skills/report-generator/index.ts';
import { generateSoftwareFirm } from '../../../../fixtures/clients/software-firm/index.ts';
import {
  completion,
  type FakeContextOptions,
  fakeSkillContext,
  fileInput,
  textInput,
} from '../../../../support/skills/context.ts';
import { madeRecord, rows } from './made-up.ts';

const period = textInput('2026-10');
const NOW = rows([
  ['city bikes leeds', 400, 4000, 1.4],
  ['bike repair leeds', 90, 1500, 3],
  ['folding bike', 300, 3000, 2],
  ['rare', 2, 30, 8],
]);
const BEFORE = rows([
  ['city bikes leeds', 200, 2000, 1.4],
  ['bike repair leeds', 180, 1500, 1.2],
  ['folding bike', 300, 3000, 2],
  ['rare', 1, 30, 8],
]);
const OCTOBER = [
  { id: 'k1', skill: 'keyword-research', day: '2026-10-05', costUsd: 0.4, summary: '12 opportunities' },
  { id: 'k2', skill: 'keyword-research', day: '2026-10-12', costUsd: 0.4, decision: 'edited' as const },
  { id: 'h1', skill: 'answer-from-handbook', day: '2026-10-20', passes: false },
  { id: 'f1', skill: 'content-optimization', day: '2026-10-21', state: 'failed' as const },
];
const SEPTEMBER = [{ id: 'k0', skill: 'keyword-research', day: '2026-09-05', costUsd: 0.3 }];
const search = { current_rankings: fileInput('now.csv', NOW), previous_rankings: fileInput('before.csv', BEFORE) };

async function report(inputs: Readonly<Record<string, SkillInput>>, more: Partial<FakeContextOptions> = {}) {
  const context = fakeSkillContext({ inputs: { period, ...inputs }, record: madeRecord(OCTOBER, SEPTEMBER), ...more });
  const result = await reporting.run(context);
  return {
    result,
    html: String(result.outputs.report_html),
    markdown: String(result.outputs.report_markdown),
    context,
  };
}

interface NamedFigure {
  readonly name: string;
  readonly value: number;
  readonly before: number | null;
  readonly text: string;
  readonly sources: ReadonlyArray<Record<string, unknown>>;
}

const named = ({ outputs }: SkillResult): Readonly<Record<string, NamedFigure>> =>
  Object.fromEntries((outputs.figures as unknown as readonly NamedFigure[]).map((one) => [one.name, one]));

describe('a report on the work', () => {
  it('counts what was delivered, decided and spent from the nodes of the period, and names them', async () => {
    const { result } = await report({});
    const figures = named(result);
    expect(figures.delivered_results).toMatchObject({ value: 3, before: 1 });
    expect(figures.delivered_results!.sources).toEqual([
      { node: 'Task', ids: ['k1', 'k2', 'h1'], count: 3, properties: ['id'] },
    ]);
    expect(figures).toMatchObject({
      ...{ undelivered_tasks: { value: 1 }, edited: { value: 1 }, approved: { value: 2 }, tasks: { value: 4 } },
      ...{ cost: { value: 0.8, before: 0.3, text: 'US$0.80' }, checks_passed: { value: 5 / 6 } },
    });
    expect(result.metrics).toMatchObject({ sourced_share: 1, figures_match: 1, period_covered: 1 });
    expect(result.metrics.numbers).toBeGreaterThan(30);
  });

  it('takes a change in cost apart into tasks, mix and cost of a task, which add up to it', async () => {
    const { result } = await report({});
    const [cost] = result.outputs.changes as unknown as [
      { of: string; change: number; parts: Array<{ part: string; contribution: number }> },
    ];
    expect(cost).toMatchObject({ of: 'cost', change: 0.5, method: 'LMDI-I' });
    expect(cost.parts.reduce((sum, { contribution }) => sum + contribution, 0)).toBeCloseTo(0.5, 3);
    expect(cost.parts.find(({ part }) => part === 'mix')!.contribution).toBe(0);
    expect(result.metrics.decomposition_residual).toBeLessThan(1e-9);
  });

  it('says what is next: open decisions, failures, checks that were missed', async () => {
    const waiting = { id: 'w1', skill: 'meeting-notes', day: '2026-11-02', state: 'awaiting_approval' as const };
    const { madeTask } = await import('./made-up.ts');
    const { result } = await report({}, { record: madeRecord(OCTOBER, [], { open: [madeTask(waiting)] }) });
    expect(result.outputs.next_steps).toEqual([
      { what: 'Decide about the result of meeting-notes, asked for on 2 November 2026.' },
      { what: 'Look at the task of content-optimization that failed: page.html has no words' },
      { what: 'Find out why results of answer-from-handbook miss their checks: passed 50%.' },
    ]);
  });

  it('is a report also about a period in which nothing was done', async () => {
    const { result, markdown } = await report({}, { record: () => ({}) });
    expect(result.metrics.sourced_share).toBe(1);
    expect(markdown).toContain('No task ended in this period.');
    expect(markdown).toContain('Nothing is open, and the numbers call for nothing.');
  });

  it('tells of a period that is not over, and of a record that was cut', async () => {
    const { markdown, result } = await report(
      { period: textInput('2026-11') },
      { record: () => ({ truncated: true }) },
    );
    expect(markdown).toMatch(/The period is not over: 21 days\[\^s\d+\] of 30 days/);
    expect(markdown).toContain('larger than a report reads');
    expect(result.metrics.period_covered).toBe(0.7);
  });

  it('puts nothing down to the days of a period that is not over, since the export does not tell its own', async () => {
    const { result } = await report({ ...search, period: textInput('2026-11') });
    expect(JSON.stringify(result.outputs.changes)).not.toContain('"days"');
  });
});

describe('a report on search', () => {
  it('tells what changed and with what it went together, with an interval and without a cause', async () => {
    const { result, markdown } = await report(search);
    expect(named(result)).toMatchObject({
      clicks: { value: 792, before: 681 },
      impressions: { value: 8530, before: 6530 },
    });
    const changes = result.outputs.changes as unknown as Array<{
      of: string;
      change: number;
      parts: Array<{ part: string; contribution: number }>;
    }>;
    const clicks = changes.find(({ of }) => of === 'clicks')!;
    expect(clicks.change).toBe(111);
    expect(clicks.parts.reduce((sum, { contribution }) => sum + contribution, 0)).toBeCloseTo(111, 2);
    const part = (name: string) => clicks.parts.find((one) => one.part === name)!.contribution;
    expect(part('demand')).toBeGreaterThan(0);
    expect(part('position')).toBeLessThan(-30);
    expect(part('days')).toBeGreaterThan(0);
    expect(markdown).toMatch(
      /Clicks changed by \+111\[\^s\d+\]. With both counts subject to chance, the 80%\[\^s\d+\] interval/,
    );
    expect(markdown).toContain('not proof of a cause');
    expect(result.outputs.movements).toMatchObject([
      { query: 'bike repair leeds', direction: 'lost', cause: 'position', change: -90, rows: [3], rows_before: [3] },
      { query: 'city bikes leeds', direction: 'gained', cause: 'demand', change: 200 },
    ]);
    expect(result.metrics).toMatchObject({ sourced_share: 1, figures_match: 1 });
  });

  it('claims no change without an export of the period before, nor when chance explains it or clicks are few', async () => {
    const alone = await report({ current_rankings: search.current_rankings });
    expect(alone.result.outputs.changes).toEqual([expect.objectContaining({ of: 'cost' })]);
    expect(alone.markdown).toContain('no change is claimed');
    const same = await report({
      current_rankings: search.current_rankings,
      previous_rankings: search.current_rankings,
    });
    expect(same.markdown).toContain('Chance alone could make this difference');
    const few = rows([['a', 5, 100, 3]]);
    const thin = await report({ current_rankings: textInput(few), previous_rankings: textInput(few) });
    expect(thin.markdown).toContain('too few clicks to take the change apart');
  });

  it('draws the days, says which are missing, and what searches without a name make out', async () => {
    const dates = Array.from(
      { length: 29 },
      (_, at) => `2026-10-${String(at + 1).padStart(2, '0')},${30 + (at % 7)},400,8.2%,2.1`,
    );
    const byDate = textInput(`Date,Clicks,Impressions,CTR,Position\n${dates.join('\n')}\n`);
    const { html, markdown, result } = await report({ ...search, rankings_by_date: byDate });
    expect(markdown).toMatch(/The export by date holds 29 days\[\^s\d+\] of the 31 days/);
    expect(result.metrics.period_covered).toBeCloseTo(29 / 31, 3);
    expect(html).toContain('<path class="line" d="M');
    // Behind each chart a table with its figures, in the page and in the text.
    const charts = html.split('<figure>').slice(1);
    expect(charts.length).toBeGreaterThanOrEqual(2);
    for (const chart of charts)
      expect(chart).toMatch(/^<figcaption>.+?<\/figcaption>.*?<svg [\s\S]+?<\/svg><\/figure><table><caption>/);
    expect(markdown).not.toContain('<svg');
    expect(markdown).toContain('| Days | Clicks |');
    expect(markdown).toMatch(/The export by date has \+162\[\^s\d+\] clicks beside/);
  });

  it('tells a step in the level of clicks and what was delivered shortly before, without making one the cause', async () => {
    const day = (at: number) => new Date(Date.UTC(2026, 7, 1) + at * 86_400_000).toISOString().slice(0, 10);
    // From 12 October (the 73rd day) on, a third less of impressions and clicks; a little unrest, so that there is an error.
    const dates = Array.from({ length: 112 }, (_, at) => {
      const impressions = (at < 72 ? 3_000 : 2_000) + 20 * ((at * 7) % 5);
      return `${day(at)},${Math.round(impressions / 10)},${impressions},10%,2.1`;
    });
    const byDate = textInput(`Date,Clicks,Impressions,CTR,Position\n${dates.join('\n')}\n`);
    const { markdown, result } = await report({ rankings_by_date: byDate });
    expect(markdown).toMatch(
      /From 12 October 2026\[\^s\d+\] on, clicks stood on another level: -3\d(?:\.\d)?%\[\^s\d+\] \(80%.*together with impressions\./,
    );
    expect(markdown).toMatch(
      /no proof that one made the other:\n\n- 12 October 2026.*keyword-research.*\n- 5 October 2026/,
    );
    expect(result.metrics.sourced_share).toBe(1);
  });

  it('judges targets by the measures that it has, and says which it has not', async () => {
    const { result, markdown } = await report({ ...search, targets: textInput('clicks: 900\nctr: 10 %\nrevenue: 4') });
    expect(markdown).toMatch(/\| clicks\[\^s\d+\] \| 900\[\^s\d+\] \| 792\[\^s\d+\] \| 88%\[\^s\d+\] \|/);
    expect(markdown).toMatch(/No measure of this report is called revenue/);
    expect(result.metrics.sourced_share).toBe(1);
  });

  it('is written in the language of the client, numbers and days too', async () => {
    const client = { id: 'tenant-1', title: 'Mehlwind', language: 'de', country: 'DE' };
    const { html, markdown } = await report(search, {
      record: (within) => ({ ...madeRecord(OCTOBER, SEPTEMBER)(within), client }),
    });
    expect(html).toContain('<html lang="de-DE">');
    expect(markdown).toContain('# Bericht für Mehlwind');
    expect(markdown).toMatch(/1\.–31\. Oktober 2026/);
    expect(markdown).toMatch(/8\.530/);
    expect(markdown).toMatch(/9,28\u00a0%/);
  });

  it('refuses files of another kind before the task is queued, and a period that is none', async () => {
    const check = (inputs: Readonly<Record<string, SkillInput>>) => reporting.check!(inputs);
    await expect(check({ current_rankings: fileInput('page.csv', '<!doctype html><p>x</p>') })).rejects.toThrow(
      /page\.csv/,
    );
    await expect(check({ previous_rankings: search.previous_rankings })).rejects.toMatchObject({
      code: 'KAZE_SKILL_INPUT_MISSING',
    });
    await expect(check({ rankings_by_date: search.current_rankings })).rejects.toThrow(/no column for the date/);
    await expect(check({ period: textInput('soon') })).rejects.toThrow(/expected a month/);
    await expect(check(search)).resolves.toBeUndefined();
  });
});

describe('a report on sales', () => {
  it('counts deals by their days in the export, as the generator planted them, and finds old ones', async () => {
    const { files, truth } = generateSoftwareFirm({ seed: 7, leads: 900, product: 'pipedrive-de' });
    const pipeline = fileInput(files.leads!.name, files.leads!.bytes);
    const context = fakeSkillContext({ inputs: { period, pipeline }, record: madeRecord([]) });
    const result = await reportGenerator.run(context);
    const figures = named(result);
    const inMonth = (day: string, month: string) => day.startsWith(month);
    const count = (month: string, shown: string) =>
      truth.leads.filter((lead) => lead.shown === shown && inMonth(lead.decided, month)).length;
    expect(figures).toMatchObject({
      won: { value: count('2026-10', 'won'), before: count('2026-09', 'won') },
      lost: { value: count('2026-10', 'lost'), before: count('2026-09', 'lost') },
      new_deals: { value: truth.leads.filter(({ created }) => inMonth(created, '2026-10')).length },
      open_deals: { value: truth.leads.filter(({ shown }) => shown === 'open').length },
    });
    expect(figures.won!.sources).toContainEqual(
      expect.objectContaining({ file: files.leads!.name, rows: figures.won!.value }),
    );
    expect(result.metrics).toMatchObject({ sourced_share: 1, figures_match: 1 });
    expect(result.metrics.decomposition_residual).toBeLessThan(1e-9);
    expect(result.outputs.risks).not.toEqual([]);
    expect(String(result.outputs.report_markdown)).not.toMatch(/(?<!')=HYPERLINK/);
  });
});

describe('a hostile export or record', () => {
  it('does nothing in the report: no script, link, picture, formula or request', async () => {
    const evil = [
      '=HYPERLINK("http://evil.example","x")',
      '<img src=http://evil.example/a.png onerror=alert(1)>',
      '[click](javascript:alert(1))',
      '</a></td><script>alert(1)</script>',
      '\u202eevil | x',
    ];
    const queries = (clicks: number) => rows(evil.map((query, at) => [query, clicks + at, 4000, 2]));
    const { html, markdown, result } = await report(
      {
        current_rankings: fileInput('"><script>.csv', queries(20)),
        previous_rankings: textInput(queries(400)),
        work_done: textInput(evil.join('\n')),
      },
      {
        record: madeRecord(
          evil.map((summary, at) => ({ id: `t${at}`, skill: 'keyword-research', day: '2026-10-05', summary })),
        ),
      },
    );
    expect(result.metrics.sourced_share).toBe(1);
    expect(html).not.toMatch(/<(?:script|img|iframe|link|object)/i);
    expect([...html.matchAll(/(?:href|src|action)="([^"]*)"/g)].every(([, to]) => to!.startsWith('#s'))).toBe(true);
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/url\(|@import|\u202e/);
    expect(html).toContain('&#39;=HYPERLINK(');
    expect(markdown).not.toMatch(/<(?:script|img)|(?<!\\)\]\(|https?:\/\//i);
    expect(markdown).not.toMatch(/\| =HYPERLINK/);
  });
});

describe('a model that words the summary', () => {
  const PLAIN = 'Results delivered: 3, after 1 in the period before.';
  async function worded(change: (paragraphs: string[]) => string[]) {
    const { result, context, html } = await report(search, {
      model: async ({ messages }) => {
        const text = String(messages.at(-1)!.content);
        return completion({ offline: false, text: change(text.split('\n\n')).join('\n\n') });
      },
    });
    return { result, context, html, summary: String(result.outputs.summary) };
  }
  const first = (text: string) => (all: string[]) => [text, ...all.slice(1)];

  it('is shown no number, and what it words keeps its figures and their links', async () => {
    const { summary, context, html, result } = await worded(
      first('We delivered {a} results this time; the period before had {b}.'),
    );
    expect(String(context.requests[0]!.messages.at(-1)!.content)).not.toMatch(/\p{N}/u);
    expect(summary).toContain('We delivered 3 results this time; the period before had 1.');
    expect(html).toMatch(/We delivered <a class="n" href="#s\d+">3<\/a> results/);
    expect(result.metrics).toMatchObject({ sourced_share: 1, figures_match: 1 });
  });

  it.each([
    ['a number of its own', 'We delivered {a} results, 57 more than {b}.'],
    ['a small number of its own', 'We delivered {a} results after {b}, and 4 were very good.'],
    ['a number in words', 'We delivered {a} results after {b}, and four were very good.'],
    ['a factor', 'We delivered {a} results after {b}: output doubled.'],
    ['a number in other digits', 'We delivered {a} results after {b}, and ٤ were good.'],
    ['numbers in another order', 'After {b} we delivered {a} results.'],
    ['one number twice', 'We delivered {a} results, yes {a}, after {b}.'],
    ['one number less', 'We delivered {a} results.'],
    ['a cause', 'Thanks to hard work {a} results were delivered after {b}.'],
    ['a rise', 'Delivered results increased: {a} after {b}.'],
    ['a fall', 'Delivered results dropped: {a} after {b}.'],
    ['a link', 'We delivered {a} results [see](https://x.example) after {b}.'],
    ['markup', 'We delivered <b>{a}</b> results after {b}.'],
  ])('is not listened to where it says %s: the plain text stays', async (_, text) => {
    const { summary, result } = await worded(first(text));
    expect(summary).toContain(PLAIN);
    expect(result.notes.join(' ')).toMatch(/wording.*was not used/);
    expect(result.metrics.sourced_share).toBe(1);
  });

  it('is not listened to at all when paragraphs are missing', async () => {
    const { summary, result } = await worded((all) => all.slice(1));
    expect(summary).toContain(PLAIN);
    expect(result.notes.join(' ')).toContain('paragraphs, and');
  });

  it('that is the offline one leaves the words as they are, without a note', async () => {
    const { result } = await report(search);
    expect(result.notes.join(' ')).not.toContain('wording');
    expect(String(result.outputs.summary)).toContain(PLAIN);
  });
});

describe('the PDF', () => {
  it('is printed from the page where there is a printer', async () => {
    const seen: string[] = [];
    const print = async (html: string) => {
      seen.push(html);
      return new TextEncoder().encode('%PDF-1.7');
    };
    const { result, html } = await report({}, { print });
    expect(seen).toEqual([html]);
    expect(result.outputs.report_pdf).toMatchObject({
      media_type: 'application/pdf',
      bytes: 8,
      base64: btoa('%PDF-1.7'),
    });
  });

  it('is missing with a note where there is none or it fails; the report stands', async () => {
    const none = await report({});
    expect(none.result.outputs.report_pdf).toBeNull();
    expect(none.result.notes.join(' ')).toContain('this cell has no Chromium');
    const broken = await report({}, { print: () => Promise.reject(new Error('no')) });
    expect(broken.result.outputs.report_pdf).toBeNull();
    expect(broken.result.notes.join(' ')).toContain('the browser that prints it failed');
    expect(broken.result.metrics.sourced_share).toBe(1);
  });
});
