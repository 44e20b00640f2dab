import type { KazeError } from '#platform';
import type { Attempt } from './attempt.ts';
import type { AdmissionDeps } from './deps.ts';
import type { Ticket } from './ticket.ts';

/** The attempt that failed last, with what it failed with. */
export class HedgeFailure extends Error {
  constructor(
    readonly attempt: Attempt,
    readonly error: KazeError,
  ) {
    super(error.message);
  }
}

interface Run<T> {
  readonly attempt: Attempt;
  readonly answer: T;
}

/**
 * Runs `first`, and beside it a second attempt once it takes longer than it usually does: J. Dean and L. A. Barroso, "The
 * tail at scale", CACM 56(2), 2013. The first answer counts, which may be the beginning of one; the other attempt is cancelled, settled
 * at what it cost, and leaves its own row before this resolves. Rejects with a `HedgeFailure` when nothing came of either.
 */
export async function hedged<T>(
  first: Attempt,
  ticket: Ticket,
  options: {
    readonly afterMs: number;
    readonly clock: AdmissionDeps['clock'];
    readonly work: (attempt: Attempt) => Promise<T>;
  },
): Promise<T> {
  const { afterMs, clock, work } = options;
  const run = (attempt: Attempt): Promise<Run<T>> =>
    work(attempt).then(
      (answer) => ({ attempt, answer }),
      async (error: unknown) => {
        throw new HedgeFailure(attempt, await attempt.fail(error));
      },
    );
  const one = run(first);
  const ended = one.then(
    () => true,
    () => true,
  );
  if (await endsWithin(ended, afterMs, clock)) return (await one).answer;
  const opening = ticket.hedge(first);
  const second = await Promise.race([opening, ended.then(() => undefined)]);
  if (!second) {
    // It may still be waiting for room or a budget: whatever it gets, it gives back.
    void opening.then((late) => late?.lose());
    return (await one).answer;
  }
  const two = run(second);
  try {
    const { attempt, answer } = await Promise.any([one, two]);
    await (attempt === first ? second : first).lose();
    return answer;
  } catch (error) {
    const failures = error instanceof AggregateError ? (error.errors as unknown[]) : [error];
    throw failures.at(-1);
  }
}

async function endsWithin(ended: Promise<boolean>, ms: number, clock: AdmissionDeps['clock']): Promise<boolean> {
  const stop = new AbortController();
  const late = clock.sleep(ms, stop.signal).then(
    () => false,
    () => false,
  );
  const inTime = await Promise.race([ended, late]);
  stop.abort();
  return inTime;
}
