import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Agent,
  Approval,
  Chunk,
  Conversation,
  Knowledge,
  Outcome,
  openGraph,
  Source,
  schema,
  systemPrincipal,
  Task,
  Tenant,
} from '#graph-schema';
import { createGrafeoEngine } from '#graph-schema/adapters/graph-engine/grafeo';
import { silentLogger, systemClock } from '#platform';
import { CellProcess } from '../../support/cell/cell-process.ts';
import { removeFolder } from '../../support/cell/remove-folder.ts';
import { taskValues } from '../api/task-values.ts';

/** A word that stands in the second client's data and nowhere else. */
export const SECRET = 'zyzzyvagram';

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly ms: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  readonly data: any;
  readonly errors: ReadonlyArray<{
    readonly message: string;
    readonly extensions: { readonly code: string; readonly fields?: Record<string, unknown> };
  }>;
}

/** A whole cell on embedded engines with its example client `acme` and, written before its start, a client `globex`. */
export class TwoClients {
  readonly cell: CellProcess;
  /** Ids of globex's nodes by type. */
  readonly foreign: Readonly<Record<string, string>>;
  /** An operator's of acme. */
  readonly token: string;

  private constructor(cell: CellProcess, foreign: Readonly<Record<string, string>>, token: string) {
    this.cell = cell;
    this.foreign = foreign;
    this.token = token;
  }

  /** @param settings environment of the cell: `KAZE_…` */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<TwoClients> {
    const folder = await mkdtemp(join(tmpdir(), 'kaze-bad-input-'));
    const cell = new CellProcess(folder, settings);
    try {
      const foreign = await seed(folder);
      await cell.start();
      const { createToken } = await cell.query<{ createToken: { token: string } }>(
        'mutation { createToken(input: { name: "acme", role: operator, tenant: "acme" }) { token } }',
      );
      return new TwoClients(cell, foreign, createToken.token);
    } catch (error) {
      await cell.kill();
      await removeFolder(folder);
      throw error;
    }
  }

  /** Posts as acme's operator, or with another token; with none for ''. */
  async ask(query: string, variables: object = {}, token = this.token): Promise<Answer> {
    return this.post(JSON.stringify({ query, variables }), token);
  }

  async post(body: string, token = this.token): Promise<Answer> {
    const started = performance.now();
    const response = await fetch(`${this.cell.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body,
    });
    const text = await response.text();
    const { data, errors = [] } = JSON.parse(text);
    return { status: response.status, text, data, errors, ms: performance.now() - started };
  }

  /** Id of an upload of acme's operator. */
  async upload(name: string, content: string | Uint8Array<ArrayBuffer>): Promise<string> {
    const response = await fetch(`${this.cell.url}/uploads?name=${encodeURIComponent(name)}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream', authorization: `Bearer ${this.token}` },
      body: content,
    });
    return ((await response.json()) as { id: string }).id;
  }

  async close(): Promise<void> {
    await this.cell.stop();
    await removeFolder(this.cell.folder);
  }
}

async function seed(folder: string): Promise<Readonly<Record<string, string>>> {
  await mkdir(join(folder, 'graph'), { recursive: true });
  const engine = await createGrafeoEngine({
    folder: join(folder, 'graph'),
    logger: silentLogger,
    clock: systemClock,
  });
  const { store } = await openGraph({ engine, schema, clock: systemClock, logger: silentLogger });
  const scope = 'tenant:globex';
  const ids = await store.transact(systemPrincipal('cell'), { why: 'test' }, async (unit) => {
    const agent = {
      name: 'secret-agent',
      role: SECRET,
      state: 'active' as const,
      ramp: [],
      knowledge: [],
      restarts: 0,
    };
    const text = { text: `The ${SECRET} opens at nine.`, language: 'en', recordedAt: unit.now };
    const source = unit.create(Source, {
      ...{ scope, name: `${SECRET}.md`, format: 'markdown', contentHash: 'aa', bytes: 9, language: 'en' },
      ...{ state: 'active', revision: 1, chunkCount: 1 },
    });
    const chunk = unit.create(Chunk, {
      ...{
        scope,
        ...text,
        position: 0,
        headings: [],
        startOffset: 0,
        endOffset: 9,
        contentHash: 'bb',
        sourceRevision: 1,
      },
    });
    unit.relate(Chunk, 'source', chunk, source);
    const made = {
      tenant: unit.create(Tenant, { scope, name: 'globex', title: 'Globex' }),
      agent: unit.create(Agent, { scope, ...agent }),
      task: unit.create(Task, taskValues(scope, 'queued')),
      outcome: unit.create(Outcome, {
        ...{ scope, summary: SECRET, output: '{}', metrics: '{}', notes: [], state: 'delivered', costMicros: 1 },
      }),
      approval: unit.create(Approval, { scope, state: 'pending', risk: 'low' }),
      conversation: unit.create(Conversation, { scope, state: 'open', messageCount: 0 }),
      knowledge: unit.create(Knowledge, {
        ...{ scope, ...text, kind: 'fact', title: SECRET, confidence: 1, importance: 1 },
      }),
    };
    unit.relate(Task, 'agent', made.task, made.agent);
    unit.relate(Task, 'outcomes', made.task, made.outcome);
    unit.relate(Approval, 'task', made.approval, made.task);
    unit.relate(Approval, 'outcome', made.approval, made.outcome);
    return { ...made, source, chunk };
  });
  await store.close();
  return ids;
}
