import { createHash } from 'node:crypto';
import {
  type AgentRuntime,
  type Answering,
  bindAgent,
  type Conversations,
  type ConversationsOptions,
  createAnswering,
  createConversations,
  createRegistry,
  createTaskVerbs,
  ensureTenant,
  handlers,
  loadDefinitions,
  SkillHandlers,
  startRuntime,
  type TaskFiles,
  validators,
} from '#agents';
import { type CompleteRequest, createGateway } from '#gateway';
import { createOfflineProvider } from '#gateway/adapters/provider/offline';
import { createAuditTrail, createDeliveryGate, guardDelivery } from '#governance';
import {
  Chunk,
  Conversation,
  createIndexFeed,
  createKnowledgeSearch,
  type Embedder,
  type GraphEngine,
  Message,
  type OutboxFeeder,
  openGraph,
  Person,
  type Principal,
  personPrincipal,
  type Role,
  type SearchIndex,
  Source,
  schema,
  startOutboxFeeder,
  startVectorFeed,
  systemPrincipal,
  tenantScope,
} from '#graph-schema';
import { createUseLiteEmbedder } from '#graph-schema/adapters/embedder/use-lite';
import { systemClock as clock, contentHash, silentLogger as logger, newId } from '#platform';
import { createMemoryEventBus } from '#platform/adapters/event-bus/memory';

export interface ConversationEngines {
  readonly engine: GraphEngine;
  openIndex(dimensions: number): Promise<SearchIndex>;
  close(): Promise<void>;
}

const ingestion = systemPrincipal('ingestion');
const cell = systemPrincipal('cell');

function memoryFiles(): TaskFiles {
  const kept = new Map<string, Uint8Array>();
  return {
    async keep(tenant, content) {
      const parts: Uint8Array[] = [];
      for await (const part of content) parts.push(part);
      const bytes = Buffer.concat(parts);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      kept.set(`${tenant}/${sha256}`, bytes);
      return { sha256, bytes: bytes.length };
    },
    async *open(tenant, sha256) {
      yield kept.get(`${tenant}/${sha256}`)!;
    },
  };
}

