import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingLines, readTour } from '../e2e/readme/blocks.ts';
import { CellProcess, until } from '../support/cell/cell-process.ts';
import { removeFolder } from '../support/cell/remove-folder.ts';

const page = readFileSync(new URL('../../docs/demo.md', import.meta.url), 'utf8');
const [first, ask, again] = readTour(page, 'Try it').steps;
/** As many queries as the demo has at least. */
const SMALL = ['--rows', '3000'];

let folder: string;
let cell: CellProcess;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kaze-demo-'));
  cell = new CellProcess(folder);
  await cell.start();
}, 180_000);
afterAll(async () => {
  await cell?.stop();
  await removeFolder(folder);
});

const STATE = `{
  tenants(filter: { name: { startsWith: "demo-" } }, orderBy: name_ASC) { nodes { name title } }
  agents(filter: { scope: { startsWith: "tenant:demo-" } }, orderBy: name_ASC) { nodes { name role } }
  people(filter: { scope: { startsWith: "tenant:demo-" } }) { totalCount }
  sources(filter: { scope: { startsWith: "tenant:demo-" }, state: { eq: active } }) { totalCount }
  tasks(filter: { scope: { startsWith: "tenant:demo-" } }, orderBy: createdAt_ASC) { nodes {
    id skill state requestedBy { name }
    usedKnowledge(first: 1) { totalCount }
    outcomes(first: 1) { nodes { id state editedOutput
      evaluations(first: 1, filter: { passed: { eq: false }, skipped: { ne: true } }) { totalCount }
      chunks(first: 10) { nodes { source { name } } } models(first: 1) { nodes { rows } } } }
    approvals(first: 1) { nodes { state reason decidedBy { name } } }
  } }
  tokens { name role tenant revokedAt }
}`;

interface State {
  readonly tenants: { readonly nodes: ReadonlyArray<{ readonly name: string }> };
  readonly agents: { readonly nodes: ReadonlyArray<{ readonly name: string; readonly role: string }> };
  readonly people: { readonly totalCount: number };
  readonly sources: { readonly totalCount: number };
  readonly tasks: { readonly nodes: readonly TaskRead[] };
  readonly tokens: ReadonlyArray<Record<'name' | 'role' | 'tenant' | 'revokedAt', string | null>>;
}
interface TaskRead {
  readonly skill: string;
  readonly state: string;
  readonly requestedBy: { readonly name: string };
  readonly usedKnowledge: { readonly totalCount: number };
  readonly outcomes: {
    readonly nodes: ReadonlyArray<{
      readonly editedOutput: { readonly actions: ReadonlyArray<{ readonly owner: string }> } | null;
      readonly evaluations: { readonly totalCount: number };
      readonly chunks: { readonly nodes: ReadonlyArray<{ readonly source: { readonly name: string } }> };
      readonly models: { readonly nodes: ReadonlyArray<{ readonly rows: number }> };
    }>;
  };
  readonly approvals: {
    readonly nodes: ReadonlyArray<{
      readonly state: string;
      readonly reason: string | null;
      readonly decidedBy: { readonly name: string } | null;
    }>;
  };
}

/** `skill state, decision by person` */
const told = ({ skill, state, approvals }: TaskRead) => {
  const [approval] = approvals.nodes;
  return `${skill} ${state}, ${approval ? `${approval.state} by ${approval.decidedBy?.name ?? 'nobody'}` : 'no approval'}`;
};

