import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { STANDARD_EXPORTS } from '../../fixtures/crm-exports/index.ts';
import { cellOfFile } from '../../support/cell/cell-of-file.ts';
import { until } from '../../support/cell/cell-process.ts';

// Whether this machine has a Chromium must not matter here; the printer has a test of its own.
const at = cellOfFile('report-generator', { KAZE_PRINTER_CHROMIUM: 'none' });

const TASK = `query ($id: ID!) { task(id: $id) { state errorMessage outcomes { nodes {
  id state output editedOutput metrics notes
  agent { name } skillVersion { name number }
  evaluations { nodes { criterion passed } }
  knowledge { nodes { path } }
  approvals { nodes { id state decidedBy { name } } }
} } } }`;

interface Figure {
  readonly name: string;
  readonly value: number;
  readonly sources: ReadonlyArray<{ readonly node?: string; readonly id?: string; readonly ids?: readonly string[] }>;
}
interface Report {
  readonly figures: readonly Figure[];
  readonly report_html: string;
  readonly report_markdown: string;
  readonly report_pdf: null;
}
interface Outcome {
  readonly id: string;
  readonly output: Report;
  readonly editedOutput: Report;
  readonly approvals: { readonly nodes: ReadonlyArray<{ readonly id: string }> };
  readonly metrics: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
  readonly evaluations: { readonly nodes: ReadonlyArray<{ readonly passed: boolean }> };
  readonly knowledge: { readonly nodes: ReadonlyArray<{ readonly path: string }> };
}
interface Read {
  readonly task: {
    readonly state: string;
    readonly errorMessage: string | null;
    readonly outcomes: { readonly nodes: readonly Outcome[] };
  };
}

async function done(
  agent: string,
  skill: string,
  inputs: readonly string[],
  decide: (task: { id: string; outcome: Outcome }) => Promise<unknown> = ({ id }) => at.cell.json('approve', id),
): Promise<{ id: string; outcome: Outcome }> {
  const { id } = await at.cell.json<{ id: string }>(
    ...['tasks', 'submit', '--agent', agent, '--client', 'acme', '--skill', skill],
    ...inputs.flatMap((input) => ['--input', input]),
  );
  const read = () => at.cell.query<Read>(TASK, { id });
  const made = await until(read, ({ task }) => ['awaiting_approval', 'failed'].includes(task.state), 120_000);
  expect(made.task).toMatchObject({ state: 'awaiting_approval', errorMessage: null });
  await decide({ id, outcome: made.task.outcomes.nodes[0]! });
  return { id, outcome: (await read()).task.outcomes.nodes[0]! };
}

/** Adds a paragraph at the end of a report's text, before its list of sources. */
async function edit(
  id: string,
  { output }: Outcome,
  paragraph: string,
): Promise<{ code: number | null; stderr: string }> {
  const file = join(at.folder, 'outputs.json');
  const report_markdown = output.report_markdown.replace('\n## Sources', `\n${paragraph}\n\n## Sources`);
  writeFileSync(file, JSON.stringify({ ...output, report_markdown }));
  return at.cell.kaze('edit', id, '--file', file);
}

