import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  Community,
  Entity,
  type GraphEngine,
  type GraphStore,
  Knowledge,
  openGraph,
  schema,
  systemPrincipal,
  Tenant,
} from '#graph-schema';
import { createGrafeoEngine } from '#graph-schema/adapters/graph-engine/grafeo';
import { type JobQueue, silentLogger, systemClock } from '#platform';
import { startCommunities } from '../../../../deploy/cell/communities.ts';
import { fact } from '../../../contract/graph-store/fixture.ts';

const common = { schema, clock: systemClock, logger: silentLogger };
const cell = systemPrincipal('cell');

let engine: GraphEngine;
let store: GraphStore;
beforeAll(async () => {
  engine = await createGrafeoEngine({ memory: true, ...common });
  ({ store } = await openGraph({ engine, ...common }));
});
afterAll(() => engine.close());

/** A queue that keeps its worker, for the test to run. */
function handQueue() {
  const schedules: string[] = [];
  let run: (() => Promise<void>) | undefined;
  const queue = {
    work: async (name: string, handler: Parameters<JobQueue['work']>[1]) => {
      const job = { id: 'one', queue: name, data: undefined, attempt: 1 };
      run = () => handler(job, new AbortController().signal);
      return { stop: async () => {} };
    },
    schedule: async (name: string) => void schedules.push(name),
  } as unknown as JobQueue;
  return { queue, schedules, run: () => run!() };
}

const group = (scope: string, name: string) =>
  store.transact(cell, { why: 'test' }, async (unit) => {
    const entity = unit.create(Entity, { scope, name, kind: 'term', aliases: [] });
    for (let at = 0; at < 3; at++) {
      const id = unit.create(Knowledge, { ...fact, title: `${name} ${at}`, scope });
      unit.relate(Knowledge, 'entities', id, entity);
    }
  });
const of = (scope: string) => store.list(cell, Community, { where: { scope: { eq: scope } } });

it('computes the communities of each client as a job, again only where something has come', async () => {
  const scopes = ['tenant:acme', 'tenant:globex'] as const;
  await store.transact(cell, { why: 'test' }, async (unit) => {
    for (const scope of scopes) {
      unit.create(Tenant, { scope, name: scope.slice(7), title: scope, country: 'GB' });
    }
  });
  for (const scope of scopes) await group(scope, 'coffee');
  const { queue, schedules, run } = handQueue();
  await startCommunities({ store, queue, logger: silentLogger });
  expect(schedules).toEqual(['communities']);
  expect(await of(scopes[0])).toEqual([]);

  await run();
  const [first, other] = [await of(scopes[0]), await of(scopes[1])];
  expect([first, other].map((found) => found.map(({ size }) => size))).toEqual([[4], [4]]);

  await group(scopes[0], 'tea');
  await run();
  expect((await of(scopes[0])).map(({ size }) => size)).toEqual([4, 4]);
  expect((await of(scopes[1])).map(({ id }) => id)).toEqual(other.map(({ id }) => id));
});
