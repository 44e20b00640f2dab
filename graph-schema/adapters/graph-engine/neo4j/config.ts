import { z } from 'zod';
import { graphError } from '../../../errors.ts';

/** How the driver reaches the server. Durations in milliseconds. */
export const neo4jSettingsSchema = z.strictObject({
  /** `bolt://`, `bolt+s://`, `neo4j://` or `neo4j+s://` with host and port. */
  url: z.string().regex(/^(bolt|neo4j)(\+s|\+ssc)?:\/\/[^/\s]+/, 'an address such as bolt://127.0.0.1:7687'),
  user: z.string().min(1).default('neo4j'),
  /** Without one no credentials are sent. */
  password: z.string().min(1).optional(),
  /** The server's default database where absent. */
  database: z.string().min(1).optional(),
  connectTimeoutMs: z.int().min(100).max(120_000).default(5_000),
  maxConnections: z.int().min(1).max(10_000).default(100),
  /** How long a read is tried again while the server is away, within its own time limit. */
  readRetryMs: z.int().min(0).max(600_000).default(5_000),
  /** How long a commit's answer is waited for once the call's own time is over. */
  commitWaitMs: z.int().min(100).max(600_000).default(10_000),
  /** How long `healthy()` waits for an answer. */
  healthTimeoutMs: z.int().min(50).max(60_000).default(2_000),
  /** After this long without a sign from a cancelled connection the whole pool is replaced. */
  hungConnectionMs: z.int().min(100).max(600_000).default(15_000),
  /** Nodes (or start nodes of relationships) that a dump fetches at a time. */
  dumpBatchNodes: z.int().min(1).max(100_000).default(1_000),
});

export type Neo4jSettings = z.output<typeof neo4jSettingsSchema>;
export type Neo4jSettingsInput = z.input<typeof neo4jSettingsSchema>;

export function neo4jSettings(input: Neo4jSettingsInput): Neo4jSettings {
  const parsed = neo4jSettingsSchema.safeParse(input);
  if (parsed.success) return Object.freeze(parsed.data);
  throw graphError('KAZE_GRAPH_STATEMENT', `The settings of Neo4j are wrong: ${z.prettifyError(parsed.error)}`);
}
