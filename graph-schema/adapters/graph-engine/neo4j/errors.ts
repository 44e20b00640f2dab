import { isKazeError, type KazeError } from '#platform';
import { graphError } from '../../../errors.ts';

type GraphCode = Parameters<typeof graphError>[0];

/** What the driver's errors carry, without importing the driver. */
export interface DriverFailure {
  readonly message: string;
  readonly code?: string;
  readonly retryable?: boolean;
}

const LOST_CONNECTION = /^(ServiceUnavailable|SessionExpired)$/;

/** First match wins; by `code`, since the server's GQL status is 50N42 for nearly everything. */
const TABLE: ReadonlyArray<readonly [code: RegExp, message: RegExp, ours: GraphCode, what: string]> = [
  [/./, /no space left|disk (is )?full/i, 'KAZE_GRAPH_FULL', 'The disk of the graph is full'],
  [/TransactionTimedOut|LockClientStopped/, /./, 'KAZE_GRAPH_TIMEOUT', 'The query ran too long'],
  [
    /MemoryPoolOutOfMemory|\.OutOfMemoryError$|StackOverFlow/,
    /./,
    'KAZE_GRAPH_TIMEOUT',
    'A query took more memory than the graph may',
  ],
  [/\.Transaction\.Terminated$/, /./, 'KAZE_GRAPH_CANCELLED', 'The query was cancelled'],
  [/ConstraintValidationFailed$/, /already exists/i, 'KAZE_GRAPH_DUPLICATE', 'A unique value is taken already'],
  [LOST_CONNECTION, /./, 'KAZE_GRAPH_UNAVAILABLE', 'Neo4j does not answer'],
  [/DatabaseUnavailable|NotALeader|ForbiddenOnReadOnlyDatabase/, /./, 'KAZE_GRAPH_UNAVAILABLE', 'Neo4j is not ready'],
  // Passes by itself after some seconds, unlike a wrong password.
  [/AuthenticationRateLimit/, /./, 'KAZE_GRAPH_UNAVAILABLE', 'Neo4j refuses to sign in for a while'],
  [/Unauthorized|Security\./, /./, 'KAZE_GRAPH_ACCESS', 'Neo4j refuses user or password'],
  [/DatabaseNotFound/, /./, 'KAZE_GRAPH_UNAVAILABLE', 'Neo4j has no database of this name'],
  [
    /./,
    /Connection acquisition timed out|pool is closed|Connection was closed|Cannot begin a transaction/i,
    'KAZE_GRAPH_UNAVAILABLE',
    'No connection to Neo4j could be had',
  ],
  [/^Neo\.TransientError\.Transaction\./, /./, 'KAZE_GRAPH_CONFLICT', 'Another transaction holds the same data'],
  [/^Neo\.TransientError\./, /./, 'KAZE_GRAPH_UNAVAILABLE', 'Neo4j is busy with itself'],
];

/** Native failure to our code; ours pass through. What is not in the table is a defect of a text: never retried. */
export function fromNeo4j(error: unknown, statement?: string): KazeError {
  if (isKazeError(error)) return error;
  const { message = String(error), code = 'N/A' } = (error ?? {}) as Partial<DriverFailure>;
  const row = TABLE.find(([codes, messages]) => codes.test(code) && messages.test(message));
  const [ours, what] = row ? [row[2], row[3]] : (['KAZE_GRAPH_STATEMENT', 'The graph refused a statement'] as const);
  // The server's own text may hold values and addresses. Only a defect, which no edge shows, keeps it in its message.
  const text = ours === 'KAZE_GRAPH_STATEMENT' ? `${what}: ${message}` : `${what}.`;
  return graphError(ours, text, {
    cause: error,
    fields: { neo4jCode: code, ...(statement === undefined ? {} : { statement }) },
  });
}

/** A commit's failure: with an answer of the server it did not happen, with none nobody knows. */
export function fromCommit(error: unknown): KazeError {
  const { code = 'N/A', message = '' } = (error ?? {}) as Partial<DriverFailure>;
  if (!LOST_CONNECTION.test(code) && !/connection was closed/i.test(message)) return fromNeo4j(error);
  return commitUnknown(error);
}

export function commitUnknown(cause?: unknown): KazeError {
  return graphError('KAZE_GRAPH_COMMIT_UNKNOWN', 'Neo4j went away between a commit and its answer.', { cause });
}