describe('kaze demo on a cell', { timeout: 300_000 }, () => {
  it('prints what its page says, and leaves a graph with everything that work leaves', async () => {
    expect(first!.commands).toEqual(['npx kaze demo']);
    const { code, stdout, stderr } = await cell.kaze('demo', ...SMALL);
    expect({ code, stderr }, `${stdout}\n${cell.output}`).toMatchObject({ code: 0 });
    expect(missingLines(first!.output, stdout), stdout).toEqual([]);

    const state = await cell.query<State>(STATE);
    expect(state).toMatchObject({
      tenants: { nodes: [{ name: 'demo-bakery' }, { name: 'demo-law' }, { name: 'demo-software' }] },
      agents: {
        nodes: [
          { name: 'crm-analyst', role: expect.stringContaining('Brassfern Software') },
          { name: 'ops-assistant', role: expect.stringContaining('Brandis & Roth') },
          { name: 'seo-strategist', role: expect.stringContaining('Mehlwind Bakeries') },
        ],
      },
      people: { totalCount: 6 },
      sources: { totalCount: 13 },
    });
    const tasks = state.tasks.nodes;
    expect(tasks.map(told).sort()).toEqual([
      'answer-from-handbook delivered, approved by Maren Holt',
      'checklist-run queued, no approval',
      'competitor-analysis delivered, approved by Nora Blythe',
      'content-optimization delivered, approved by Nora Blythe',
      'invoice-check delivered, approved by Maren Holt',
      'invoice-check rejected, rejected by Maren Holt',
      'keyword-research delivered, approved by Nora Blythe',
      'lead-scoring awaiting_approval, pending by nobody',
      'lead-scoring delivered, approved by Jonas Reuter',
      'meeting-notes delivered, edited by Maren Holt',
      'reporting delivered, approved by Nora Blythe',
      'to-do awaiting_approval, pending by nobody',
      'to-do delivered, approved by Maren Holt',
      'to-do delivered, edited by Maren Holt',
    ]);
    const of = (skill: string) => tasks.filter((task) => task.skill === skill);
    expect(new Set(tasks.map(({ requestedBy }) => requestedBy.name))).toEqual(new Set(['Administrator']));
    expect(tasks.flatMap(({ outcomes }) => outcomes.nodes).every((one) => one.evaluations.totalCount === 0)).toBe(true);
    for (const skill of [
      'keyword-research',
      'competitor-analysis',
      'content-optimization',
      'reporting',
      'lead-scoring',
    ])
      expect(
        of(skill).every((task) => task.usedKnowledge.totalCount > 0),
        skill,
      ).toBe(true);
    expect(of('lead-scoring').flatMap(({ outcomes }) => outcomes.nodes[0]!.models.nodes)).toHaveLength(2);
    expect(of('meeting-notes')[0]!.outcomes.nodes[0]!.editedOutput!.actions).toMatchObject([{ owner: 'Maren Holt' }]);
    const cited = of('answer-from-handbook')[0]!.outcomes.nodes[0]!.chunks.nodes.map(({ source }) => source.name);
    expect(cited).toContain('office-rules.md');
    // What was used reaches the ledger a moment later.
    type Usage = { readonly usage: ReadonlyArray<{ readonly group: { readonly tenant: string | null } }> };
    await until(
      () => cell.query<Usage>('{ usage(input: { by: [tenant] }) { group } }'),
      ({ usage }) =>
        ['demo-bakery', 'demo-law', 'demo-software'].every((name) => usage.some(({ group }) => group.tenant === name)),
    );
    const made = state.tokens.filter(({ name }) => name!.startsWith('kaze demo'));
    expect(made.map(({ role, tenant, revokedAt }) => [role, tenant, revokedAt !== null]).sort()).toEqual([
      ['reviewer', 'demo-bakery', true],
      ['reviewer', 'demo-law', true],
      ['reviewer', 'demo-software', true],
    ]);
  });

  it('adds nothing the second time, and its queries work as they are printed', async () => {
    expect(again!.commands).toEqual(['npx kaze demo']);
    const before = await cell.query<State>(STATE);
    const { stdout } = await cell.kaze('demo', ...SMALL);
    expect(missingLines(again!.output, stdout), stdout).toEqual([]);
    const made = await cell.json<{ queries: ReadonlyArray<{ query: string }> }>('demo', ...SMALL);
    expect(await cell.query(STATE)).toEqual(before);
    expect(made.queries).toHaveLength(3);
    for (const { query } of made.queries) {
      const [answer] = Object.values(await cell.query<Record<string, { readonly nodes?: readonly unknown[] }>>(query));
      expect(answer).not.toBeNull();
      expect(answer!.nodes ?? ['one']).not.toEqual([]);
    }
  });

  it('left documents that can be asked about, as its page says', async () => {
    const [, question] = /"(.+)"/.exec(ask!.commands[0]!)!;
    const { stdout } = await cell.kaze('ask', question!, '--client', 'demo-law');
    expect(missingLines(ask!.output, stdout), stdout).toEqual([]);
  });
});
