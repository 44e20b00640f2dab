import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommandError } from '../../../../deploy/cli/errors.ts';
import { followTask } from '../../../../deploy/cli/tasks/follow.ts';
import { fakeCell, kaze } from './fake-terminal.ts';

const row = (state: string, more: object = {}) => ({
  ...{ id: 't1', skill: 's', state, scope: 'tenant:acme', createdAt: '2026-11-22T18:00:00Z', startedAt: null },
  ...{ finishedAt: null, attempt: 1, maxAttempts: 3, steps: 0, costMicros: 0, progress: null, errorCode: null },
  ...{ errorMessage: null, errorRemedy: null, agent: null, ...more },
});
const away = new CommandError('KAZE_CLI_NO_CELL', 'no cell at http://127.0.0.1:4000, run npm start');

/** Answers one after the other; the last one again and again. */
const oneByOne = (answers: readonly unknown[]) => {
  let at = 0;
  return () => answers[Math.min(at++, answers.length - 1)];
};
const never = async function* () {
  await new Promise(() => {});
};

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'kaze-tasks-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

describe('kaze tasks submit', () => {
  it('sends files as uploads and values as they are, for the client by either name', async () => {
    writeFileSync(join(cwd, 'queries.csv'), 'query,clicks\n');
    const cell = fakeCell({ TaskSubmit: { submitTask: { task: row('queued') } } });
    const line =
      'tasks submit --agent a --skill s --client acme --input q=@queries.csv --input about=- --input n=@@x --json';
    const failed = await kaze(line.split(' '), { cwd, connect: cell.connect, stdin: 'We sell tea.' });
    expect(failed.code).toBe(2);
    const { code, out } = await kaze(line.replace(' --input n=@@x', ' --budget 0.5').split(' '), {
      ...{ cwd, connect: cell.connect, stdin: 'We sell tea.' },
    });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ id: 't1', state: 'queued' });
    expect(cell.uploads).toEqual([
      { name: 'queries.csv', contentType: 'text/csv', text: 'query,clicks\n' },
      { name: 'stdin', contentType: 'application/octet-stream', text: 'We sell tea.' },
    ]);
    expect(cell.calls.at(-1)?.variables.input).toMatchObject({
      ...{ agent: 'a', skill: 's', tenant: 'acme', inputs: {}, budgetMicros: 500_000 },
      files: [
        { input: 'q', upload: 'upload-1' },
        { input: 'about', upload: 'upload-2' },
      ],
    });
  });

  it('takes the only client when none is named, and asks which when there are two', async () => {
    const tenants = (names: string[]) => ({
      me: { tenant: null },
      tenants: { nodes: names.map((name) => ({ name })) },
    });
    const one = fakeCell({ TenantList: tenants(['acme']), TaskSubmit: { submitTask: { task: row('queued') } } });
    const line = 'tasks submit --agent a --skill s --json'.split(' ');
    expect((await kaze(line, { connect: one.connect })).code).toBe(0);
    expect(one.calls.at(-1)?.variables.input).toMatchObject({ tenant: 'acme' });
    const two = await kaze(line, { connect: fakeCell({ TenantList: tenants(['acme', 'beta']) }).connect });
    expect(two.code).toBe(2);
    expect(JSON.parse(two.out).error).toMatchObject({
      code: 'KAZE_CLI_AMBIGUOUS',
      fields: { tenants: ['acme', 'beta'] },
    });
  });

  it('refuses --tenant and --client that differ', async () => {
    const line = 'tasks list --tenant acme --client beta'.split(' ');
    const { code, err } = await kaze(line, { connect: fakeCell({}).connect });
    expect(code).toBe(2);
    expect(err).toContain('they are one option');
  });
});

describe('following a task', () => {
  const options = { signal: new AbortController().signal, pollMs: 1, safetyMs: 60_000 };
  const states = async (answers: readonly unknown[], taskChanged: unknown, notes: string[] = []) => {
    const client = await fakeCell({ TaskStatus: oneByOne(answers), TaskChanged: taskChanged }).connect({}, {} as never);
    const seen: string[] = [];
    for await (const task of followTask(client, 't1', {
      ...options,
      patienceMs: 50,
      note: (text) => notes.push(text),
    })) {
      seen.push(task.state);
      if (task.state === 'delivered') break;
    }
    return seen;
  };

  it('looks again at each live change and tells each state once', async () => {
    const live = async function* () {
      for (let at = 0; at < 4; at++) yield await new Promise((resolve) => setImmediate(resolve, {}));
      await new Promise(() => {});
    };
    const answers = ['queued', 'running', 'running', 'delivered'].map((state) => ({ task: row(state) }));
    expect(await states(answers, live)).toEqual(['queued', 'running', 'delivered']);
  });

  it('polls when there is no live connection', async () => {
    const answers = [{ task: row('queued') }, { task: row('running') }, { task: row('delivered') }];
    expect(await states(answers, away)).toEqual(['queued', 'running', 'delivered']);
  });

  it('goes on over a restart of the cell', async () => {
    const notes: string[] = [];
    const answers = [{ task: row('running') }, away, away, { task: row('delivered') }];
    expect(await states(answers, away, notes)).toEqual(['running', 'delivered']);
    expect(notes).toEqual([expect.stringContaining('does not answer'), 'the cell is back']);
  });

  it('gives up when the cell stays away', async () => {
    await expect(states([{ task: row('running') }, away], away)).rejects.toMatchObject({ code: 'KAZE_CLI_NO_CELL' });
  });

  it('says so when there is no such task', async () => {
    await expect(states([{ task: null }], never)).rejects.toMatchObject({ code: 'KAZE_CLI_NOT_FOUND' });
  });
});

describe('kaze tasks watch', () => {
  const watch = (state: string, more: object, argv = '') =>
    kaze(`tasks watch t1 ${argv}`.trim().split(' '), {
      connect: fakeCell({ TaskStatus: { task: row(state, more) }, TaskChanged: never }).connect,
    });

  it('ends with 0 when the task was delivered, with 1 and the reason when it failed', async () => {
    expect((await watch('delivered', {})).code).toBe(0);
    const failed = await watch('failed', { errorMessage: 'the file is empty', errorCode: 'KAZE_FORMAT_EMPTY' });
    expect(failed.code).toBe(1);
    expect(failed.err).toContain('ended as failed: the file is empty');
    expect(failed.err).toContain('kaze tasks retry t1');
  });

  it('ends with 0 in the state that --until names, and says what a person can do', async () => {
    const { code, err } = await watch('awaiting_approval', {}, '--until awaiting_approval');
    expect(code).toBe(0);
    expect(err).toContain('kaze approve t1');
  });

  it('ends with 130 when it is interrupted', async () => {
    const controller = new AbortController();
    const interrupt = () => {
      controller.abort();
      return { task: row('running') };
    };
    const cell = fakeCell({ TaskStatus: interrupt, TaskChanged: never });
    const { code, err } = await kaze(['tasks', 'watch', 't1'], { connect: cell.connect, signal: controller.signal });
    expect(code).toBe(130);
    expect(err).toContain('the task itself goes on');
  });
});
