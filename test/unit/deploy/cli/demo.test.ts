import { describe, expect, it } from 'vitest';
import { CommandError } from '../../../../deploy/cli/errors.ts';
import { fakeCell, kaze } from './fake-terminal.ts';

interface Kept {
  readonly id: string;
  readonly skill: string;
  readonly createdAt: string;
  readonly inputs: Record<string, unknown>;
  readonly parent: { id: string } | null;
  readonly progress: null;
  readonly errorMessage: null;
  readonly outcomes: { nodes: Array<{ id: string; summary: string }> };
  state: string;
  approvals: { nodes: Array<{ state: string }> };
}

/** A cell that does a task the moment it is asked for, and keeps what it is told, as the real one does by its keys. */
function cellWithMemory(role = 'admin') {
  const tasks = new Map<string, Kept>();
  const people = new Map<string, { id: string; name: string }>();
  const sources = new Map<string, { name: string; root: { name: string } }>();
  const agents = new Set<string>();
  const revoked: string[] = [];
  let uploads = 0;
  const add = (skill: string, inputs: Record<string, unknown>, parent: string | null = null): Kept => {
    const id = `t${tasks.size + 1}`;
    const task: Kept = {
      ...{ id, skill, inputs, state: 'awaiting_approval', progress: null, errorMessage: null },
      createdAt: new Date(tasks.size).toISOString(),
      parent: parent === null ? null : { id: parent },
      outcomes: { nodes: [{ id: `o-${id}`, summary: 'done' }] },
      approvals: { nodes: [{ state: 'pending' }] },
    };
    tasks.set(id, task);
    return task;
  };
  const answers = {
    DemoCell: () => ({
      me: { role },
      tenants: { nodes: agents.size > 0 ? [{ name: 'demo-law' }] : [] },
      skills: { nodes: ['invoice-check', 'meeting-notes', 'checklist-run'].map((name) => ({ name })) },
    }),
    TenantCreate: { createTenant: { tenant: { id: 'tenant' } } },
    DemoClient: () => ({
      agents: { nodes: [...agents].map((name) => ({ name })) },
      people: { nodes: [...people.values()] },
      sources: { nodes: [...sources.values()] },
    }),
    AgentBind({ input }: { input: { template: string } }) {
      agents.add(input.template);
      return { bindAgent: { agent: { id: input.template, name: input.template } } };
    },
    PersonCreate({ input: { name } }: { input: { name: string } }) {
      people.set(name, { id: `p-${name}`, name });
      return { createPerson: { person: people.get(name) } };
    },
    SourceIngest({ input: { root, name } }: { input: { root: string; name: string } }) {
      sources.set(`${root}/${name}`, { name, root: { name: root } });
      const source = { id: name, name, state: 'active', errorCode: null, errorMessage: null };
      return { ingestSource: { source, change: 'created', chunks: 1, entities: 0, knowledge: 0 } };
    },
    DemoTasks: () => ({ tasks: { nodes: structuredClone([...tasks.values()]).reverse() } }),
    TaskSubmit({
      input,
    }: {
      input: { skill: string; inputs: object; files: Array<{ input: string; upload: string }> };
    }) {
      const files = input.files.map((one) => [one.input, { kind: 'file', name: cell.uploads[uploads++]?.name }]);
      const values = Object.entries(input.inputs).map(([name, text]) => [name, { kind: 'text', text }]);
      const task = add(input.skill, Object.fromEntries([...values, ...files]));
      if (input.skill === 'checklist-run') {
        task.state = 'queued';
        add('to-do', { what: { kind: 'text', text: 'First step' } }, task.id);
      }
      return { submitTask: { task } };
    },
    ApprovalDetail: {
      approval: null,
      task: { id: 't', approvals: { nodes: [{ outcome: { output: { actions: [], minutes: '' } } }] } },
    },
    ApprovalDecide({ input: { id, decision } }: { input: { id: string; decision: string } }) {
      const task = tasks.get(id)!;
      task.state = decision === 'reject' ? 'rejected' : 'delivered';
      task.approvals = { nodes: [{ state: 'approved' }] };
      if (task.skill === 'meeting-notes') add('to-do', { what: { kind: 'text', text: 'Mine' } }, id);
      if (task.parent && tasks.get(task.parent.id)!.skill === 'checklist-run') {
        add('to-do', { what: { kind: 'text', text: 'Second step' } }, task.parent.id);
      }
      return { decideApproval: { approval: null, task: null, outcome: null } };
    },
    TokenCreate: { createToken: { token: 'kaze_of_the_reviewer', info: { id: 'token' } } },
    TokenRevoke({ input: { id } }: { input: { id: string } }) {
      revoked.push(id);
      return { revokeToken: { info: { id } } };
    },
  };
  const cell = fakeCell(answers);
  // Submitting takes the uploads that were made for it; those of documents came before.
  const ingest = answers.SourceIngest;
  answers.SourceIngest = (variables) => {
    uploads++;
    return ingest(variables);
  };
  return { ...cell, answers, tasks, revoked };
}