it('reports an approved task with numbers that lead to its nodes, is edited, drawn again, read back and saved', {
  timeout: 300_000,
}, async () => {
  const question = 'question=How many days of annual leave do full-time staff have?';
  const work = await done('ops-assistant', 'answer-from-handbook', [question]);
  const file = (name: string, clicks: number) => {
    const path = join(at.folder, name);
    writeFileSync(
      path,
      `Top queries,Clicks,Impressions,CTR,Position\nrota software,${clicks},4000,5%,2.1\nshift planner,80,900,8%,3\n`,
    );
    return path;
  };
  // Days around now, so that midnight and the end of a month between these lines change nothing.
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const inputs = [
    `period=${day(-3)} to ${day(3)}`,
    `current_rankings=@${file('now.csv', 260)}`,
    `previous_rankings=@${file('before.csv', 180)}`,
  ];
  const report = await done('seo-strategist', 'reporting', inputs, async ({ id, outcome }) => {
    const refused = await edit(id, outcome, 'We reached 9,999 people.');
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(
      /line \d+: 9,999 has no source\. Way out: .*\[\^call\][\s\S]*KAZE_SKILL_EDIT_REFUSED/,
    );
    const edited = await edit(id, outcome, 'We reached 9,999 people.[^survey]\n\n[^survey]: Survey of the client');
    expect(edited).toMatchObject({ code: 0 });
  });
  const { outcome } = report;
  expect(outcome).toMatchObject({
    state: 'delivered',
    agent: { name: 'seo-strategist' },
    skillVersion: { name: 'reporting', number: 1 },
    approvals: { nodes: [{ state: 'edited', decidedBy: { name: 'Administrator' } }] },
    metrics: { sourced_share: 1, figures_match: 1 },
  });
  expect(outcome.evaluations.nodes.every(({ passed }) => passed)).toBe(true);
  expect(outcome.knowledge.nodes.map(({ path }) => path)).toContain('seo/measurement/mix-effect');
  expect(outcome.output.report_pdf).toBeNull();
  expect(outcome.notes.join(' ')).toContain('this cell has no Chromium');

  const figure = (name: string) => outcome.output.figures.find((one) => one.name === name)!;
  expect(figure('clicks')).toMatchObject({ value: 340, before: 260, change: 80 });
  // The one task that was done, found by its id, and not the report itself.
  expect(figure('delivered_results')).toMatchObject({ value: 1, sources: [{ node: 'Task', id: work.id }] });
  const [approval] = figure('approved').sources;
  const asked = '{ node(id: "ID") { __typename id } }'.replace('ID', approval!.id!);
  expect(await at.cell.query(asked)).toEqual({ node: { __typename: 'Approval', id: approval!.id } });
  const { report_html: html, report_markdown: markdown } = outcome.output;
  expect(markdown).toContain(`Task ${work.id} (`);
  expect(html).toMatch(new RegExp(`<li id="s\\d+"><b>\\[\\d+\\]</b>Task ${work.id} \\(`));
  expect(html).toContain('Report for <a class="q"');

  // What the person wrote stands in all forms, and leads to the decision.
  const { report_html: sent, report_markdown: text } = outcome.editedOutput;
  const source = `Approval ${outcome.approvals.nodes[0]!.id}, entered by Administrator: Survey of the client`;
  expect(text).toContain(`[^survey]: ${source}\n`);
  const number = /We reached <a class="n" href="#(s\d+)">9,999<\/a> people\./.exec(sent)![1]!;
  expect(sent).toMatch(new RegExp(`<li id="${number}"><b>\\[\\d+\\]</b>${source}</li>`));
  expect(
    sent
      .replace(/<p>We reached .*?<\/p>/, '')
      .replace(/<li id="s\d+"><b>\[\d+\]<\/b>Approval [^<]*, entered .*?<\/li>/, ''),
  ).toBe(html);

  const target = join(at.folder, 'report.html');
  expect(await at.cell.json('tasks', 'show', report.id, '--output', target)).toMatchObject({ output: 'report_html' });
  expect(readFileSync(target, 'utf8')).toBe(sent);
});

it('reports on deals as the agent for sales, with every figure down to lines of the export', {
  timeout: 300_000,
}, async () => {
  const pipedrive = STANDARD_EXPORTS.find(({ product }) => product.startsWith('Pipedrive'))!;
  const row = (id: number, status: string, days: readonly [won: string, lost: string, expected: string]) =>
    pipedrive.row(id, { status, created: '2024-03-01 09:30:12', days, value: id * 1000 });
  const lines = [
    row(1, 'Won', ['2024-05-02 10:00:00', '', '2024-04-20']),
    row(2, 'Won', ['2024-05-20 10:00:00', '', '2024-06-01']),
    row(3, 'Lost', ['', '2024-05-21 10:00:00', '2024-05-21']),
    row(4, 'Won', ['2024-04-30 10:00:00', '', '2024-05-05']),
    row(5, 'Open', ['', '', '2024-05-15']),
  ];
  const file = join(at.folder, pipedrive.name);
  writeFileSync(file, [pipedrive.header, ...lines].join('\n'));
  const { outcome } = await done('crm-analyst', 'report-generator', ['period=2024-05', `pipeline=@${file}`]);
  expect(outcome).toMatchObject({
    state: 'delivered',
    agent: { name: 'crm-analyst' },
    skillVersion: { name: 'report-generator', number: 1 },
    approvals: { nodes: [{ state: 'approved', decidedBy: { name: 'Administrator' } }] },
    metrics: { sourced_share: 1, figures_match: 1 },
  });
  expect(outcome.evaluations.nodes.every(({ passed }) => passed)).toBe(true);
  const figures = Object.fromEntries(outcome.output.figures.map((one) => [one.name, one]));
  expect(figures).toMatchObject({
    won: { value: 2, before: 1, sources: [{ file: pipedrive.name, rows: 2, first_line: 2, last_line: 3 }] },
    lost: { value: 1, before: 0 },
    won_value: { value: 3000, before: 4000 },
    open_deals: { value: 1 },
  });
  expect(
    outcome.knowledge.nodes.map(({ path }) => path).filter((path) => path.startsWith('crm/measurement/')),
  ).not.toEqual([]);
  expect(outcome.output.report_markdown).toContain('15 May 2024');
});
