import type { KazeError } from '#platform';
import { graphError } from '../../../errors.ts';
import type { ChildFailure } from './protocol.ts';

/** The child process ended before it answered. `sent` tells whether the request had left. */
export class ChildGone extends Error {
  override readonly name = 'ChildGone';
  readonly sent: boolean;

  constructor(message: string, sent: boolean) {
    super(message);
    this.sent = sent;
  }
}

type GraphCode = Parameters<typeof graphError>[0];

/** First match wins: the disk-full text travels under the status of a write conflict. */
const TABLE: ReadonlyArray<readonly [matches: (failure: ChildFailure) => boolean, code: GraphCode, what: string]> = [
  [
    (f) => /GRAFEO-T009|no space left|ENOSPC|os error 28/i.test(f.message),
    'KAZE_GRAPH_FULL',
    'The disk of the graph is full',
  ],
  [(f) => /cannot be locked/i.test(f.message), 'KAZE_GRAPH_LOCKED', 'Another process has the graph open'],
  [(f) => f.gqlStatus === '40000', 'KAZE_GRAPH_CONFLICT', 'Another transaction changed the same data first'],
  [
    (f) => f.gqlStatus === 'G2000' && /unique/i.test(f.message),
    'KAZE_GRAPH_DUPLICATE',
    'A unique value is taken already',
  ],
  [
    (f) => /timed? ?out|timeout/i.test(f.message) && !f.gqlStatus?.startsWith('42'),
    'KAZE_GRAPH_TIMEOUT',
    'The query ran too long',
  ],
  [
    (f) => f.gqlStatus === 'KAZE-RESULT',
    'KAZE_GRAPH_STATEMENT',
    'The result holds a value that cannot be returned, such as an integer beyond 2^53',
  ],
];

/** Native failure to our code. What is not in the table, a panic included, is a defect of a text: never retried. */
export function fromGrafeo(failure: ChildFailure, statement?: string): KazeError {
  const row = TABLE.find(([matches]) => matches(failure));
  const [code, what] = row ? [row[1], row[2]] : (['KAZE_GRAPH_STATEMENT', 'The graph refused a statement'] as const);
  const fields = { gqlStatus: failure.gqlStatus, ...(statement === undefined ? {} : { statement }) };
  const cause = new Error(failure.message);
  // The engine's own text may hold values and paths. Only a defect, which no edge shows, keeps it in its message.
  return graphError(code, code === 'KAZE_GRAPH_STATEMENT' ? `${what}: ${failure.message}` : `${what}.`, {
    fields,
    cause,
  });
}

export function unavailable(why: string, cause?: unknown): KazeError {
  return graphError('KAZE_GRAPH_UNAVAILABLE', `The embedded graph is not available: ${why}.`, { cause });
}

export function commitUnknown(why: string): KazeError {
  return graphError('KAZE_GRAPH_COMMIT_UNKNOWN', `The embedded graph ${why} between a commit and its answer.`);
}
