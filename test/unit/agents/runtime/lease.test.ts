import { describe, expect, it } from 'vitest';
import { type GraphStore, type NodeOf, systemPrincipal, Task, type UnitOfWork } from '#graph-schema';
import { systemClock } from '#platform';
import { Lease } from '../../../../agents/runtime/lease.ts';
import { graphError } from '../../../../graph-schema/errors.ts';

type TaskNode = NodeOf<typeof Task>;

const OWNER = 'the worker';

/** A store of one task that, like the real one, begins a unit again when the task is not as it was said to be. */
function storeOf(first: Partial<TaskNode>) {
  let kept = { id: 't1', scope: 'tenant:acme', state: 'running', leaseOwner: OWNER, version: 4, ...first } as TaskNode;
  const asked: Array<'as last seen' | 'anew'> = [];
  const transact = async (_principal: unknown, _options: unknown, work: (unit: UnitOfWork) => Promise<unknown>) => {
    for (;;) {
      let node: TaskNode | undefined;
      let said: number | undefined;
      const unit = {
        now: 1_000,
        lockAs: (_definition: unknown, seen: TaskNode) => {
          said = seen.version;
          node = seen;
        },
        get: async () => node ?? kept,
        async update(_definition: unknown, _id: string, patch: object, { expect: wanted = {} }: { expect?: object }) {
          asked.push(node ? 'as last seen' : 'anew');
          node ??= kept;
          const isAsExpected = Object.entries(wanted).every(([name, value]) => Reflect.get(node!, name) === value);
          if (!isAsExpected) return undefined;
          if (Object.keys(patch).length > 0) node = { ...node, ...patch, version: node.version + 1 };
          return node;
        },
      };
      const result = await work(unit as unknown as UnitOfWork);
      if (said !== undefined && said !== kept.version) continue;
      kept = node ?? kept;
      return result;
    }
  };
  return {
    asked,
    store: { transact } as unknown as GraphStore,
    task: () => kept,
    change: (patch: Partial<TaskNode>) => {
      kept = { ...kept, ...patch, version: kept.version + 1 };
    },
  };
}

function leaseOn({ store, task }: ReturnType<typeof storeOf>): Lease {
  const principal = systemPrincipal('runtime');
  return new Lease({ store, clock: systemClock, principal, task: task(), owner: OWNER, leaseMs: 30_000 });
}

const nothing = async () => {};

describe('writes under a claim', () => {
  it('go by what the write before them left, without asking for the task', async () => {
    const graph = storeOf({});
    const lease = leaseOn(graph);
    await lease.write('step', { steps: 1 }, nothing);
    await lease.write('step', { steps: 2 }, nothing);
    expect(await lease.renew()).toMatchObject({ steps: 2, leaseUntil: 31_000 });
    await lease.write('nothing new', {}, nothing);
    expect(graph.asked).toEqual(['as last seen', 'as last seen', 'as last seen', 'as last seen']);
    expect(graph.task()).toMatchObject({ steps: 2, version: 7 });
  });

  it('ask for the task once another one has changed it, and go by that from then on', async () => {
    const graph = storeOf({});
    const lease = leaseOn(graph);
    graph.change({ progress: 'noted' });
    await lease.write('step', { steps: 1 }, nothing);
    await lease.write('step', { steps: 2 }, nothing);
    expect(graph.asked).toEqual(['as last seen', 'anew', 'as last seen']);
    expect(graph.task()).toMatchObject({ steps: 2, progress: 'noted', version: 7 });
  });

  it('hear of a request to end the task, and of another worker that has taken it', async () => {
    const graph = storeOf({});
    const lease = leaseOn(graph);
    graph.change({ cancelRequested: true });
    await expect(lease.write('step', { steps: 1 }, nothing)).rejects.toMatchObject({ code: 'KAZE_TASK_CANCELLED' });
    graph.change({ leaseOwner: 'another' });
    await expect(lease.write('step', { steps: 1 }, nothing)).rejects.toMatchObject({ code: 'KAZE_TASK_LEASE_LOST' });
    await expect(lease.renew()).rejects.toMatchObject({ code: 'KAZE_TASK_LEASE_LOST' });
    expect(graph.task()).toMatchObject({ leaseOwner: 'another', version: 6 });
  });

  it('take nothing for left by a write that failed', async () => {
    const graph = storeOf({});
    const lease = leaseOn(graph);
    const away = graphError('KAZE_GRAPH_UNAVAILABLE', 'away');
    const failing = lease.write('step', { steps: 1 }, () => Promise.reject(away));
    await expect(failing).rejects.toBe(away);
    await lease.write('step', { steps: 1 }, nothing);
    expect(graph.asked).toEqual(['as last seen', 'anew']);
    expect(graph.task()).toMatchObject({ steps: 1, version: 5 });
  });
});
