import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { silentLogger } from '#platform';
import { type RunningCell, startCell } from '../../../deploy/cell/cell.ts';
import { loadCellConfig } from '../../../deploy/cell/config.ts';
import { gate } from '../../contract/runtime/expectations.ts';
import { until } from '../../support/cell/cell-process.ts';
import { kaze } from '../../unit/deploy/cli/fake-terminal.ts';

/** A copy of the shipped verticals, so that a definition can change while the cell runs. */
const copy = vi.hoisted(() => ({ verticals: '' }));
vi.mock('../../../deploy/cell/shipped.ts', async (original) => ({
  ...(await original<typeof import('../../../deploy/cell/shipped.ts')>()),
  get VERTICALS() {
    return copy.verticals;
  },
}));
// What no setting gives: a server on this machine counts as public, and may hold a page back for as long as it takes.
vi.mock('#agents/adapters/page-fetch/undici', async (original) => {
  const real = await original<typeof import('#agents/adapters/page-fetch/undici')>();
  const createUndiciPageFetch: typeof real.createUndiciPageFetch = (options) =>
    real.createUndiciPageFetch({ ...options, permitLoopback: true, limits: { pauseMs: 0, timeoutMs: 240_000 } });
  return { ...real, createUndiciPageFetch };
});

const SHIPPED = new URL('../../../agents/verticals/', import.meta.url).pathname;
const CASES = join(SHIPPED, 'seo/skills/competitor-analysis.cases');
const BUSINESS =
  'Birch repairs and sells bicycles in Leeds. Our workshop services brakes, gears, wheels and chains of road, cargo and electric bikes. Families, commuters and couriers bring theirs. We also sell helmets, locks, lights, batteries and child seats.';

let folder: string;
let cell: RunningCell;
let site: Server;
let rival: string;
const asked: string[] = [];
const [pageAsked, pageReleased] = [gate(), gate()];

/** The rival's site on this machine: it holds its page back until the test lets it go. */
function openSite(page: string): Promise<Server> {
  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    if (path === '/robots.txt') return response.end('User-agent: *\nDisallow: /private\n');
    pageAsked.open();
    await pageReleased.passed;
    return response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kaze-competitor-analysis-'));
  copy.verticals = join(folder, 'verticals');
  cpSync(SHIPPED, copy.verticals, { recursive: true });
  const pages = JSON.parse(readFileSync(join(CASES, 'rival-pages.json'), 'utf8')) as Array<{ html: string }>;
  site = await openSite(pages[0]!.html);
  rival = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  const flags = { 'data.dir': join(folder, '.kaze'), 'api.port': 0, 'fetch.hosts': '127.0.0.1,192.168.7.7' };
  cell = await startCell({ loaded: loadCellConfig({ flags }), kazeVersion: 'test', logger: silentLogger });
}, 180_000);
afterAll(async () => {
  pageReleased.open();
  await cell?.stop();
  site?.closeAllConnections();
  await new Promise((resolve) => (site ? site.close(resolve) : resolve(undefined)));
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
});

