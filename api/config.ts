import { z } from 'zod';
import { apiError } from './errors.ts';

const count = (fallback: number, min: number, max: number) => z.number().int().min(min).max(max).default(fallback);

/** Everything that can be set about the HTTP and GraphQL edge. Environment names: KAZE_API_<FIELD>. */
export const apiConfigSchema = z.strictObject({
  host: z.string().default('127.0.0.1').describe('Address to listen on. Default: this machine only.'),
  port: count(4000, 0, 65_535).describe('TCP port; 0 takes a free one.'),
  bodyMaxBytes: count(1_048_576, 1_024, 104_857_600).describe('Largest GraphQL request, bytes.'),
  uploadMaxBytes: count(209_715_200, 1, 10_737_418_240).describe('Largest uploaded file, bytes.'),
  uploadsPerOwner: count(1_000, 1, 1_000_000).describe('Unused uploads that one person or agent may have.'),
  uploadTtlMs: count(86_400_000, 1_000, 2_592_000_000).describe('Milliseconds until an upload expires.'),
  maxDepth: count(10, 1, 100).describe('Relations that may be nested in each other.'),
  maxCost: count(50_000, 1, 10_000_000).describe('Nodes that one operation may read at most, by its page sizes.'),
  maxFields: count(2_000, 1, 100_000).describe('Fields of one operation after expanding fragments.'),
  maxRootFields: count(20, 1, 1_000).describe('Root fields of one operation, aliases each counted.'),
  maxPage: count(1_000, 1, 1_000).describe('Largest `first`.'),
  maxDocumentTokens: count(10_000, 100, 1_000_000).describe('Lexical tokens of one GraphQL document.'),
  readTimeoutMs: count(10_000, 1, 600_000).describe('Milliseconds that an operation of reads may take.'),
  verbTimeoutMs: count(60_000, 1, 600_000).describe('Milliseconds that an operation with verbs may take.'),
  ratePerSecond: z.number().min(0).max(1_000_000).default(500).describe('Requests a second per token; 0: no limit.'),
  rateBurst: count(1_000, 1, 1_000_000).describe('Requests that a token may make at once after a pause.'),
  subscriptionsPerConnection: count(50, 1, 10_000).describe('Subscriptions on one WebSocket connection.'),
  connectionsPerPrincipal: count(50, 1, 10_000).describe('WebSocket connections of one person or agent.'),
  shutdownMs: count(10_000, 0, 600_000).describe('Milliseconds that running requests get to end at a shutdown.'),
  tokenCacheMs: count(2_000, 0, 60_000).describe('Milliseconds for which an accepted token is not looked up again.'),
});

export type ApiOptions = z.input<typeof apiConfigSchema>;
export type ApiConfig = Readonly<z.output<typeof apiConfigSchema>>;

/** Errors: KAZE_API_INPUT with every wrong field in one message. */
export function apiConfig(options: ApiOptions = {}): ApiConfig {
  const parsed = apiConfigSchema.safeParse(options);
  if (parsed.success) return Object.freeze(parsed.data);
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'options'}: ${issue.message}`);
  throw apiError('KAZE_API_INPUT', `the options of the API are wrong: ${problems.join('; ')}`);
}
