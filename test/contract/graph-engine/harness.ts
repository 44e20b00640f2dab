import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { isKazeError, newId } from '#platform';
import type { CypherParameters, CypherRow, GraphEngine } from '../../../graph-schema/ports/graph-engine.ts';

/** An engine as the suite gets it. The fault part also gets its process in hand. */
export interface EngineUnderTest {
  readonly engine: GraphEngine;
  /** Resolves once nothing runs any more of what was answered early. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export interface FaultyEngine extends EngineUnderTest {
  /** SIGSTOP on the process that holds the graph. */
  pause(): void;
  resume(): void;
  /** SIGKILL on it; resolves once it is gone. */
  kill(): Promise<void>;
  /** Brings it back, where it does not come back by itself. */
  revive(): Promise<void>;
  /** How long a read that began before a kill may wait for its answer, in milliseconds. */
  readonly comesBackWithinMs: number;
}

export const KEY = { name: 'node_id', label: 'Node', property: 'id', kind: 'unique' } as const;
export const BY_ID = 'MATCH (n:Node) WHERE n.id = $id';

/** An id prefix of the test's own: tests share one graph. */
export function freshPrefix(): string {
  return `c${newId()}-`;
}

export async function write(
  engine: GraphEngine,
  text: string,
  parameters: CypherParameters = {},
): Promise<readonly CypherRow[]> {
  return engine.transaction((transaction) => transaction.run(text, parameters));
}

export async function insert(engine: GraphEngine, ...rows: CypherParameters[]): Promise<void> {
  await write(engine, 'UNWIND $rows AS row CREATE (n:Node:Probe) SET n += row', { rows });
}

export async function propertiesOf(engine: GraphEngine, id: string): Promise<CypherRow | undefined> {
  const [row] = await engine.read(`${BY_ID} RETURN properties(n) AS properties`, { id });
  return row?.properties as CypherRow | undefined;
}

/** Tries again while another transaction wins, as every caller of the port must. */
export async function untilNoConflict<T>(attempt: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!isKazeError(error, 'KAZE_GRAPH_CONFLICT') || performance.now() > deadline) throw error;
      await wait(Math.random() * 20);
    }
  }
}

export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'no error';
  } catch (error) {
    return isKazeError(error) ? error.code : `not ours: ${error}`;
  }
}

export async function timed<T>(work: () => Promise<T>): Promise<{ value: T; ms: number }> {
  const startedAt = performance.now();
  const value = await work();
  return { value, ms: performance.now() - startedAt };
}

/** Polls until `check` is true. */
export async function eventually(check: () => Promise<boolean>, withinMs: number): Promise<number> {
  const startedAt = performance.now();
  while (!(await check())) {
    if (performance.now() - startedAt > withinMs) throw new Error(`not so within ${withinMs} ms`);
    await wait(20);
  }
  return performance.now() - startedAt;
}

/** Runs for minutes on both engines unless it is ended, with nothing to stream: it aggregates. */
export const RUNAWAY =
  'UNWIND range(1, 3000) AS a UNWIND range(1, 3000) AS b UNWIND range(1, 300) AS c WITH a, b, c WHERE a + b + c < 0 RETURN count(*) AS n';
