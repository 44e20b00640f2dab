import { KazeError } from '../../../errors.ts';
import { platformErrors } from '../../../errors-platform.ts';

const RULES = [
  [
    /^(NOAUTH|WRONGPASS|NOPERM)|invalid password|invalid username/i,
    'KAZE_QUEUE_ACCESS',
    'Redis refuses the credentials',
  ],
  [/^(OOM|MISCONF)/, 'KAZE_QUEUE_FULL', 'Redis has no memory or disk space left'],
  [
    /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|NOREPLICAS)|connection is closed|connection (was )?closed|timed out|max retries per request|isn't writeable|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH/i,
    'KAZE_QUEUE_UNAVAILABLE',
    'Redis does not answer',
  ],
] as const;

/** Redis tells the kind of an error by the first word of its text; ioredis by the network's code or its own text. */
export function toQueueError(error: unknown, operation: string): KazeError {
  if (error instanceof KazeError) return error;
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const native = first instanceof Error ? `${first.message} ${'code' in first ? first.code : ''}` : String(first);
  const [, code, message] = RULES.find(([pattern]) => pattern.test(native)) ?? [
    undefined,
    'KAZE_QUEUE_FAILED' as const,
    'the job queue gave an unexpected error',
  ];
  return platformErrors(code, `${message} (${operation})`, { cause: error, fields: { operation } });
}
