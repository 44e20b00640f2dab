import type { Awaitable } from '../../../domain/awaitable.ts';
import type { Credential } from '../../../domain/credential.ts';
import type { ModelInfo } from '../../../domain/model.ts';
import { withPartial } from '../../../domain/partial-answer.ts';
import type { Embeddings, TokenCount } from '../../../domain/response.ts';
import { imagesBeyond, inputTokenBound } from '../../../domain/token-bound.ts';
import { modelError } from '../../../errors.ts';
import type {
  Forwarder,
  ModelProvider,
  ProviderCall,
  ProviderCompletion,
  ProviderDelta,
  ProviderEmbedCall,
  WireDialect,
} from '../../../ports/provider.ts';
import { Forwarding, type PassThrough } from '../pass-through/forwarder.ts';
import { Clients } from './clients.ts';
import { coded, type FailureContext, type FailureRule, failureOf } from './failures.ts';
import { Reply, type ReplyEvent } from './reply.ts';

/** What differs between vendors; everything else is `HostedProvider`. */
export interface Vendor<Client> {
  readonly name: string;
  readonly needsCredential: boolean;
  readonly failures: readonly FailureRule[];
  /** Loads the vendor's SDK, which nothing else does. */
  connect(credential: Credential | null): Promise<Client>;
  models(client: () => Promise<Client>): Awaitable<readonly ModelInfo[]>;
  complete(client: Client, call: ProviderCall, signal: AbortSignal): AsyncIterable<ReplyEvent>;
  stream(client: Client, call: ProviderCall, signal: AbortSignal): AsyncIterable<ReplyEvent>;
  embed(client: Client, call: ProviderEmbedCall, signal: AbortSignal): Promise<Embeddings>;
  /** Left out where the vendor does not count; then the bound by bytes is given. */
  countTokens?(client: Client, call: ProviderCall, signal: AbortSignal): Promise<TokenCount>;
  /** Left out where no caller speaks the vendor's interface. */
  readonly passThrough?: PassThrough;
}

type Call = Pick<ProviderCall, 'model' | 'credential'>;

/** A provider out of a vendor's translation: clients, cancellation, errors and broken streams are the same for all. */
export class HostedProvider<Client> implements ModelProvider {
  readonly name: string;
  readonly needsCredential: boolean;
  private readonly clients: Clients<Client>;
  private readonly forwarding: Forwarding | undefined;

  constructor(private readonly vendor: Vendor<Client>) {
    this.name = vendor.name;
    this.needsCredential = vendor.needsCredential;
    this.clients = new Clients((credential) => vendor.connect(credential));
    this.forwarding = vendor.passThrough && new Forwarding(vendor.name, vendor.passThrough, vendor.failures);
  }

  models(credential: Credential | null): Awaitable<readonly ModelInfo[]> {
    return this.vendor.models(() => this.clients.get(credential));
  }

  async complete(call: ProviderCall, signal: AbortSignal): Promise<ProviderCompletion> {
    const reply = new Reply(call);
    return this.guarded(call, signal, async (client, own) => {
      try {
        for await (const event of this.vendor.complete(client, call, own)) reply.apply(event);
        return reply.finish().completion;
      } catch (error) {
        throw this.kept(error, call, { reply, signal });
      }
    });
  }

  async *stream(call: ProviderCall, signal: AbortSignal): AsyncGenerator<ProviderDelta> {
    const reply = new Reply(call);
    // Ends the request also when the reader leaves: not every SDK closes its connection then.
    const left = new AbortController();
    const own = AbortSignal.any([signal, left.signal]);
    try {
      signal.throwIfAborted();
      const client = await this.client(call);
      for await (const event of this.vendor.stream(client, call, own)) yield* reply.apply(event);
      // SDKs end an aborted stream as if it were over.
      signal.throwIfAborted();
      const { deltas, completion } = reply.finish();
      yield* deltas;
      yield { type: 'finish', completion };
    } catch (error) {
      throw this.kept(error, call, { reply, signal, streamed: true });
    } finally {
      left.abort();
    }
  }

  async embed(call: ProviderEmbedCall, signal: AbortSignal): Promise<Embeddings> {
    return this.guarded(call, signal, async (client, own) => {
      if (call.texts.length === 0) throw modelError('KAZE_MODEL_BAD_REQUEST', 'there is no text to embed');
      const embeddings = await this.vendor.embed(client, call, own);
      const { vectors, dimensions } = embeddings;
      if (vectors.length !== call.texts.length || vectors.some(({ length }) => length !== dimensions)) {
        throw coded('KAZE_MODEL_BAD_ANSWER', this.context(call), { reason: 'vectors' });
      }
      return embeddings;
    });
  }

  async countTokens(call: ProviderCall, signal: AbortSignal): Promise<TokenCount> {
    const count = this.vendor.countTokens?.bind(this.vendor);
    if (!count) {
      const tokens = inputTokenBound(call) + imagesBeyond(call, [call.model]);
      return { tokens, model: call.model.name, exact: false };
    }
    return this.guarded(call, signal, (client, own) => count(client, call, own));
  }

  forwarder(dialect: WireDialect, call: ProviderCall, stream: boolean): Forwarder | undefined {
    return this.forwarding?.to(dialect, call, stream);
  }

  async close(): Promise<void> {
    this.clients.clear();
    await this.forwarding?.close();
  }

  private async guarded<T>(
    call: Call,
    signal: AbortSignal,
    work: (client: Client, own: AbortSignal) => Promise<T>,
  ): Promise<T> {
    signal.throwIfAborted();
    try {
      // One of its own for each call: SDKs leave listeners on the signal that they are given.
      return await work(await this.client(call), AbortSignal.any([signal]));
    } catch (error) {
      signal.throwIfAborted();
      throw failureOf(error, this.context(call));
    }
  }

  private client(call: Call): Promise<Client> {
    if (call.credential === null && this.vendor.needsCredential) {
      throw modelError(
        'KAZE_MODEL_CREDENTIAL_MISSING',
        `there is no key for ${this.name}, called for ${call.model.name}`,
        {
          fields: { provider: this.name, model: call.model.name },
        },
      );
    }
    return this.clients.get(call.credential);
  }

  /** The error to throw, with what had come of the answer. A connection lost after it began is a broken stream. */
  private kept(
    error: unknown,
    call: ProviderCall,
    { reply, signal, streamed = false }: { reply: Reply; signal: AbortSignal; streamed?: boolean },
  ): unknown {
    if (signal.aborted) return signal.reason;
    const context = this.context(call);
    const failure = failureOf(error, context);
    const lost =
      streamed && reply.begun && ['KAZE_MODEL_UNREACHABLE', 'KAZE_MODEL_PROVIDER_FAILED'].includes(failure.code);
    const { reason } = failure.fields;
    const thrown = lost
      ? coded('KAZE_MODEL_STREAM_BROKEN', context, { reason: typeof reason === 'string' ? reason : undefined })
      : failure;
    return reply.begun ? withPartial(thrown, { text: reply.text, usage: reply.usageSoFar() }) : thrown;
  }

  private context({ model, credential }: Call): FailureContext {
    return { provider: this.name, model, keyId: credential?.keyId, rules: this.vendor.failures };
  }
}
