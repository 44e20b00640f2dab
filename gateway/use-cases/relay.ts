import { withPartial } from '../domain/partial-answer.ts';
import type { Completion, Delta, Usage } from '../domain/response.ts';
import type { Forwarder, ForwardSink, WireDialect } from '../ports/provider.ts';
import type { Attempt } from './admission/attempt.ts';

/** A caller that speaks a vendor's own interface, and takes the vendor's bytes where they are the answer. */
export interface WireAnswer {
  readonly dialect: WireDialect;
  readonly stream: boolean;
  /** OpenAI's `stream_options.include_usage`. */
  readonly includeUsage: boolean;
  /** The next events of a stream; the vendor is held up until a promise resolves. */
  write(bytes: Buffer): Promise<void> | undefined;
  /** The whole answer; of a stream its end. */
  end(bytes: Buffer): void;
  /** An answer of a model behind another interface, whole or in deltas, for the caller to put into its own words. */
  translated(answer: Completion | AsyncIterable<Delta>): Promise<void>;
}

/**
 * Sends an attempt and passes its answer on: text, usage and end are read on the way, for budgets, limits and the row;
 * the end goes out once the row is kept, so that nothing looks whole that is not accounted for.
 */
export async function relayed(forwarder: Forwarder, answer: WireAnswer, attempt: Attempt): Promise<void> {
  const { includeUsage, stream } = answer;
  const sink = new CountedSink(answer, attempt);
  // Rejects by itself as soon as the signal aborts, so nothing has to race it.
  const sent = attempt.send(() => forwarder.send({ includeUsage }, sink, attempt.ending));
  const { bytes, usage, stopReason } = await sent;
  if (stream) attempt.piece();
  await attempt.succeed(usage, stopReason);
  answer.end(bytes);
}

class CountedSink implements ForwardSink {
  constructor(
    private readonly answer: WireAnswer,
    private readonly attempt: Attempt,
  ) {}

  text(text: string): void {
    this.attempt.piece(text);
  }

  usage(usage: Usage): void {
    this.attempt.used(usage);
  }

  get spent(): boolean {
    return this.attempt.spent;
  }

  write(bytes: Buffer): Promise<void> | undefined {
    const { answer, attempt } = this;
    const slow = answer.write(bytes);
    if (!attempt.spent) return slow;
    return slow ? slow.then(() => more(attempt)) : more(attempt);
  }
}

/** A stream that ends here is charged by the count that ended it. */
async function more(attempt: Attempt): Promise<void> {
  try {
    await attempt.extend();
  } catch (error) {
    throw withPartial(error as Error, { text: '', usage: attempt.usageSoFar() });
  }
}
