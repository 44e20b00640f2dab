import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CellProcess, until } from '../../support/cell/cell-process.ts';
import { removeFolder } from '../../support/cell/remove-folder.ts';

const ACME = fileURLToPath(new URL('../../../examples/acme/', import.meta.url));
const LAST_STATES = ['awaiting_approval', 'delivered', 'rejected', 'failed', 'cancelled'];

interface TaskView {
  readonly id: string;
  readonly state: string;
  readonly attempt: number;
  readonly outcomes: {
    readonly nodes: ReadonlyArray<{
      readonly id: string;
      readonly state: string;
      readonly output: Record<string, unknown>;
    }>;
  };
}

interface Ingested {
  readonly totals: {
    readonly created: number;
    readonly updated: number;
    readonly unchanged: number;
    readonly failed: number;
  };
  readonly finished: { readonly retired: number };
}

const WHY = `query Why($id: ID!) { whyOutcome(id: $id) { outcome { id state
  task { state inputs requestedBy { name } } agent { name role } skillVersion { name number }
  knowledge { nodes { path } } chunks { nodes { text source { name state } } }
  evaluations { nodes { criterion passed explanation } }
  approvals { nodes { state reason decidedBy { name } } } costMicros } } }`;

/**
 * The five-minute tour, as a user takes it: whole processes, the command line, and GraphQL over HTTP.
 *
 * @param settings what the cell's environment says of its engines
 * @returns the cell, for tests of the same file: it runs at the end
 */
