import { describe, expect, it } from 'vitest';
import { type Act, type DemoClient, type DemoTask, nextActs, type SeenTask } from '../../../../deploy/demo/index.ts';

const approve = { decision: 'approve', reason: 'good' } as const;
const task = (key: string, more: Partial<DemoTask> = {}): DemoTask => ({
  ...{ key, agent: 'a', skill: 'work', about: key, mark: { input: 'subject', value: key } },
  inputs: () => ({ values: { subject: key }, files: [] }),
  ...more,
});
const client = (...tasks: DemoTask[]): DemoClient => ({
  ...{ name: 'demo-x', title: 'X', description: '', language: 'en', country: 'GB', vertical: 'seo', agents: ['a'] },
  people: [{ name: 'Ida', role: 'reviewer' }],
  documents: [],
  tasks,
});
const skills = new Set(['work']);
const seen = (id: string, state: string, more: Partial<SeenTask> = {}): SeenTask => ({
  ...{ id, state, skill: 'work', inputs: { subject: { kind: 'text', text: id } }, parent: undefined, createdAt: 1 },
  isPending: state === 'awaiting_approval',
  ...more,
});
const part = (id: string, state: string, more: Partial<SeenTask> = {}) =>
  seen(id, state, { skill: 'to-do', parent: 'whole', ...more });
const told = (acts: readonly Act[]) => acts.map((act) => `${act.act} ${act.act === 'decide' ? act.id : act.task.key}`);
const next = (plan: DemoClient, ...tasks: SeenTask[]) => {
  const { acts, isWaiting } = nextActs(plan, { skills, tasks });
  return { acts: told(acts), isWaiting };
};
const done = { acts: [], isWaiting: false };
const waits = { acts: [], isWaiting: true };

describe('what the demo does next', () => {
  it('is to submit what is not there, and of that only what the cell has a skill for', () => {
    const plan = client(task('one'), task('two', { skill: 'promised' }));
    expect(next(plan)).toEqual({ acts: ['submit one'], isWaiting: false });
  });

  it('knows a task again by the text of an input or the name of a file, and takes the newest', () => {
    const byFile = task('file', { mark: { input: 'export', value: 'a.csv' }, decision: approve });
    const inputs = { export: { kind: 'file', name: 'a.csv', bytes: 1, sha256: 'x' } };
    expect(next(client(byFile), seen('other', 'delivered'))).toMatchObject({ acts: ['submit file'] });
    const tasks = [seen('old', 'failed', { inputs }), seen('new', 'awaiting_approval', { inputs, createdAt: 2 })];
    expect(next(client(byFile), ...tasks)).toEqual({ acts: ['decide new'], isWaiting: false });
    const foreign = seen('one', 'delivered', { skill: 'other' });
    expect(next(client(task('one')), foreign)).toMatchObject({ acts: ['submit one'] });
  });

  it.each([
    ['queued', waits],
    ['running', waits],
    ['awaiting_approval', { acts: ['decide one'], isWaiting: false }],
    ['delivered', done],
    ['rejected', done],
    ['failed', done],
    ['cancelled', done],
    ['parked', done],
  ])('about a task that is %s', (state, expected) => {
    expect(next(client(task('one', { decision: approve })), seen('one', state))).toEqual(expected);
  });

  it('leaves to the user what no decision is planned for, or what somebody has decided', () => {
    expect(next(client(task('one')), seen('one', 'awaiting_approval'))).toEqual(done);
    const decided = seen('one', 'awaiting_approval', { isPending: false });
    expect(next(client(task('one', { decision: approve })), decided)).toEqual(done);
  });

  it('begins what builds on another task when that one is delivered, and never where it ended otherwise', () => {
    const plan = client(task('one', { decision: approve }), task('two', { after: 'one' }));
    expect(next(plan, seen('one', 'running'))).toEqual(waits);
    expect(next(plan, seen('one', 'awaiting_approval'))).toEqual({ acts: ['decide one'], isWaiting: true });
    expect(next(plan, seen('one', 'delivered'))).toEqual({ acts: ['submit two'], isWaiting: false });
    expect(next(plan, seen('one', 'failed'))).toEqual(done);
  });
});

describe('what the demo does about tasks that come of another', () => {
  const plan = client(task('whole', { parts: [approve] }));

  it('waits until they are there, decides the planned ones in their order and leaves the rest', () => {
    expect(next(plan, seen('whole', 'queued'))).toEqual(waits);
    expect(next(plan, seen('whole', 'queued'), part('p1', 'running'))).toEqual(waits);
    const first = part('p1', 'awaiting_approval');
    expect(next(plan, seen('whole', 'queued'), first)).toEqual({ acts: ['decide p1'], isWaiting: false });
    const after = part('p1', 'delivered');
    expect(next(plan, seen('whole', 'queued'), after)).toEqual(waits);
    const second = part('p2', 'awaiting_approval', { createdAt: 2 });
    expect(next(plan, seen('whole', 'queued'), second, after)).toEqual(done);
  });

  it('waits for those that follow from a delivered outcome, not for those of a rejected one', () => {
    expect(next(plan, seen('whole', 'delivered'))).toEqual(waits);
    expect(next(plan, seen('whole', 'rejected'))).toEqual(done);
    expect(next(plan, seen('whole', 'delivered'), part('p1', 'delivered'))).toEqual(done);
  });

  it('takes no part of another task for one of its own', () => {
    const foreign = part('p1', 'awaiting_approval', { parent: 'another' });
    expect(next(plan, seen('whole', 'queued'), foreign)).toEqual(waits);
  });
});
