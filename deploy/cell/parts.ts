import { join, resolve } from 'node:path';
import {
  bindAgent,
  createAnswering,
  createConversations,
  createRegistry,
  createTaskVerbs,
  ensureTenant,
  handlers,
  type ModelAccess,
  SkillHandlers,
  startRuntime,
  validators,
} from '#agents';
import { createFolderUploads } from '#api';
import { createGatewayMetrics } from '#gateway';
import { createAuditTrail, createDeliveryGate, createTokens, guardDelivery, startAuditFeeder } from '#governance';
import { createKnowledgeSearch, schema } from '#graph-schema';
import { createIngestion } from '#ingestion';
import { createBackup } from './backup.ts';
import { describeCell } from './doctor.ts';
import { openModelGateway } from './model-gateway.ts';
import { judgingLedger } from './outcome-feed.ts';
import { openPageFetch } from './page-fetch.ts';
import type { PartsOptions } from './parts-options.ts';
import { openPrinter } from './printer.ts';
import { createServices } from './services.ts';
import { createSourceService } from './sources.ts';

const EXAMPLE = {
  name: 'acme',
  title: 'Acme',
  description: 'The example client: rota software for small teams.',
  language: 'en',
  country: 'GB',
};
const EXAMPLE_AGENTS = ['seo-strategist', 'crm-analyst', 'ops-assistant', 'content-marketing'];

/** Joins agents, governance, ingestion and gateway over the engines, and starts what works by itself. */
export async function assembleParts(options: PartsOptions) {
  const { config, dataFolder, store, engines, gate, clock, logger, closers } = options;
  const { ledger, bus, search: index, embedder } = engines;
  const guarded = guardDelivery(store);
  const audit = createAuditTrail({ ledger, clock, logger });
  const tokens = createTokens({ store, clock, audit });

  const { secrets } = options;
  const metrics = createGatewayMetrics(options.metrics);
  const models = await openModelGateway({ config, dataFolder, secrets, embedder, ledger, clock, logger, metrics });
  const { gateway, usage, taskCosts } = models;
  closers.add('gateway', () => models.close());
  const judging = judgingLedger({ ledger, store, outcomes: models.outcomes });
  const auditFeeder = startAuditFeeder({ store, ledger: judging, clock, logger });
  closers.add('audit feed', () => auditFeeder.stop());
  const knowledge = createKnowledgeSearch({ store: guarded, index, embedder, schema, clock, logger });

  const skills = new SkillHandlers(handlers, validators);
  const registry = createRegistry({ store: guarded, logger, handlers: skills, availableTools: ['llm'] });
  const definitions = await registry.watch(options.verticals);
  closers.add('definitions', () => definitions.close());
  if (config.example.load) {
    await ensureTenant(guarded, EXAMPLE);
    for (const template of EXAMPLE_AGENTS)
      await bindAgent(guarded, { template, tenant: EXAMPLE.name, title: EXAMPLE.title });
  }

  const { createFolderTaskFiles } = await import('#agents/adapters/task-files/folder');
  const filesFolder = resolve(config.data.filesDir ?? dataFolder);
  const taskFiles = join(filesFolder, 'task-files');
  const files = await createFolderTaskFiles({ folder: taskFiles });
  const { uploadMaxBytes, uploadTtlMs, uploadsPerOwner } = config.api;
  const limits = { maxBytes: uploadMaxBytes, ttlMs: uploadTtlMs, perOwner: uploadsPerOwner };
  const uploads = await createFolderUploads({
    ...{ folder: join(filesFolder, 'uploads'), clock, ...limits },
    hasOthers: engines.graph.capabilities.supportsManyProcesses,
  });
  closers.add('uploads', () => uploads.close());

  const deliveryGate = createDeliveryGate({ store });
  const model: ModelAccess = {
    async complete(request, options) {
      if (request.attribution.task !== null) await taskCosts.know(request.attribution.task);
      return gateway.complete(request, options);
    },
    begun: (task, { isFirst }) => taskCosts.begin(task, isFirst),
    spentMicros: (task) => taskCosts.micros(task),
  };
  const printer = await openPrinter(config.printer, { searchPath: options.searchPath, logger });
  const pageFetch = await openPageFetch(config.fetch);
  const runtime = await startRuntime({
    ...{ store: guarded, bus, clock, logger, handlers: skills, gate: deliveryGate, model, search: knowledge, files },
    embed: (texts, signal) => embedder.embed(texts, signal),
    ...(printer ? { print: printer.print } : {}),
    ...(pageFetch ? { fetchPages: pageFetch.fetch } : {}),
    settings: {
      concurrency: config.runtime.workers,
      leaseMs: config.runtime.leaseMs,
      soleProcess: !engines.graph.capabilities.supportsManyProcesses,
    },
  });
  closers.add('agents', () => runtime.stop());
  const incoming = { open: uploads.open.bind(uploads), remove: uploads.remove.bind(uploads) };
  const tasks = createTaskVerbs({
    ...{ store: guarded, clock, logger, audit, gate: deliveryGate, handlers: skills, files, incoming },
    wake: () => runtime.wake(),
  });
  const answering = createAnswering({ store: guarded, search: knowledge, gateway, embedder, clock, logger });
  const conversations = await createConversations({
    ...{ store: guarded, answering, tasks, handlers: skills, embedder, bus, clock, logger },
  });
  closers.add('conversations', () => conversations.close());
  const ingestion = createIngestion({ store: guarded, clock, logger });
  void ingestion
    .resume()
    .catch((err: unknown) => logger.error({ err }, 'interrupted files wait to be handed in again'));

  const services = createServices({
    ...{ store: guarded, knowledge, ledger, usage, tasks, tokens, handlers: skills },
    agents: { setPaused: (principal, change) => tasks.setPaused(principal, change) },
    decide: { store, audit, handlers: skills, logger, ...(printer ? { print: printer.print } : {}) },
    sources: createSourceService(ingestion, uploads),
    conversations: {
      send: conversations.send.bind(conversations),
      ask: answering.ask.bind(answering),
    },
    cell: describeCell(options),
  });
  const backups = {
    async create() {
      await models.flush();
      return createBackup({
        ...{ gate, ledger, clock, taskFiles, workFolder: join(dataFolder, 'work') },
        about: { kazeVersion: options.kazeVersion, cell: config.cell.name, storeId: options.opened.storeId },
      });
    },
  };
  return { guarded, tokens, uploads, services, backups };
}
