/**
 * Vitest global setup of the clustered tests: one Neo4j, NATS, Redis, PostgreSQL and OpenBao for the whole run,
 * started together. A test file takes their addresses with `inject('servers')` and isolates itself in them: its own tenant or
 * id prefix in Neo4j, its own subjects in NATS, its own key prefix in Redis, its own database in PostgreSQL
 * (`freshDatabase`), its own store in OpenBao (`freshVault`). What kills or restarts a server starts one of its own from `index.ts` instead.
 *
 * Addresses in `KAZE_TEST_NEO4J_URL`, `KAZE_TEST_NATS_URL`, `KAZE_TEST_REDIS_URL`, `KAZE_TEST_POSTGRES_URL`,
 * `KAZE_TEST_OPENBAO_URL` are used as they are and nothing is started for them (`npm run test:servers` keeps a set running between runs).
 * `KAZE_TEST_SERVERS=nats,redis` starts only these, for one's own work; the others are then refused at use.
 */
import type { TestProject } from 'vitest/node';
import { nats, neo4j, openbao, postgres, type RunningServer, redis, type ServerLauncher } from './index.ts';

/** Where the run's servers are: `bolt://…` without authentication, `nats://…`, `redis://…`, `postgres://kaze@…/kaze`, `http://…`. */
export interface SharedServers {
  readonly neo4j: string;
  readonly nats: string;
  readonly redis: string;
  readonly postgres: string;
  readonly openbao: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    servers: SharedServers;
  }
}

export const SHARED: Readonly<Record<keyof SharedServers, ServerLauncher>> = {
  neo4j,
  nats,
  redis,
  postgres,
  openbao,
};

export interface StartedSet {
  readonly urls: SharedServers;
  stop(): Promise<void>;
}

/** Starts what `env` neither names an address for nor leaves out. On a failure what did start is ended again. */
export async function startShared(env: NodeJS.ProcessEnv): Promise<StartedSet> {
  const names = Object.keys(SHARED) as (keyof SharedServers)[];
  const wanted = env.KAZE_TEST_SERVERS ? env.KAZE_TEST_SERVERS.split(',').map((name) => name.trim()) : names;
  const unknown = wanted.filter((name) => !(name in SHARED));
  if (unknown.length > 0) {
    throw new Error(`KAZE_TEST_SERVERS names ${unknown.join(', ')}; there are ${names.join(', ')}.`);
  }
  const started: RunningServer[] = [];
  const stop = async () => {
    await Promise.all(started.splice(0).map((server) => server.stop()));
  };
  const address = async (name: keyof SharedServers): Promise<string> => {
    const given = env[`KAZE_TEST_${name.toUpperCase()}_URL`];
    if (given) return given;
    if (!wanted.includes(name)) return `left-out-by-KAZE_TEST_SERVERS://${name}`;
    const server = await SHARED[name].start();
    started.push(server);
    return server.url;
  };
  const answers = await Promise.allSettled(names.map(address));
  const failures = answers.flatMap((answer) => (answer.status === 'rejected' ? [String(answer.reason)] : []));
  if (failures.length > 0) {
    await stop();
    throw new Error(
      `The clustered tests need real servers, and ${failures.length} of ${names.length} could not be had:\n\n${failures.join('\n\n')}\n\n` +
        'test/support/README.md says where each comes from. What needs none of them: npm run test:embedded',
    );
  }
  const urls = Object.fromEntries(
    names.map((name, at) => [name, (answers[at] as PromiseFulfilledResult<string>).value]),
  ) as unknown as SharedServers;
  return { urls, stop };
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const set = await startShared(process.env);
  project.provide('servers', set.urls);
  return set.stop;
}
