import type { Delta } from '../../domain/response.ts';
import type { Attempt } from './attempt.ts';

/** A stream whose first delta has come. */
export interface BegunStream {
  readonly attempt: Attempt;
  readonly first: IteratorResult<Delta>;
  readonly rest: AsyncGenerator<Delta>;
}

/** Waits for the first delta, with which the attempt becomes the one that counts. Errors: KAZE_GATEWAY_HEDGE_LOST. */
export async function begunStream(attempt: Attempt, deltas: AsyncGenerator<Delta>): Promise<BegunStream> {
  const first = await deltas.next();
  try {
    attempt.begun();
  } catch (error) {
    void deltas.return(undefined);
    throw error;
  }
  return { attempt, first, rest: deltas };
}

export async function* wholeStream({ first, rest }: BegunStream): AsyncGenerator<Delta> {
  try {
    if (!first.done) yield first.value;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}
