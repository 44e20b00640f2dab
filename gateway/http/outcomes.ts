import { createHash } from 'node:crypto';
import type { TaskOutcome } from '../domain/choice/score.ts';
import type { VirtualKey } from '../domain/virtual-key.ts';
import type { Judgements } from '../ports/outcome-feed.ts';
import type { Handler } from './calls.ts';
import { httpError } from './errors.ts';
import { badField, type Fields, given, nameAt, numberAt, onlyKnown, textAt } from './fields.ts';

type Verdict = TaskOutcome['verdict'];

const FIELDS: ReadonlySet<string> = new Set(['requestId', 'task', 'outcome', 'score']);
const VERDICTS: readonly Verdict[] = ['approved', 'edited', 'rejected', 'evaluated'];
const MOST_ROWS = 1_000;

/**
 * `POST /v1/kaze/outcomes`: how a task ended whose calls came with `x-kaze-task-type`, for the choice that learns. The
 * same word on the same task again changes nothing; of different ones a person's last counts. What the key may not
 * speak for is not there for it. Errors: KAZE_GATEWAY_FIELD, KAZE_GATEWAY_OUTCOME_UNKNOWN, and the ledger's.
 */
export const outcomes: Handler = async ({ judgements, clock }, { exchange, key, body }) => {
  if (!judgements) throw httpError('KAZE_GATEWAY_ROUTE', 'this gateway keeps no outcomes');
  const { task, verdict, score } = wordOf(body);
  const taskType = await taskTypeOf(judgements, key, task);
  const { tenant } = key;
  const about = { id: idOf([tenant, task, verdict, score]), at: clock.now(), tenant, task, taskType };
  await judgements.outcomes.record([
    verdict === 'evaluated' ? { ...about, verdict, score: score! } : { ...about, verdict },
  ]);
  exchange.json(200, { task, taskType, outcome: verdict, ...(score === undefined ? {} : { score }) });
};

function wordOf(body: Fields): { task: string; verdict: Verdict; score: number | undefined } {
  onlyKnown(body, FIELDS, 'Kaze');
  const requestId = given(body.requestId, 'requestId', nameAt);
  const named = given(body.task, 'task', nameAt);
  if (requestId !== undefined && named !== undefined) badField('task', 'stands in place of requestId, not beside it');
  const task = requestId ?? named ?? badField('requestId', 'is missing; or say which task');
  const word = textAt(body.outcome, 'outcome');
  const verdict = VERDICTS.find((one) => one === word) ?? badField('outcome', `must be one of ${VERDICTS.join(', ')}`);
  const score = given(body.score, 'score', numberAt(0, 1));
  if (verdict === 'evaluated' && score === undefined) badField('score', 'is missing: what was evaluated has one');
  if (verdict !== 'evaluated' && score !== undefined)
    badField('score', `is for evaluated; ${verdict} has its own worth`);
  // Hundredths: so many different words on one task, and no more, can ever stand in the ledger.
  return { task, verdict, score: score === undefined ? undefined : Math.round(score * 100) / 100 };
}

/** Of the task's last answered call. A task of others, one that nobody has, and one without a type are not told apart. */
async function taskTypeOf({ usage }: Judgements, { tenant, agent }: VirtualKey, task: string): Promise<string> {
  const rows = await usage.usageRows({ tenant, task, ...(agent === null ? {} : { agent }) }, { limit: MOST_ROWS });
  const answered = rows.filter(({ outcome, taskType }) => outcome === 'ok' && taskType != null);
  const type = answered.at(-1)?.taskType;
  if (type != null) return type;
  const message = 'there is no such answered call for this key, or it came without x-kaze-task-type';
  throw httpError('KAZE_GATEWAY_OUTCOME_UNKNOWN', message);
}

function idOf(parts: readonly unknown[]): string {
  return `http-${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`;
}
