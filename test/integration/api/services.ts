/** Services for API tests: they do their work on the real store, and note how they were called. */
import type { Services, Uploads } from '#api';
import {
  Agent,
  Approval,
  Conversation,
  type GraphStore,
  Message,
  Person,
  Skill,
  SkillVersion,
  Source,
  systemPrincipal,
  Task,
  Tenant,
} from '#graph-schema';
import { KazeError, newId } from '#platform';
import { taskValues } from './task-values.ts';

export type ServiceCalls = Array<{ readonly verb: string; readonly input: unknown }>;

const cell = systemPrincipal('cell');

export function servicesOver(store: GraphStore, uploads: Uploads): { services: Services; calls: ServiceCalls } {
  const calls: ServiceCalls = [];
  const note = (verb: string, input: unknown) => void calls.push({ verb, input });
  const services: Services = {
    tasks: {
      async submit(principal, task) {
        note('submit', task);
        const contents: Record<string, string> = {};
        for (const file of task.files) {
          const { stream } = await uploads.open(principal, file.upload.id);
          contents[file.input] = (await stream.toArray()).join('');
        }
        const inputs = JSON.stringify({ ...task.inputs, ...contents });
        const id = await store.transact(principal, { why: 'submitted' }, async (unit) => {
          const [agent] = await unit.list(Agent, { where: { name: { eq: task.agent } } });
          const made = unit.create(Task, {
            ...taskValues(`tenant:${task.tenant}`, 'queued'),
            skill: task.skill,
            inputs,
          });
          if (agent) unit.relate(Task, 'agent', made, agent.id);
          return made;
        });
        return { task: id };
      },
      async cancel(principal, id, reason) {
        note('cancel', { id, reason });
        const found = await store.transact(principal, { why: 'cancelled' }, (unit) =>
          unit.update(Task, id, { cancelRequested: true, state: 'cancelled' }),
        );
        if (!found) throw new KazeError('KAZE_API_NOT_FOUND', `there is no task ${id}`);
        return { task: id };
      },
      async retry() {
        throw new Error('the database password is hunter2');
      },
      async resume(_principal, id) {
        return { task: id };
      },
    },
    agents: {
      async setPaused(principal, change) {
        const state = change.paused ? 'paused' : 'active';
        await store.transact(principal, { why: 'paused' }, (unit) => unit.update(Agent, change.agent, { state }));
        return { agent: change.agent };
      },
    },
    skills: skillsOver(store, note),
    clients: {
      async createTenant(principal, tenant) {
        note('createTenant', tenant);
        return { tenant: (await store.list(principal, Tenant, { limit: 1 }))[0]!.id };
      },
      async bindAgent(principal, bind) {
        note('bindAgent', bind);
        return { agent: (await store.list(principal, Agent, { limit: 1 }))[0]!.id };
      },
      async createPerson(principal, person) {
        note('createPerson', person);
        return { person: (await store.list(principal, Person, { limit: 1 }))[0]!.id };
      },
    },
    approvals: {
      async decide(principal, decision) {
        note('decide', decision);
        const [approval] = await store.list(principal, Approval, { limit: 1 });
        const plan = {
          key: 'approval',
          node: 'Approval',
          find: { by: 'id' as const, id: approval!.id },
          select: {
            properties: { id: 'id' },
            relations: {
              task: { field: 'task', select: { properties: { id: 'id' } } },
              outcome: { field: 'outcome', select: { properties: { id: 'id' } } },
            },
          },
        };
        const { approval: node } = await store.read(principal, { roots: [plan] });
        const found = node as { task: { id: string }; outcome: { id: string } };
        return { approval: approval!.id, task: found.task.id, outcome: found.outcome.id };
      },
    },
    sources: {
      async ingest(principal, source) {
        note('ingest', source);
        const [known] = await store.list(principal, Source, { limit: 1 });
        return { source: known!.id, change: 'created', chunks: 1, entities: 0, knowledge: 0 };
      },
      async finishRoot(_principal, run) {
        note('finishRoot', run);
        return { total: run.names.length, missing: 0, retired: 0, held: false };
      },
      async erase(_principal, id) {
        await store.transact(cell, { why: 'erased' }, (unit) =>
          unit.update(Source, id, { state: 'erased', erasedAt: unit.now, erasedBy: 'person-acme' }),
        );
        return { source: id };
      },
    },
    search: {
      async search(principal, query) {
        note('search', query);
        const subgraph = await store.list(principal, Task, { limit: query.limit });
        return subgraph.map((task, at) => ({
          type: 'Task',
          id: task.id,
          score: 1 / (at + 1),
          reasons: ['text'],
          excerpt: task.skill,
        }));
      },
    },
    conversations: {
      async send(principal, message) {
        note('send', message);
        return store.transact(principal, { why: 'said' }, async (unit) => {
          const scope = `tenant:${message.tenant}`;
          const conversation = message.conversation ?? unit.create(Conversation, { scope, state: 'open' });
          const id = unit.create(Message, { scope, role: 'person', text: message.text, position: 1 });
          unit.relate(Message, 'conversation', id, conversation);
          return { conversation, message: id, clarifying: false };
        });
      },
      async ask(_principal, question) {
        note('ask', question);
        return { known: false, answer: 'I do not know.', model: 'offline', citations: [], knowledge: [] };
      },
    },
    paths: { path: async () => undefined },
    tokens: {
      async create(principal, token) {
        note('createToken', token);
        return { token: 'kaze_new', info: tokenInfo(principal.id, token.name) };
      },
      list: async (principal) => [tokenInfo(principal.id, 'laptop')],
      revoke: async (principal) => ({ ...tokenInfo(principal.id, 'laptop'), revokedAt: 2_000 }),
    },
    audit: {
      async records(_principal, filter, page) {
        note('audit', { filter, page });
        return [];
      },
      verify: async () => ({ ok: true, checked: 3, head: 'ab' }),
    },
    usage: {
      async sum(_principal, filter, by) {
        note('usage', { filter, by });
        const kinds = { inputTokens: 2, outputTokens: 3, cachedTokens: 1, cacheWriteTokens: 0, reasoningTokens: 1 };
        return [{ group: { tenant: filter.tenant ?? null }, calls: 1, ...kinds, costMicros: 4 }];
      },
      rows: async () => ({ rows: [], total: 0 }),
      choices: async () => [],
    },
    cell: {
      info: async () => ({ name: 'test', version: '0.1.0', startedAt: 1_000 }),
      doctor: async () => [{ name: 'graph', ok: true, detail: 'grafeo in memory' }],
    },
  };
  return { services, calls };
}