const LINE = ['demo', '--client', 'demo-law', '--rows', '3000'];
const count = (calls: ReadonlyArray<{ readonly name: string }>, name: string) =>
  calls.filter((call) => call.name === name).length;

describe('kaze demo', () => {
  it('sets a client up, decides as its reviewer with a token that it ends, and leaves one step to the user', async () => {
    const cell = cellWithMemory();
    const { code, out, err } = await kaze([...LINE, '--json'], { connect: cell.connect });
    expect({ code, err: err.includes('demo-law      checklist-run: waits for you') }).toEqual({ code: 0, err: true });
    const made = JSON.parse(out);
    expect(made.tasks.map(({ skill, state }: { skill: string; state: string }) => `${skill} ${state}`)).toEqual([
      'invoice-check delivered',
      'invoice-check rejected',
      'meeting-notes delivered',
      'checklist-run queued',
    ]);
    expect(made.waiting).toEqual([expect.objectContaining({ skill: 'to-do', about: 'Second step' })]);
    expect(made.notYet).toEqual(['answer-from-handbook']);
    expect(made.clients).toMatchObject([{ added: { agents: 1, people: 4, documents: 11, tasks: 4, decisions: 5 } }]);
    expect(cell.calls.find(({ name }) => name === 'TokenCreate')!.variables).toMatchObject({
      input: { owner: 'p-Maren Holt', role: 'reviewer', tenant: 'demo-law' },
    });
    expect(cell.revoked).toEqual(['token']);
  });

  it('adds nothing the second time and says so', async () => {
    const cell = cellWithMemory();
    await kaze(LINE, { connect: cell.connect });
    const before = cell.calls.length;
    const { code, out } = await kaze(LINE, { connect: cell.connect });
    const again = cell.calls.slice(before).map(({ name }) => name);
    expect(new Set(again)).toEqual(new Set(['DemoCell', 'DemoClient', 'DemoTasks']));
    expect(code).toBe(0);
    expect(out).toContain('All there already, nothing added: demo-law');
  });

  it('goes on where it was interrupted, and has ended its token then', async () => {
    const cell = cellWithMemory();
    const controller = new AbortController();
    const decide = cell.answers.ApprovalDecide;
    cell.answers.ApprovalDecide = (variables) => {
      controller.abort();
      return decide(variables);
    };
    const first = await kaze(LINE, { connect: cell.connect, signal: controller.signal });
    expect(first.code).toBe(130);
    expect(first.err).toContain('run kaze demo again to go on');
    expect(cell.revoked).toEqual(['token']);
    const submitted = count(cell.calls, 'TaskSubmit');
    cell.answers.ApprovalDecide = decide;
    expect((await kaze(LINE, { connect: cell.connect })).code).toBe(0);
    expect(count(cell.calls, 'TaskSubmit')).toBe(4);
    expect(submitted).toBe(4);
    expect([...cell.tasks.values()].filter(({ state }) => state === 'awaiting_approval')).toHaveLength(1);
  });

  it('ends its token and tells the cell’s reason where the cell refuses', async () => {
    const cell = cellWithMemory();
    const refusal = new CommandError('KAZE_APPROVAL_FORBIDDEN', 'a person with reviewer or above may');
    Object.assign(cell.answers, { ApprovalDecide: refusal });
    const { code, err } = await kaze(LINE, { connect: cell.connect });
    expect(code).toBe(5);
    expect(err).toContain('a person with reviewer or above may');
    expect(cell.revoked).toEqual(['token']);
  });

  it('takes a decision that somebody else made first for as good as its own', async () => {
    const cell = cellWithMemory();
    const decide = cell.answers.ApprovalDecide;
    cell.answers.ApprovalDecide = (variables) => {
      decide(variables);
      throw new CommandError('KAZE_APPROVAL_DECIDED', 'decided before');
    };
    expect((await kaze(LINE, { connect: cell.connect })).code).toBe(0);
  });

  it('begins nothing for a token that could not bring it to an end', async () => {
    const cell = cellWithMemory('operator');
    const { code, err } = await kaze(LINE, { connect: cell.connect });
    expect({ code, calls: cell.calls.map(({ name }) => name) }).toEqual({ code: 5, calls: ['DemoCell'] });
    expect(err).toContain('needs the role admin; this token has operator');
  });

  it('knows its clients by name, and says how to start a cell where there is none', async () => {
    const wrong = await kaze(['demo', '--client', 'acme'], { connect: cellWithMemory().connect });
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('demo-bakery, demo-software, demo-law') });
    const none = await kaze(['demo', '--data', '/nowhere/at/all']);
    expect(none).toMatchObject({ code: 4, err: expect.stringContaining('run npm start') });
  });
});
