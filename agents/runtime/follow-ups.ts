import { Person, personPrincipal, type ReadConnection, systemPrincipal, Task } from '#graph-schema';
import { derivedId, type Logger } from '#platform';
import { tenantOfScope } from '../ids.ts';
import type { Json } from '../skills/handler.ts';
import { type QueueServices, queueTask } from './queue-task.ts';
import { readTeam } from './team.ts';

export interface FollowUpServices extends QueueServices {
  readonly logger: Logger;
}

const runtime = systemPrincipal('runtime');
const BATCH = 50;
const own = (...names: string[]) => Object.fromEntries(names.map((name) => [name, name]));
const newest = { first: 1, orderBy: [{ property: 'createdAt', direction: 'desc' as const }] };
const SELECT = {
  properties: own('id', 'scope', 'skill'),
  relations: {
    agent: { field: 'agent', select: { properties: own('name') } },
    outcomes: { field: 'outcomes', page: newest, select: { properties: own('output', 'editedOutput') } },
    approvals: {
      field: 'approvals',
      page: newest,
      select: {
        properties: own('state'),
        relations: { decidedBy: { field: 'decidedBy', select: { properties: own('id') } } },
      },
    },
  },
};

/**
 * Makes the tasks that follow from outcomes which people approved. Ids follow from the outcome's task, all tasks of one
 * outcome and the note that they were made are one transaction, and it runs under the rights of the person who approved:
 * what that person may not give to an agent does not come to be.
 */
export class FollowUps {
  readonly #services: FollowUpServices;
  readonly #skills: readonly string[];

  constructor(services: FollowUpServices) {
    this.#services = services;
    this.#skills = services.handlers.withFollowUps;
  }

  async sweep(): Promise<void> {
    if (this.#skills.length === 0) return;
    const { store, logger } = this.#services;
    const where = {
      state: { eq: 'delivered' },
      skill: { in: [...this.#skills] },
      followedUpAt: { isNull: true },
      approvals: { some: { state: { in: ['approved', 'edited'] } } },
    };
    for (const { id } of await store.list(runtime, Task, { where, limit: BATCH })) {
      await this.#follow(id).catch((err: unknown) => {
        logger.warn({ err, task: id }, 'the tasks that follow from an outcome could not be made; it is tried again');
      });
    }
  }

  async #follow(id: string): Promise<void> {
    const { store, handlers, logger } = this.#services;
    const roots = [{ key: 'task', node: 'Task', find: { by: 'id' as const, id }, select: SELECT }];
    const task = (await store.read(runtime, { roots })).task as Record<string, unknown> | null;
    const handler = task && handlers.handler(task.skill as string);
    if (!task || !handler?.followUps) return;
    const tenant = tenantOfScope(task.scope as string);
    const decider = await this.#decider(task, tenant);
    if (!decider) return;
    const [outcome] = (task.outcomes as ReadConnection).nodes;
    const made: unknown = outcome?.editedOutput ?? outcome?.output ?? '{}';
    const outputs = (typeof made === 'string' ? JSON.parse(made) : made) as Record<string, Json>;
    const orders = await handler.followUps(outputs, await readTeam(store, decider, tenant));
    const writes: Array<Awaited<ReturnType<typeof queueTask>>> = [];
    for (const { key, agent = (task.agent as { name: string }).name, ...order } of orders) {
      const taskId = derivedId(task.scope as string, 'follow-up', id, key);
      try {
        writes.push(await queueTask(this.#services, decider, { ...order, agent, id: taskId, tenant, parent: id }));
      } catch (err) {
        logger.warn({ err, task: id, key }, 'a task that follows from an outcome was refused');
      }
    }
    await store.transact(decider, { why: 'tasks that follow from an approved outcome' }, async (unit) => {
      // Locked and looked at first: two workers make them once.
      const open = await unit.update(Task, id, { followedUpAt: unit.now }, { expect: { followedUpAt: null } });
      if (open) for (const write of writes) await write(unit);
    });
  }

  /** The person who approved, with the least rights that queueing a task needs, within the client. */
  async #decider(task: Record<string, unknown>, tenant: string) {
    const [approval] = (task.approvals as ReadConnection).nodes;
    const id = (approval?.decidedBy as { id: string } | null | undefined)?.id;
    const person = id === undefined ? undefined : await this.#services.store.get(runtime, Person, id);
    if (!person || person.role === 'viewer') return undefined;
    return personPrincipal({ id: person.id, name: person.name, role: 'reviewer', tenant });
  }
}