async function json<T>(...argv: string[]): Promise<T> {
  const { code, out, err } = await kaze([...argv, '--json'], { cwd: folder });
  expect({ code, err: code === 0 ? '' : out + err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as T;
}

async function query<T>(text: string, variables: Record<string, unknown> = {}): Promise<T> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${cell.token}` };
  const body = JSON.stringify({ query: text, variables });
  const answer = (await (await fetch(`${cell.url}/graphql`, { method: 'POST', headers, body })).json()) as { data: T };
  expect(answer).not.toHaveProperty('errors');
  return answer.data;
}

const TASK = `query ($id: ID!) { task(id: $id) { state errorMessage outcomes { nodes {
  state output metrics notes
  agent { name } skillVersion { name number }
  evaluations { nodes { criterion passed } }
  knowledge { nodes { path } }
  approvals { nodes { state decidedBy { name } } }
} } } }`;

interface Read {
  readonly state: string;
  readonly outcomes: {
    readonly nodes: ReadonlyArray<{
      readonly output: {
        readonly content_gaps: ReadonlyArray<{ topic: string; rows: unknown }>;
        readonly winning_pages: ReadonlyArray<{ domain: string; differences: ReadonlyArray<{ kind: string }> }>;
      };
      readonly metrics: Readonly<Record<string, number>>;
      readonly notes: readonly string[];
      readonly skillVersion: { readonly number: number };
      readonly evaluations: { readonly nodes: ReadonlyArray<{ criterion: string; passed: boolean }> };
      readonly knowledge: { readonly nodes: ReadonlyArray<{ path: string }> };
    }>;
  };
}

const read = async (id: string) => (await query<{ task: Read }>(TASK, { id })).task;

async function submit(...inputs: string[]): Promise<string> {
  const { id } = await json<{ id: string }>(
    ...['tasks', 'submit', '--agent', 'seo-strategist', '--client', 'acme', '--skill', 'competitor-analysis'],
    ...[`business_context=${BUSINESS}`, `current_rankings=@${join(CASES, 'queries.csv')}`, ...inputs].flatMap(
      (input) => ['--input', input],
    ),
  );
  return id;
}

/** Waits until a person is asked; a task that ended otherwise is told at once. */
async function outcomeOf(id: string) {
  const ended = ['awaiting_approval', 'failed', 'delivered'];
  const task = await until(
    () => read(id),
    ({ state }) => ended.includes(state),
    180_000,
  );
  expect(task).toMatchObject({ state: 'awaiting_approval' });
  return task.outcomes.nodes[0]!;
}

const file = (input: string, name: string) => `${input}=@${join(CASES, name)}`;

describe('competitor-analysis, asked of a cell', { timeout: 300_000 }, () => {
  it('is approved and read back over GraphQL with its rows, its pages and the knowledge that it rests on', async () => {
    const inputs = [file('competitor_rankings', 'rivals.csv'), file('own_pages', 'own-brakes.html')];
    // A tool that exports one domain a file: the name comes again.
    const [head = '', ...rows] = readFileSync(join(CASES, 'rivals.csv'), 'utf8').trim().split('\n');
    writeFileSync(join(folder, 'third.csv'), [head, ...rows.slice(-4)].join('\n').replaceAll('pedalhouse', 'hubwise'));
    const id = await submit(
      ...[...inputs, 'competitor_rankings=@third.csv'],
      file('competitor_pages', 'rival-pages.json'),
    );
    const twice = [
      'tasks',
      'submit',
      '--agent',
      'seo-strategist',
      '--client',
      'acme',
      '--skill',
      'competitor-analysis',
    ];
    const again = file('current_rankings', 'queries.csv');
    const refused = await kaze([...twice, '--input', again, '--input', again, '--json'], { cwd: folder });
    expect(refused.out).toContain('current_rankings takes one file, and 2 were given');
    await outcomeOf(id);
    await json('approve', id);
    const outcome = (await read(id)).outcomes.nodes[0]!;
    expect(outcome).toMatchObject({
      state: 'delivered',
      agent: { name: 'seo-strategist' },
      skillVersion: { name: 'competitor-analysis', number: 1 },
      approvals: { nodes: [{ state: 'approved', decidedBy: { name: 'Administrator' } }] },
      metrics: { evidence_share: 1, gap_topics: 1, pages_compared: 2 },
    });
    expect(outcome.evaluations.nodes.filter(({ passed }) => !passed)).toEqual([]);
    expect(outcome.output.content_gaps).toMatchObject([
      {
        topic: 'electric bike battery repair',
        rows: [
          { file: 'rivals.csv', lines: [18, 19, 20, 21, 22, 23, 24, 25] },
          { file: 'third.csv', lines: [2, 3, 4, 5] },
        ],
      },
    ]);
    const spoke = outcome.output.winning_pages.find(({ domain }) => domain === 'spokeworks.example')!;
    expect(spoke.differences.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['longer', 'newer', 'table']));
    const paths = outcome.knowledge.nodes.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['seo/on-page/word-count', 'seo/ranking/freshness']));
    expect(paths).not.toContain('seo/structured-data/recipe');
  });

  it('fetches pages of listed hosts, and finishes on its version while the skill is pinned to another', async () => {
    interface Versions {
      readonly id: string;
      readonly current: { readonly number: number };
      readonly pinned: number | null;
    }
    const versions = () => json<Versions>('skills', 'versions', 'competitor-analysis');
    const yaml = join(copy.verticals, 'seo/skills/competitor-analysis.yaml');
    writeFileSync(yaml, readFileSync(yaml, 'utf8').replace('Compare a client', 'Compares a client'));
    const { id: skill } = await until(versions, ({ current }) => current.number === 2);
    const { changes } = await json<{ changes: unknown[] }>('skills', 'diff', 'competitor-analysis');
    expect(changes).toMatchObject([{ part: 'description', change: 'changed', breaking: false }]);

    const rivals = join(folder, 'rivals.csv');
    const shipped = readFileSync(join(CASES, 'rivals.csv'), 'utf8');
    writeFileSync(rivals, shipped.replaceAll('https://spokeworks.example', rival));
    const urls = [
      `${rival}/guides/brakes`,
      `${rival}/private/prices`,
      'http://192.168.7.7/',
      'https://elsewhere.example/',
    ];
    const running = await submit(
      `competitor_rankings=@${rivals}`,
      file('own_pages', 'own-brakes.html'),
      `page_urls:=${JSON.stringify(urls)}`,
    );
    await pageAsked.passed;

    await json('skills', 'pin', 'competitor-analysis', '1', '--reason', 'the words of the second are wrong');
    expect(await versions()).toMatchObject({ pinned: 1, current: { number: 1 } });
    expect((await read(running)).state).toBe('running');
    const next = await submit(file('competitor_rankings', 'rivals.csv'));
    pageReleased.open();

    const outcome = await outcomeOf(running);
    expect(outcome.skillVersion.number).toBe(2);
    expect(asked).toEqual(['/robots.txt', '/guides/brakes']);
    expect(outcome.notes).toContain('1 of 4 addresses were fetched.');
    const refused = outcome.notes.find((note) => note.startsWith('Not fetched'));
    expect(refused).toContain(`${rival}/private/prices: its robots.txt does not allow it`);
    expect(refused).toContain('http://192.168.7.7/: its address is not public');
    expect(refused).toContain('elsewhere.example is not among the hosts');
    const won = outcome.output.winning_pages.find(({ domain }) => domain === '127.0.0.1')!;
    expect(won.differences.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['longer', 'newer', 'table']));
    expect((await outcomeOf(next)).skillVersion.number).toBe(1);

    // Over GraphQL: back to the newest, and from it to the one before.
    const change = async (verb: string) => {
      type Changed = Record<string, { readonly version: { readonly number: number } }>;
      const text = `mutation ($input: SkillPinTargetInput!) { ${verb}(input: $input) { version { number } } }`;
      const changed = await query<Changed>(text, { input: { skill: 'competitor-analysis', reason: 'a try' } });
      return changed[verb]!.version.number;
    };
    expect([await change('unpinSkill'), await change('rollbackSkill'), await change('unpinSkill')]).toEqual([2, 1, 2]);
    const again = await kaze(['skills', 'rollback', 'competitor-analysis'], { cwd: folder });
    expect(again.out).toContain('new tasks of all agents run competitor-analysis version 1 again');

    // Who chose, and why: in the skill's history, and in the audit once it is carried there.
    const HISTORY = `query ($skill: String!, $subject: ID!) {
      me { id }
      revisions(filter: { subject: { eq: $skill }, why: { startsWith: "skill." } }, orderBy: [number_ASC]) { nodes { createdBy why } }
      audit(input: { subject: $subject }) { actor phase action result detail }
    }`;
    interface History {
      readonly me: { readonly id: string };
      readonly revisions: { readonly nodes: ReadonlyArray<{ readonly createdBy: string; readonly why: string }> };
      readonly audit: ReadonlyArray<{
        readonly actor: string;
        readonly phase: string;
        readonly action: string;
        readonly detail: Readonly<Record<string, unknown>>;
      }>;
    }
    const history = await until(
      () => query<History>(HISTORY, { skill, subject: skill }),
      ({ audit }) => audit.filter(({ phase }) => phase === 'outcome').length === 5,
    );
    expect(history.revisions.nodes.map(({ why }) => why)).toEqual([
      'skill.pin of competitor-analysis: the words of the second are wrong',
      'skill.unpin of competitor-analysis: a try',
      'skill.rollback of competitor-analysis: a try',
      'skill.unpin of competitor-analysis: a try',
      'skill.rollback of competitor-analysis',
    ]);
    const names = [
      ...history.revisions.nodes.map(({ createdBy }) => createdBy),
      ...history.audit.map(({ actor }) => actor),
    ];
    expect(new Set(names)).toEqual(new Set([history.me.id]));
    expect(history.audit[0]!.detail).toEqual({
      skill: 'competitor-analysis',
      reason: 'the words of the second are wrong',
    });
  });
});