/** Agents, their verticals, search and the offline model on one engine: a cell without an edge. */
export async function openConversationCell(engines: ConversationEngines) {
  const { store: raw } = await openGraph({ engine: engines.engine, schema, clock, logger });
  const store = guardDelivery(raw);
  const embedder: Embedder = createUseLiteEmbedder({ logger });
  const index = await engines.openIndex(embedder.dimensions);
  const bus = createMemoryEventBus({ logger });
  const feeders: OutboxFeeder[] = [
    startOutboxFeeder({ store, kind: 'index', deliver: createIndexFeed({ store, index, schema }), clock, logger }),
    startOutboxFeeder({
      store,
      kind: 'event',
      clock,
      logger,
      async deliver(entries) {
        for (const { id, subject, subjectType: type, scope, change, createdAt: at } of entries) {
          const name = `${type.charAt(0).toLowerCase()}${type.slice(1)}`;
          await bus.publish({
            id,
            subject: `graph.${name}.changed.v1`,
            at,
            scope,
            data: { id: subject, type, change },
          });
        }
      },
    }),
  ];
  const vectors = startVectorFeed({ index, embedder, clock, logger });
  const skills = new SkillHandlers(handlers, validators);
  const registry = createRegistry({ store, logger, handlers: skills, availableTools: ['llm'] });
  const shipped = await loadDefinitions('agents/verticals');
  // An agent whose skill nothing can run, whatever the verticals can by now.
  const declared = await loadDefinitions('test/fixtures/definitions/declared-only');
  await registry.sync({
    ...shipped,
    verticals: [...shipped.verticals, ...declared.verticals],
    skills: [...shipped.skills, ...declared.skills],
    agents: [...shipped.agents, ...declared.agents],
  });

  const audit = createAuditTrail({ ledger: { appendAudit: async () => [] }, clock, logger });
  const gate = createDeliveryGate({ store });
  const files = memoryFiles();
  const uploads = new Map<string, { name: string; bytes: Uint8Array }>();
  const incoming = {
    async open(_principal: Principal, id: string) {
      const upload = uploads.get(id);
      if (!upload) throw new Error('no such upload');
      return {
        upload,
        stream: (async function* () {
          yield upload.bytes;
        })(),
      };
    },
    async remove(_principal: Principal, id: string) {
      uploads.delete(id);
    },
  };
  const usage: unknown[] = [];
  const requests: CompleteRequest[] = [];
  const gateway = createGateway({
    providers: [createOfflineProvider()],
    ledger: { recordUsage: async (rows) => void usage.push(...rows) },
    clock,
    logger,
  });
  const watched = {
    complete(request: CompleteRequest, options?: Parameters<typeof gateway.complete>[1]) {
      requests.push(request);
      return gateway.complete(request, options);
    },
  };
  const search = createKnowledgeSearch({ store, index, embedder, schema, clock, logger });
  const answering: Answering = createAnswering({ store, search, gateway: watched, clock, logger });
  const runtimes = new Set<AgentRuntime>();
  const wake = () => {
    for (const runtime of runtimes) runtime.wake();
  };
  const tasks = createTaskVerbs({ store, clock, logger, audit, gate, handlers: skills, files, incoming, wake });
  const opened = new Set<Conversations>();

  return {
    store,
    raw,
    bus,
    usage,
    requests,
    answering,
    audit,
    handlers: skills,
    logger,
    tasks,
    uploads,
    gate,
    embedder,
    /** A process of its own, as far as conversations go. */
    async conversations(options: Partial<ConversationsOptions> = {}): Promise<Conversations> {
      const given = { store, answering, tasks, embedder, bus, clock, logger, handlers: skills, ...options };
      const conversations = await createConversations(given);
      opened.add(conversations);
      return conversations;
    },
    async worker(): Promise<AgentRuntime> {
      const model = { complete: gateway.complete.bind(gateway), spentMicros: async () => 0 };
      const runtime = await startRuntime({
        ...{ store, bus, clock, logger, handlers: skills, gate, files, search, model },
        embed: (texts, signal) => embedder.embed(texts, signal),
        settings: { concurrency: 2, leaseMs: 5_000, pollMs: 100, drainMs: 2_000 },
      });
      runtimes.add(runtime);
      return runtime;
    },
    /** A client of its own with agents and a person. */
    async client(agents: readonly string[] = ['ops-assistant', 'seo-strategist', 'crm-analyst']) {
      const tenant = `t${newId().slice(-12)}`;
      const scope = tenantScope(tenant);
      await ensureTenant(store, { name: tenant, title: `Client ${tenant}` });
      for (const template of agents) await bindAgent(store, { template, tenant });
      const person = async (name: string, role: Role = 'operator') => {
        const id = await raw.transact(cell, { why: 'test' }, async (unit) =>
          unit.create(Person, { scope, name, role: 'admin' }),
        );
        return personPrincipal({ id, name, role, tenant });
      };
      return {
        tenant,
        scope,
        person,
        me: await person('Ada'),
        /** Passages of one source; searchable by words when this resolves. */
        async ingest(name: string, passages: readonly string[]): Promise<string[]> {
          const ids = await store.transact(ingestion, { why: 'test' }, async (unit) => {
            const source = unit.create(Source, {
              ...{ scope, name, format: 'markdown' as const, contentHash: contentHash(name), bytes: 1 },
              ...{ language: 'en', state: 'active' as const, revision: 1, chunkCount: passages.length },
            });
            return passages.map((text, position) => {
              const id = unit.create(Chunk, {
                ...{ scope, text, position, headings: [], startOffset: 0, endOffset: text.length },
                ...{ language: 'en', contentHash: contentHash(text), sourceRevision: 1, recordedAt: unit.now },
              });
              unit.relate(Chunk, 'source', id, source);
              return id;
            });
          });
          await feeders[0]!.drain();
          return ids;
        },
        /** The thread as it stands, oldest first. */
        async thread(conversation: string) {
          const where = { conversation: { some: { id: { eq: conversation } } } };
          const orderBy = [{ property: 'position', direction: 'asc' as const }];
          return store.list(cell, Message, { where, orderBy, limit: 200 });
        },
        conversation: (id: string) => store.get(cell, Conversation, id),
      };
    },
    /** Resolves when everything searchable has a vector, so that ranks no longer move. */
    settled: () => vectors.settled(),
    async close() {
      for (const conversations of opened) await conversations.close();
      for (const runtime of runtimes) await runtime.stop();
      for (const feeder of feeders) await feeder.stop();
      await vectors.stop();
      await bus.close();
      await index.close();
      await embedder.close();
      await gateway.close();
      await store.close();
      await engines.close();
    },
  };
}

export type ConversationCell = Awaited<ReturnType<typeof openConversationCell>>;
export type ConversationClient = Awaited<ReturnType<ConversationCell['client']>>;