export function storySuite(settings: () => Promise<Record<string, string>>): () => CellProcess {
  let folder: string;
  let cell: CellProcess;
  const submit = (...extra: string[]) =>
    cell.json<{ id: string }>(
      ...['tasks', 'submit', '--agent', 'seo-strategist', '--client', 'acme', '--skill', 'keyword-research'],
      ...['--input', `current_rankings=@${ACME}queries.csv`, '--input', `business_context=@${ACME}about.md`, ...extra],
    );
  const show = (id: string) => cell.json<TaskView>('tasks', 'show', id);
  const settled = (id: string) =>
    until(
      () => show(id),
      ({ state }) => LAST_STATES.includes(state),
      120_000,
    );

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kaze-story-'));
    cell = new CellProcess(join(folder, 'data'), await settings());
    await cell.start();
    await cp(join(ACME, 'handbook'), join(folder, 'handbook'), { recursive: true });
  }, 120_000);

  afterAll(async () => {
    await cell?.kill();
    await removeFolder(folder);
  });

  it('starts with verticals, skills and the example client, and is ready', async () => {
    const found = await cell.query<{ verticals: { nodes: unknown[] }; agents: { nodes: { name: string }[] } }>(
      '{ verticals { nodes { name } } agents { nodes { name } } }',
    );
    expect(found.verticals.nodes).toHaveLength(3);
    expect(found.agents.nodes.map(({ name }) => name).sort()).toEqual([
      'content-marketing',
      'crm-analyst',
      'ops-assistant',
      'seo-strategist',
    ]);
    expect((await fetch(`${cell.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${cell.url}/graphql`, { method: 'POST', body: '{}' })).status).toBeGreaterThanOrEqual(400);
    expect(await (await fetch(`${cell.url}/`)).text()).not.toContain(cell.token);
  });

  it('refuses a second process on the data folder, which does no harm', async () => {
    const second = new CellProcess(cell.folder, await settings());
    const { code, stderr, stdout } = await second.kaze('start', '--port', '0');
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain('KAZE_GRAPH_LOCKED');
    expect(stdout + stderr).toContain(String(cell.pid));
    expect((await cell.query<{ me: { role: string } }>('{ me { role } }')).me.role).toBe('admin');
  });

  describe('taking in a handbook', () => {
    const ingest = (...extra: string[]) =>
      cell.json<Ingested>(
        'ingest',
        join(folder, 'handbook'),
        '--tenant',
        'acme',
        '--vertical',
        'internal-ops',
        ...extra,
      );
    const total = async (list: string) =>
      (await cell.query<Record<string, { totalCount: number }>>(`{ ${list} { totalCount } }`))[list]!.totalCount;

    it('reads every format and leaves sources with passages', async () => {
      expect(await ingest()).toMatchObject({ totals: { created: 19, failed: 0 } });
      expect(await total('sources')).toBe(19);
      expect(await total('chunks')).toBeGreaterThan(80);
    }, 120_000);

    it('doubles nothing when it is run again', async () => {
      const before = await Promise.all(['sources', 'chunks', 'entities', 'knowledgeItems'].map(total));
      expect(await ingest()).toMatchObject({ totals: { created: 0, updated: 0, unchanged: 19 } });
      expect(await Promise.all(['sources', 'chunks', 'entities', 'knowledgeItems'].map(total))).toEqual(before);
    }, 120_000);

    it('supersedes what a changed file said, and retires a file that is gone', async () => {
      await writeFile(join(folder, 'handbook', 'parking.md'), '# Parking\n\nThe garage closes at 21:00 on weekdays.\n');
      await ingest();
      await writeFile(join(folder, 'handbook', 'parking.md'), '# Parking\n\nThe garage closes at 23:30 on weekdays.\n');
      expect(await ingest()).toMatchObject({ totals: { updated: 1 } });
      const ask = () =>
        cell.json<{ answer: string; known: boolean }>('ask', 'When does the garage close?', '--tenant', 'acme');
      expect((await ask()).answer).toContain('23:30');
      await rm(join(folder, 'handbook', 'parking.md'));
      expect(await ingest()).toMatchObject({ finished: { retired: 1 } });
      expect((await ask()).answer).not.toContain('23:30');
    }, 120_000);
  });

  it('answers with citations to the passage and its source, and says when it does not know', async () => {
    interface Asked {
      known: boolean;
      answer: string;
      citations: { quote: string; chunk: { source: { name: string } } }[];
    }
    // Words are searchable at once, meaning a little later; this passage is ranked high enough once both are.
    const asked = await until(
      () => cell.json<Asked>('ask', 'What is the hotel limit per night in London?', '--tenant', 'acme'),
      ({ known }) => known,
      90_000,
    );
    expect(asked.known).toBe(true);
    expect(asked.answer).toContain('170 pounds');
    expect(asked.citations[0]!.chunk.source.name).toBe('travel-policy.pdf');
    const unknown = await cell.json<{ known: boolean }>(
      'ask',
      'Who won the chess world cup in 1987?',
      '--tenant',
      'acme',
    );
    expect(unknown.known).toBe(false);
  }, 120_000);

  describe('a task of a supervised agent', () => {
    it('waits for a person, is delivered on approval, and tells why it is what it is', async () => {
      const { id } = await submit();
      const done = await settled(id);
      expect(done.state).toBe('awaiting_approval');
      const outcome = done.outcomes.nodes[0]!;
      expect(outcome.output.keyword_opportunities).not.toHaveLength(0);
      expect((await cell.kaze('approve', id)).code).toBe(0);
      expect((await show(id)).state).toBe('delivered');
      const again = await cell.kaze('reject', id, '--reason', 'too late');
      expect(again.code).not.toBe(0);
      expect(again.stdout + again.stderr).toContain('KAZE_APPROVAL_DECIDED');

      const { whyOutcome } = await cell.query<{ whyOutcome: { outcome: Record<string, never> } }>(WHY, {
        id: outcome.id,
      });
      expect(whyOutcome.outcome).toMatchObject({
        state: 'delivered',
        agent: { name: 'seo-strategist' },
        skillVersion: { name: 'keyword-research', number: 1 },
        task: { state: 'delivered', requestedBy: { name: 'Administrator' } },
        approvals: { nodes: [{ state: 'approved', decidedBy: { name: 'Administrator' } }] },
        costMicros: 0,
      });
      const why = whyOutcome.outcome as unknown as {
        evaluations: { nodes: { passed: boolean }[] };
        knowledge: { nodes: { path: string }[] };
      };
      expect(why.evaluations.nodes).toHaveLength(3);
      expect(why.evaluations.nodes.every(({ passed }) => passed)).toBe(true);
      expect(why.knowledge.nodes.map(({ path }) => path).some((path) => path.startsWith('seo/'))).toBe(true);
    }, 180_000);

    it('ends as rejected with the reason, or delivers what a person made of it', async () => {
      const [first, second] = await Promise.all([submit(), submit()]);
      const [rejected, edited] = [await settled(first.id), await settled(second.id)];
      expect((await cell.kaze('reject', rejected.id, '--reason', 'The wrong quarter.')).code).toBe(0);
      expect((await show(rejected.id)).state).toBe('rejected');
      const file = join(folder, 'edited.json');
      await writeFile(file, JSON.stringify({ ...edited.outcomes.nodes[0]!.output, reasoning: 'Shortened by hand.' }));
      expect((await cell.kaze('edit', edited.id, '--file', file)).code).toBe(0);
      const found = await cell.query<{ task: { outcomes: { nodes: { editedOutput: { reasoning: string } }[] } } }>(
        'query Edited($id: ID!) { task(id: $id) { outcomes { nodes { editedOutput } } } }',
        { id: edited.id },
      );
      expect(found.task.outcomes.nodes[0]!.editedOutput.reasoning).toBe('Shortened by hand.');
    }, 240_000);

    it('is refused before it is queued when it cannot be done, with the way out', async () => {
      const refused = async (...args: string[]) => {
        const { code, stdout, stderr } = await cell.kaze('tasks', 'submit', '--client', 'acme', ...args);
        expect(code).not.toBe(0);
        return stdout + stderr;
      };
      const agent = ['--agent', 'seo-strategist'];
      expect(await refused('--agent', 'seo-strategis', '--skill', 'keyword-research')).toContain('seo-strategist');
      expect(await refused(...agent, '--skill', 'keyword-reserch')).toContain('keyword-research');
      const missing = await refused(...agent, '--skill', 'competitor-analysis', '--input', 'business_context=x');
      expect(missing).toContain('KAZE_TASK_TOOL_MISSING');
      expect(missing).toContain('competitor_rankings');
      const page = join(folder, 'queries.csv');
      await writeFile(page, '<!doctype html><html><body>Sign in</body></html>');
      const inputs = ['--input', `current_rankings=@${page}`, '--input', 'business_context=Rotas'];
      expect(await refused(...agent, '--skill', 'keyword-research', ...inputs)).toMatch(/HTML|web page/);
    }, 60_000);
  });

  it('goes on after kill -9 at any moment: what was acknowledged is there, nothing is done twice', async () => {
    const before = await cell.query<{ sources: { totalCount: number } }>('{ sources { totalCount } }');
    const ids: string[] = [];
    for (const pauseMs of [0, 400, 1_500]) {
      const { id } = await submit();
      ids.push(id);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      await cell.kill();
      await cell.start();
      expect((await show(id)).id).toBe(id);
    }
    for (const id of ids) {
      const done = await settled(id);
      expect(done).toMatchObject({ state: 'awaiting_approval', outcomes: { nodes: [{ state: 'awaiting_approval' }] } });
      expect(done.outcomes.nodes).toHaveLength(1);
    }
    expect(await cell.query('{ sources { totalCount } }')).toEqual(before);
    expect(await cell.json<{ ok: boolean }>('audit', 'verify')).toMatchObject({ ok: true });
  }, 300_000);

  it('ends in good order when it is asked to', async () => {
    expect(await cell.stop()).toBe(0);
    const { code, stdout, stderr } = await cell.kaze('tasks', 'list');
    expect(code).toBe(4);
    expect(stdout + stderr).toContain('no cell at');
    await cell.start();
    expect(
      (await cell.query<{ tasks: { totalCount: number } }>('{ tasks { totalCount } }')).tasks.totalCount,
    ).toBeGreaterThan(3);
  }, 120_000);

  return () => cell;
}
