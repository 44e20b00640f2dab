import type { CompleteRequest, EmbedRequest } from '../domain/request.ts';
import type { Completion } from '../domain/response.ts';

/** What a guardrail is told of a call beside its words. */
export interface GuardedCall {
  /** As its caller made it. */
  readonly request: CompleteRequest;
  readonly streamed: boolean;
  /** Aborts when the caller leaves or the guardrail's time is over. */
  readonly signal: AbortSignal;
}

/** Stops the call. The caller reads the reason, so it should say what to change and quote nothing private. */
export interface Refusal {
  readonly refuse: string;
}

type Said<T> = T | Refusal | undefined;

/**
 * Code of one's own around every call to a model, in this process: it sees words before redaction takes private ones
 * out, and answers after they were put back. Undefined lets pass what is. One that throws or takes too long stops the
 * call: nothing goes past a guardrail that could not look.
 *
 *     const noCaps: Guardrail = {
 *       name: 'no-caps',
 *       before: ({ messages }) => (messages.some(isShouting) ? { refuse: 'please do not shout' } : undefined),
 *     };
 *     const gateway = guarded(createGateway(options), [noCaps]);
 */
export interface Guardrail {
  /** Stands in errors: letters, digits and `-`. */
  readonly name: string;
  /** Before anything is reserved or sent: the request to send in its place, or a refusal. Once a call, not an attempt. */
  before?(request: CompleteRequest, call: GuardedCall): Said<CompleteRequest> | Promise<Said<CompleteRequest>>;
  /** The same for texts to embed. */
  beforeEmbed?(request: EmbedRequest): Said<EmbedRequest> | Promise<Said<EmbedRequest>>;
  /**
   * The whole answer: the one to give out in its place, or a refusal. Streams are held back until it has seen it all.
   * The call is paid for either way.
   */
  after?(answer: Completion, call: GuardedCall): Said<Completion> | Promise<Said<Completion>>;
  /**
   * All text of a stream so far, before its last piece goes out: a refusal ends the stream with an error. For streams
   * that must not be held back; called for each piece, so it should be quick.
   */
  watch?(text: string, call: GuardedCall): Refusal | undefined;
}
