import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CellProcess, until } from '../../support/cell/cell-process.ts';

let folder: string;
let cell: CellProcess;
let me: { id: string; name: string };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kaze-internal-ops-'));
  cell = new CellProcess(folder);
  await cell.start();
  const { people } = await cell.query<{ people: { nodes: Array<{ id: string; name: string }> } }>(
    '{ people { nodes { id name } } }',
  );
  me = people.nodes[0]!;
}, 180_000);
afterAll(async () => {
  await cell?.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const TASK = `query ($id: ID!) { task(id: $id) {
  id skill state progress errorMessage
  requestedBy { id }
  askedOf { id }
  parent { id }
  subtasks(first: 50) { nodes { id skill state inputs askedOf { id } requestedBy { id } } }
  outcomes { nodes {
    summary output editedOutput metrics notes state
    agent { name }
    skillVersion { number skill { name } }
    approvals { nodes { state decidedBy { id name } } }
  } }
} }`;

interface Read {
  readonly id: string;
  readonly skill: string;
  readonly state: string;
  readonly progress: string | null;
  readonly errorMessage: string | null;
  readonly askedOf: { readonly id: string } | null;
  readonly subtasks: {
    readonly nodes: ReadonlyArray<
      Pick<Read, 'id' | 'skill' | 'state' | 'askedOf'> & { readonly inputs: Record<string, unknown> }
    >;
  };
  readonly outcomes: {
    readonly nodes: ReadonlyArray<{
      readonly summary: string;
      readonly output: Record<string, unknown>;
      readonly editedOutput: Record<string, unknown> | null;
      readonly metrics: Record<string, number>;
    }>;
  };
}

const read = async (id: string): Promise<Read> => (await cell.query<{ task: Read }>(TASK, { id })).task;

async function submit(skill: string, inputs: Record<string, unknown>): Promise<string> {
  const mutation = 'mutation ($input: SubmitTaskInput!) { submitTask(input: $input) { task { id } } }';
  const input = { agent: 'ops-assistant', tenant: 'acme', skill, inputs };
  return (await cell.query<{ submitTask: { task: { id: string } } }>(mutation, { input })).submitTask.task.id;
}

/** Waits for a state; a task that ended otherwise is told at once. */
async function reaches(id: string, state: string): Promise<Read> {
  const ended = ['delivered', 'rejected', 'failed', 'cancelled'];
  const task = await until(
    () => read(id),
    (one) => one.state === state || ended.includes(one.state),
    120_000,
  );
  expect(task).toMatchObject({ state });
  return task;
}

async function decide(input: Record<string, unknown>): Promise<void> {
  await cell.query('mutation ($input: DecideApprovalInput!) { decideApproval(input: $input) { task { id } } }', {
    input,
  });
}

const provenance = (skill: string) => ({
  requestedBy: { id: me.id },
  outcomes: {
    nodes: [
      {
        state: 'delivered',
        agent: { name: 'ops-assistant' },
        skillVersion: { number: 1, skill: { name: skill } },
        approvals: { nodes: [{ state: 'approved', decidedBy: { id: me.id } }] },
      },
    ],
  },
});

const TERMS = 'Supplier: Nordlicht GmbH\nPayment: 30 days\nToner: EUR 89.50 per piece\n';
const INVOICE =
  'Invoice number,Supplier,Invoice date,Description,Quantity,Unit price,Amount,Total\nR1,Nordlicht GmbH,2026-07-01,Toner,2,89.50,179.00,179.00\n';

// Started together and told apart by their ids: an agent does one after the other.
describe('the work of internal-ops, asked of a cell over GraphQL', { timeout: 300_000 }, () => {
  it('checks an invoice, and knows it again in the next check', async () => {
    const first = await submit('invoice-check', { invoices: INVOICE, contract_terms: TERMS });
    const checked = await reaches(first, 'awaiting_approval');
    expect(checked.outcomes.nodes[0]).toMatchObject({
      output: { findings: [], invoices: [{ number: 'R1', verdict: 'pay' }] },
    });
    await decide({ id: first, decision: 'approve' });
    expect(await reaches(first, 'delivered')).toMatchObject(provenance('invoice-check'));
    const again = await reaches(
      await submit('invoice-check', {
        invoices: INVOICE.replace('89.50', '95.00').replaceAll('179.00', '190.00'),
        contract_terms: TERMS,
      }),
      'awaiting_approval',
    );
    expect(again.outcomes.nodes[0]!.output.findings).toMatchObject([
      { kind: 'duplicate-number', earlier: { number: 'R1', source: `task ${first}` } },
      { kind: 'price', found: '95.00', expected: '89.50', line: 2 },
    ]);
    await expect(submit('invoice-check', { invoices: INVOICE.replace('2026-07-01', 'July') })).rejects.toThrow(
      /line 2, column 3: found \\"July\\"; expected a day/,
    );
  });

  it('answers from what was read in, and passes a request on, each with what it rests on', async () => {
    const file = join(folder, 'leave.md');
    writeFileSync(file, '# Annual leave\n\nFull-time staff have 26 days of annual leave a year.\n');
    await cell.json('ingest', file, '--tenant', 'acme', '--vertical', 'internal-ops');
    const asked = await submit('answer-from-handbook', {
      question: 'How many days of annual leave do full-time staff have?',
    });
    const payroll = {
      kind: 'person',
      name: 'p-tom',
      description: 'Payroll: payslips, wages',
      examples: ['a mistake in my payslip'],
    };
    const garage = {
      kind: 'person',
      name: 'p-ida',
      description: 'Cars and keys of the garage',
      examples: ['I need a car'],
    };
    const passed = await submit('triage-request', {
      request: 'There is a mistake in my payslip',
      candidates: [payroll, garage],
    });
    expect((await reaches(asked, 'awaiting_approval')).outcomes.nodes[0]).toMatchObject({
      output: { answered: true, answer: expect.stringContaining('26 days') },
    });
    expect((await reaches(passed, 'awaiting_approval')).outcomes.nodes[0]).toMatchObject({
      output: { target_kind: 'person', target: 'p-tom' },
    });
    for (const id of [asked, passed]) await decide({ id, decision: 'approve' });
    expect(await reaches(asked, 'delivered')).toMatchObject(provenance('answer-from-handbook'));
    expect(await reaches(passed, 'delivered')).toMatchObject(provenance('triage-request'));
    const cited =
      'query ($id: ID!) { task(id: $id) { outcomes { nodes { chunks { nodes { text source { name } } } } } } }';
    expect(await cell.query(cited, { id: asked })).toMatchObject({
      task: { outcomes: { nodes: [{ chunks: { nodes: [{ text: expect.stringContaining('26 days') }] } }] } },
    });
  });

  it('turns approved actions of a meeting into one task each, for an agent and for people', async () => {
    const transcript = `${me.name}: We agreed to answer mail within a day.\n${me.name}: I will send the offer by Friday.\n${me.name}: Action item: ops-assistant to answer from handbook how many days of annual leave full-time staff have.\n`;
    const task = await submit('meeting-notes', { transcript, meeting_date: '2026-03-11' });
    const made = await reaches(task, 'awaiting_approval');
    expect(made.outcomes.nodes[0]!.output).toMatchObject({
      decisions: [{ line: 1 }],
      actions: [
        { owner: me.name, due: '2026-03-13', line: 2 },
        { owner: 'ops-assistant', line: 3 },
      ],
    });
    expect(made.subtasks.nodes).toEqual([]);
    await decide({ id: task, decision: 'approve' });
    const delivered = await until(
      () => read(task),
      ({ subtasks }) => subtasks.nodes.length > 0,
    );
    expect(delivered).toMatchObject(provenance('meeting-notes'));
    const [todo, own] = ['to-do', 'answer-from-handbook'].map(
      (skill) => delivered.subtasks.nodes.find((one) => one.skill === skill)!,
    );
    expect(delivered.subtasks.nodes).toHaveLength(2);
    expect(todo).toMatchObject({
      askedOf: { id: me.id },
      inputs: { due: { text: '2026-03-13' }, origin: { text: 'transcript.txt, line 2' } },
    });
    expect(own).toMatchObject({ askedOf: null, requestedBy: { id: me.id } });
    await reaches(todo!.id, 'awaiting_approval');
    await decide({ id: todo!.id, decision: 'approve' });
    const ticked = await reaches(todo!.id, 'delivered');
    expect(ticked).toMatchObject(provenance('to-do'));
    expect(ticked.outcomes.nodes[0]).toMatchObject({
      output: { what: 'I will send the offer by Friday.', done: true, due: '2026-03-13' },
      editedOutput: null,
    });
  });

  it('runs a procedure with people, goes on after kill -9, and keeps the evidence', async () => {
    const procedure = `procedure: intake
owners: { clerk: "${me.name}" }
steps:
  - { id: conflict, do: "Is there a conflict of interest with {subject}?", owner: clerk, answer: yes-no }
  - { id: waiver, do: Get a waiver., owner: clerk, when: conflict.answer == true }
  - { id: identity, do: Copy the identity card., owner: clerk, evidence: file }
`;
    const task = await submit('checklist-run', { procedure, subject: 'Holm Logistics' });
    const open = async (count: number) => {
      const whole = await until(
        () => read(task),
        ({ subtasks, state }) =>
          ['failed', 'awaiting_approval'].includes(state) ||
          (subtasks.nodes.length === count && subtasks.nodes.some((one) => one.state === 'awaiting_approval')),
        120_000,
      );
      expect(whole.subtasks.nodes, JSON.stringify(whole)).toHaveLength(count);
      return whole.subtasks.nodes.find((one) => one.state === 'awaiting_approval')!;
    };
    const conflict = await open(1);
    expect(conflict).toMatchObject({
      skill: 'to-do',
      askedOf: { id: me.id },
      inputs: { what: { text: 'Is there a conflict of interest with Holm Logistics?' } },
    });
    await cell.kill();
    await cell.start();
    const what = 'Is there a conflict of interest with Holm Logistics?';
    await decide({ id: conflict.id, decision: 'edit', output: { what, done: true, answer: 'no' } });
    // What the person said is kept as theirs, beside what was proposed.
    expect(await read(conflict.id)).toMatchObject({
      parent: { id: task },
      outcomes: {
        nodes: [
          {
            ...{ state: 'delivered', output: { what, done: true }, editedOutput: { what, done: true, answer: 'no' } },
            approvals: { nodes: [{ state: 'edited', decidedBy: { id: me.id } }] },
          },
        ],
      },
    });
    const identity = await open(2);
    await decide({ id: identity.id, decision: 'approve' });
    const again = await open(3);
    await decide({
      id: again.id,
      decision: 'edit',
      output: { what: 'Copy the identity card.', done: true, file: 'scans/holm-id.pdf' },
    });
    const ran = await reaches(task, 'awaiting_approval');
    expect(ran.outcomes.nodes[0]!.output).toMatchObject({
      status: 'completed',
      records: [
        { step: 'conflict', state: 'done', answer: false, by: me.name, task: conflict.id },
        { step: 'waiver', state: 'skipped' },
        { step: 'identity', state: 'done', file: 'scans/holm-id.pdf', asked: 2, by: me.name },
      ],
    });
    await decide({ id: task, decision: 'approve' });
    expect(await reaches(task, 'delivered')).toMatchObject(provenance('checklist-run'));
  });
});
