/**
 * The edge of a cell: GraphQL over HTTP and WebSocket, playground, uploads, health and metrics.
 *
 * @example
 * const uploads = await createFolderUploads({ folder, clock, maxBytes: 200_000_000, ttlMs: 86_400_000, perOwner: 1_000 });
 * const api = createApi({ store, graph: schema, bus, services, authenticator, readiness, uploads, logger });
 * const { url } = await api.start();
 */
export { type ApiConfig, type ApiOptions, apiConfig, apiConfigSchema } from './config.ts';
export { apiError } from './errors.ts';
export { type ApiListener, type ListenOptions, listenForApi } from './http/listener.ts';
export { exampleQueries } from './playground/examples.ts';
export type { Authenticator } from './ports/authenticator.ts';
export type { Backups } from './ports/backups.ts';
export type { Readiness } from './ports/readiness.ts';
export type {
  AgentService,
  ApprovalService,
  AuditService,
  CallLimits,
  CellCheck,
  CellService,
  ClientService,
  ConversationService,
  IngestSource,
  PathService,
  SearchService,
  Services,
  SkillService,
  SourceService,
  SubmitTask,
  TaskService,
  TokenInfo,
  TokenService,
  UsageService,
} from './ports/services.ts';
export type { Upload, Uploads } from './ports/uploads.ts';
export { buildApiSchema } from './schema/build.ts';
export { type ApiParts, type ApiServer, createApi } from './server.ts';
export { createFolderUploads, type FolderUploadsOptions } from './uploads/folder-uploads.ts';
