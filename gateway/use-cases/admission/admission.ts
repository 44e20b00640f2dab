import type { KazeError } from '#platform';
import type { ModelInfo } from '../../domain/model.ts';
import type { StopReason } from '../../domain/response.ts';
import type { Attempt, AttemptTimes } from './attempt.ts';
import type { AdmissionCall } from './call.ts';
import type { AdmissionDeps } from './deps.ts';
import { HedgeFailure, hedged } from './hedge.ts';
import { Ticket } from './ticket.ts';

/**
 * The one way of every call to a model, whatever it is made of: limits and the fair line before them, circuit, key,
 * budget, journal; then the attempt; then settling, release and one usage row for each attempt.
 *
 *     const ticket = admission.admit(call);
 *     try {
 *       for (;;) {
 *         const attempt = await ticket.next();
 *         try {
 *           const answer = await attempt.race(attempt.send(() => provider.complete(…, attempt.signal)));
 *           await attempt.succeed(answer.usage);
 *           return answer;
 *         } catch (error) {
 *           const coded = await attempt.fail(error);
 *           if (!(await ticket.again(attempt, coded))) throw coded;
 *         }
 *       }
 *     } finally {
 *       ticket.close();
 *     }
 */
export class Admission {
  constructor(private readonly deps: AdmissionDeps) {}

  admit(call: AdmissionCall): Ticket {
    call.onAdmitted?.();
    return new Ticket(this.deps, call);
  }

  /** An answer that was kept from an earlier call: leaves its one row and costs nothing. */
  async served(call: AdmissionCall, model: ModelInfo, stopReason: StopReason): Promise<{ id: string } & AttemptTimes> {
    const ticket = this.admit(call);
    try {
      return await ticket.served(model, stopReason);
    } finally {
      ticket.close();
    }
  }

  /**
   * Runs `work` for each attempt until one succeeds. It settles its attempt by `succeed` itself: what it throws fails it.
   * Errors: those of the last attempt, or of what stood before the first.
   */
  async run<T>(call: AdmissionCall, work: (attempt: Attempt, ticket: Ticket) => Promise<T>): Promise<T> {
    const ticket = this.admit(call);
    let last: KazeError | undefined;
    try {
      for (;;) {
        const attempt = await nextAfter(ticket, last);
        try {
          return await this.worked(attempt, ticket, work);
        } catch (error) {
          last = await failedFor(error, attempt, ticket);
        }
      }
    } finally {
      ticket.close();
    }
  }

  private worked<T>(
    attempt: Attempt,
    ticket: Ticket,
    work: (attempt: Attempt, ticket: Ticket) => Promise<T>,
  ): Promise<T> {
    const afterMs = ticket.hedgeAfterMs(attempt);
    if (afterMs === undefined) return work(attempt, ticket);
    const { clock } = this.deps;
    return hedged(attempt, ticket, { afterMs, clock, work: (one) => work(one, ticket) });
  }
}

/** What the attempt failed with, where another one is worth it; throws it where none is. */
async function failedFor(error: unknown, attempt: Attempt, ticket: Ticket): Promise<KazeError> {
  const failed = error instanceof HedgeFailure ? error.attempt : attempt;
  const last = error instanceof HedgeFailure ? error.error : await attempt.fail(error);
  if (!(await ticket.again(failed, last))) throw last;
  return last;
}

/** The next attempt; when none can be made any more, what the last one failed with says more than why. */
export function nextAfter(ticket: Ticket, last: KazeError | undefined): Promise<Attempt> {
  const next = ticket.next();
  if (!last) return next;
  return next.catch(() => {
    throw last;
  });
}
