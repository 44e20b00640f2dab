/**
 * Agents: what they are (definitions), what they can do (skills), how they are set up (registry), and how their tasks
 * are done (runtime).
 *
 *     const handlers = new SkillHandlers(allHandlers, allValidators);
 *     await createRegistry({ store, logger, handlers, availableTools: ['llm'] }).watch('agents/verticals');
 *     await bindAgent(store, { template: 'seo-strategist', tenant: 'acme', title: 'Acme' });
 *     const runtime = await startRuntime({ store, bus, clock, logger, handlers, gate, model, search, files });
 *     const verbs = createTaskVerbs({ store, clock, logger, audit, gate, handlers, files, incoming, wake: runtime.wake });
 *     await verbs.submit(principal, { agent: 'seo-strategist', tenant: 'acme', skill: 'keyword-research', inputs });
 */
export * from './answering/index.ts';
export * from './conversation/index.ts';
export * from './definitions/index.ts';
export { agentError } from './errors.ts';
export { agentId, outcomeId, tenantId } from './ids.ts';
export type { AuditedAct, AuditTrail } from './ports/audit-trail.ts';
export type { DeliveryGate, DeliveryQuestion } from './ports/delivery-gate.ts';
export type { ModelAccess } from './ports/model-access.ts';
export type { FetchedPage, FetchResult, PageFetch } from './ports/page-fetch.ts';
export type { PagePrinter } from './ports/page-printer.ts';
export type { PassageSearch } from './ports/passage-search.ts';
export type { IncomingFiles, StoredFile, TaskFiles } from './ports/task-files.ts';
export * from './registry/index.ts';
export * from './runtime/index.ts';
export * from './skill-cases/index.ts';
export * from './skill-versions/index.ts';
export type {
  EarlierOutcome,
  EditedOutcome,
  EndedPart,
  FollowUp,
  Json,
  Passage,
  RecordedTask,
  Redrawn,
  SkillContext,
  SkillHandler,
  SkillInput,
  SkillKnowledge,
  SkillModel,
  SkillResult,
  TaskPart,
  Team,
  Validator,
  Verdict,
  WorkRecord,
} from './skills/handler.ts';
export { handlers, validators } from './skills/index.ts';
