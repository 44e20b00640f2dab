import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/cell/cell-process.ts';
import { kaze, type Ran } from '../unit/deploy/cli/fake-terminal.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const acme = join(root, 'examples', 'acme');

/** Verticals beside the shipped ones. */
const OWN = ['--verticals', 'own'];

let cwd: string;
let cell: ChildProcess;
let started: { url: string; token: string; dataFolder: string };

/** Starts a cell as a user does and resolves with what it prints. */
async function startCell(folder: string): Promise<typeof started> {
  const { KAZE_API_TOKEN: _, ...env } = process.env;
  cell = spawn(
    process.execPath,
    [join(root, 'bin', 'kaze.js'), 'start', '--port', '0', '--data', folder, '--json', ...OWN],
    {
      ...{ cwd, env, stdio: ['ignore', 'pipe', 'inherit'] },
    },
  );
  for await (const line of createInterface({ input: cell.stdout! })) return JSON.parse(line);
  throw new Error(`the cell ended with ${cell.exitCode}`);
}

const ended = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
const run = (...argv: string[]): Promise<Ran> => kaze(argv, { cwd });
const json = async (...argv: string[]) => {
  const { code, out, err } = await run(...argv, '--json');
  expect({ code, err: code === 0 ? '' : err + out }).toEqual({ code: 0, err: '' });
  return JSON.parse(out);
};

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'kaze-cli-story-'));
  await run('new', 'vertical', 'poetry', '--path', 'own');
  started = await startCell('.kaze');
});
afterAll(async () => {
  if (cell.exitCode === null) {
    const gone = ended(cell);
    cell.kill('SIGTERM');
    await gone;
  }
  rmSync(cwd, { recursive: true, force: true });
});