function tokenInfo(owner: string, name: string) {
  return {
    id: newId(),
    name,
    owner,
    ownerType: 'Person' as const,
    role: 'viewer' as const,
    tenant: null,
    createdAt: 1_000,
    expiresAt: null,
    revokedAt: null,
    lastUsedAt: null,
  };
}

/** The one skill and version of the store, whatever is asked for. */
function skillsOver(store: GraphStore, note: (verb: string, input: unknown) => void): Services['skills'] {
  const found = async () => {
    const [skill] = await store.list(cell, Skill, { limit: 1 });
    const [version] = await store.list(cell, SkillVersion, { limit: 1 });
    return { skill: skill!.id, version: version!.id };
  };
  const pinned = async (verb: string, target: { readonly agent?: string }) => {
    note(verb, target);
    return { ...(await found()), agent: target.agent };
  };
  return {
    pin: (_, target) => pinned('pin', target),
    unpin: (_, target) => pinned('unpin', target),
    rollback: (_, target) => pinned('rollback', target),
    async diff(_, wanted) {
      note('diff', wanted);
      const { skill, version } = await found();
      const change = {
        part: 'input',
        change: 'added' as const,
        name: 'x',
        before: null,
        after: 'text',
        breaking: true,
      };
      return { skill, from: version, to: version, changes: [change], unified: '+x' };
    },
  };
}