// Whole cells start and are restored in here: seconds on a free machine, far more on a busy one.
describe('the kaze command with a cell of its own', { timeout: 180_000 }, () => {
  it('leaves address and token in the data folder, for the owner alone', () => {
    expect(started.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const token = join(cwd, '.kaze', 'credentials', 'token');
    expect(readFileSync(token, 'utf8').trim()).toBe(started.token);
    if (process.platform !== 'win32') expect(statSync(token).mode & 0o077).toBe(0);
  });

  it('refuses a second cell on the same folder', async () => {
    const { code, out } = await run('start', '--data', '.kaze', '--port', '0', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out).error.code).toBe('KAZE_GRAPH_LOCKED');
  });

  it('has the verticals of a further folder, takes up what comes into it, and refuses one that holds none', async () => {
    expect(await json('skills', 'show', 'poetry-brief')).toMatchObject({ name: 'poetry-brief', status: 'implemented' });
    await json('new', 'skill', 'haiku', '--vertical', 'poetry', '--path', 'own');
    await until(
      () => run('skills', 'show', 'haiku', '--json'),
      ({ code }) => code === 0,
    );
    await json('agents', 'bind', 'poetry-assistant', '--tenant', 'acme');
    const submit = ['tasks', 'submit', '--agent', 'poetry-assistant', '--client', 'acme', '--skill', 'poetry-brief'];
    const { id } = await json(
      ...submit,
      '--input',
      'notes=The reading is on Friday. Nobody has asked for the hall yet.',
    );
    const watched = await run('tasks', 'watch', id, '--until', 'awaiting_approval', '--json');
    // It came as far as the model; the offline one quotes, and writes no briefs.
    expect(watched.out).toContain('the offline model cannot give a value for the schema poetry_brief');

    const refused = await run(
      'start',
      '--data',
      'other',
      '--port',
      '0',
      '--verticals',
      'own/poetry',
      '--verticals',
      'none',
    );
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('KAZE_CONFIG_INVALID') });
    expect(refused.err).toContain(`${cwd}/own/poetry is a vertical itself; name the one that it lies in, ${cwd}/own`);
    expect(refused.err).toContain(`${cwd}/none cannot be read (ENOENT)`);
  });

  it('reads a folder, reads it again without doubling, and answers from it with a citation', async () => {
    const handbook = join(cwd, 'handbook');
    cpSync(join(acme, 'handbook'), handbook, { recursive: true });
    writeFileSync(join(handbook, 'broken.pdf'), '%PDF-1.4 and nothing more');
    const first = await run('ingest', 'handbook', '--tenant', 'acme', '--vertical', 'internal-ops', '--json');
    expect(first.code).toBe(3);
    const report = JSON.parse(first.out);
    expect(report.totals).toMatchObject({ failed: 1, updated: 0, unchanged: 0 });
    expect(report.files.find((file: { name: string }) => file.name === 'broken.pdf').error.code).toMatch(
      /^KAZE_FORMAT_/,
    );
    rmSync(join(handbook, 'broken.pdf'));
    const again = await json('ingest', 'handbook', '--tenant', 'acme', '--vertical', 'internal-ops');
    expect(again.totals).toMatchObject({ created: 0, updated: 0, unchanged: report.totals.created });
    expect(again.finished).toMatchObject({ retired: 1, held: false });

    const answer = await json('ask', 'How many days of annual leave are there?');
    expect(answer.known).toBe(true);
    expect(answer.citations[0].chunk.source.name).toBe('02-annual-leave.md');
    const text = await run('ask', 'How many days of annual leave are there?', '--tenant', 'acme');
    expect(text.out).toMatch(/^\[\d+\] 02-annual-leave\.md, .*line \d+$/m);
  });

  it('submits, watches, shows, edits and retries a task', async () => {
    const inputs = [`current_rankings=@${acme}/queries.csv`, `business_context=@${acme}/about.md`];
    const submit = [
      'tasks',
      'submit',
      '--agent',
      'content-marketing',
      '--client',
      'acme',
      '--skill',
      'keyword-research',
    ];
    const { id } = await json(...submit, ...inputs.flatMap((input) => ['--input', input]));
    const watched = await run('tasks', 'watch', id, '--until', 'awaiting_approval', '--json');
    expect(watched.code).toBe(0);
    expect(JSON.parse(watched.out.trim().split('\n').at(-1)!)).toMatchObject({ id, state: 'awaiting_approval' });

    const outputs = await run('approvals', 'show', id, '--output');
    writeFileSync(join(cwd, 'outputs.json'), outputs.out);
    const edited = await json('edit', id, '--file', 'outputs.json', '--reason', 'as it is');
    expect(edited).toMatchObject({ approval: { state: 'edited' }, task: { id, state: 'delivered' } });
    const second = await run('approve', id, '--json');
    expect({ code: second.code, error: JSON.parse(second.out).error.code }).toEqual({
      code: 1,
      error: 'KAZE_APPROVAL_DECIDED',
    });

    const retried = await json('tasks', 'retry', id);
    expect(retried.id).not.toBe(id);
    await json('tasks', 'cancel', retried.id, '--reason', 'enough');
    const end = await run('tasks', 'watch', retried.id, '--json');
    expect(end.code).toBe(1);
    expect(JSON.parse(end.out.trim().split('\n').at(-1)!).error).toMatchObject({ code: 'KAZE_CLI_TASK_ENDED' });
  });

  it('names the nearest agent for a slip', async () => {
    const line = [
      'tasks',
      'submit',
      '--agent',
      'seo-strategst',
      '--skill',
      'keyword-research',
      '--tenant',
      'acme',
      '--json',
    ];
    const { code, out } = await run(...line);
    expect(code).toBe(6);
    expect(JSON.parse(out).error).toMatchObject({
      code: 'KAZE_AGENT_UNKNOWN',
      message: expect.stringContaining('seo-strategist'),
    });
  });

  it('makes a token that reaches as far as its role, and revokes it', async () => {
    const { token, id } = await json(
      'tokens',
      'create',
      'watcher',
      '--role',
      'viewer',
      '--tenant',
      'acme',
      '--expires',
      '1d',
    );
    const as = (...argv: string[]) => kaze([...argv, '--json'], { cwd, env: { KAZE_API_TOKEN: token } });
    expect((await as('tasks', 'list')).code).toBe(0);
    expect((await as('tokens', 'list')).code).toBe(5);
    await json('tokens', 'revoke', id);
    expect((await as('tasks', 'list')).code).toBe(5);
  });

  it('verifies the audit, sums the usage and looks itself over', async () => {
    expect(await json('audit', 'verify')).toMatchObject({ ok: true, broken: null });
    expect((await json('usage', '--by', 'tenant,model')).nodes).not.toEqual([]);
    expect((await json('doctor')).checks.map((check: { name: string }) => check.name)).toContain('graph');
  });

  it('writes a backup while the cell runs, and fills a new folder from it', async () => {
    const { file, bytes } = await json('backup', 'monday.tgz');
    expect(bytes).toBe(statSync(file).size);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o077).toBe(0);
    expect((await run('backup', 'monday.tgz')).code).toBe(2);
    const restored = await json('restore', 'monday.tgz', '--data', 'restored');
    expect(restored.nodes).toBeGreaterThan(100);
    expect((await run('restore', 'monday.tgz', '--data', 'restored')).code).toBe(1);
  });

  it('ends in order on SIGTERM, and every command says then that there is no cell', async () => {
    const gone = ended(cell);
    cell.kill('SIGTERM');
    expect(await gone).toBe(0);
    const { code, err } = await run('tasks', 'list');
    expect(code).toBe(4);
    expect(err).toContain('no cell at ./.kaze, run npm start');
  });
});
