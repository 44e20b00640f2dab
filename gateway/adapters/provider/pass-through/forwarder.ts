import type { Ending } from '../../../domain/ending.ts';
import { partialOf, withPartial } from '../../../domain/partial-answer.ts';
import type { Usage } from '../../../domain/response.ts';
import { NO_USAGE } from '../../../domain/response.ts';
import { bytesOf, inputTokenBound } from '../../../domain/token-bound.ts';
import type { Forwarded, Forwarder, ForwardSink, ProviderCall, WireDialect } from '../../../ports/provider.ts';
import { coded, type FailureContext, type FailureRule, failureOf } from '../translation/failures.ts';
import { EventPieces, type WireEvent } from './event-pieces.ts';
import { Upstream, type UpstreamRequest } from './upstream-exchange.ts';
import { BadToolArguments, type Tell, type Verdict, type WireReader } from './wire-reader.ts';

/** A vendor whose answers can be passed on as they come. */
export interface PassThrough {
  readonly dialect: WireDialect;
  /** For a connection to come about, milliseconds. */
  readonly connectTimeoutMs?: number;
  /** Undefined for a call whose answer has to be read or changed here. */
  request(call: ProviderCall, stream: boolean): UpstreamRequest | undefined;
  reader(options: { readonly includeUsage: boolean }): WireReader;
}

const MAX_ANSWER_BYTES = 64 * 2 ** 20;

/** Passes answers of one provider on. Its connections are kept from call to call. */
export class Forwarding {
  private readonly upstream: Upstream;

  constructor(
    private readonly name: string,
    private readonly vendor: PassThrough,
    private readonly failures: readonly FailureRule[],
  ) {
    this.upstream = new Upstream(vendor.connectTimeoutMs);
  }

  to(dialect: WireDialect, call: ProviderCall, stream: boolean): Forwarder | undefined {
    if (dialect !== this.vendor.dialect) return undefined;
    const request = this.vendor.request(call, stream);
    if (!request) return undefined;
    const { model, credential } = call;
    const context: FailureContext = { provider: this.name, model, keyId: credential?.keyId, rules: this.failures };
    return {
      send: (options, sink, signal) => {
        const reader = this.vendor.reader(options);
        const passing = new Passing(call, reader, sink, stream, context);
        return passing.run(this.upstream, request, signal);
      },
    };
  }

  close(): Promise<void> {
    return this.upstream.close();
  }
}

/** One answer on its way through. */
class Passing implements Tell {
  private readonly pieces = new EventPieces();
  private readonly kept: Buffer[] = [];
  private keptBytes = 0;
  private readonly said: string[] = [];
  private written = 0;
  private begun = false;

  constructor(
    private readonly call: ProviderCall,
    private readonly reader: WireReader,
    private readonly sink: ForwardSink,
    private readonly stream: boolean,
    private readonly context: FailureContext,
  ) {}

  async run(upstream: Upstream, request: UpstreamRequest, signal: Ending): Promise<Forwarded> {
    try {
      await upstream.exchange(request, (piece) => (this.stream ? this.events(piece) : this.keep(piece)), signal);
      const bytes = this.kept.length === 1 ? this.kept[0]! : Buffer.concat(this.kept, this.keptBytes);
      if (!this.stream) this.reader.whole(bytes.toString('utf8'), this);
      const { stopReason } = this.reader;
      if (stopReason === undefined) throw coded('KAZE_MODEL_STREAM_BROKEN', this.context, { reason: 'no-end' });
      return { bytes, usage: this.usageSoFar(), stopReason };
    } catch (error) {
      throw this.failed(error, signal);
    }
  }

  text(text: string): void {
    if (text === '') return;
    this.begun = true;
    this.written += bytesOf(text);
    if (!this.stream) return;
    this.said.push(text);
    this.sink.text(text);
  }

  usage(): void {
    this.sink.usage(this.usageSoFar());
  }

  private keep(bytes: Buffer): undefined {
    this.kept.push(bytes);
    this.keptBytes += bytes.length;
    if (this.keptBytes > MAX_ANSWER_BYTES) {
      throw coded('KAZE_MODEL_BAD_ANSWER', this.context, { reason: 'too-large' });
    }
  }

  /** What opens an answer goes out with its first words: until then another model may still take over. */
  private events(piece: Buffer): Promise<void> | undefined {
    const { bytes, events } = this.pieces.add(piece);
    return this.pass(bytes, events);
  }

  /** A piece of the network may hold far more than is reserved: it stops where that is used up. */
  private pass(bytes: Buffer, events: readonly WireEvent[], first = 0): Promise<void> | undefined {
    const out: Buffer[] = [];
    let start = events[first - 1]?.end ?? 0;
    for (let at = first; at < events.length; at++) {
      const { data, end } = events[at]!;
      const verdict = data === undefined ? 'pass' : this.read(data, out);
      const event = bytes.subarray(start, end);
      start = end;
      if (verdict === 'drop') continue;
      if (verdict === 'hold' || !this.begun || this.reader.stopReason !== undefined) {
        // Copied where it stays: it is a part of a larger piece of memory.
        this.keep(Buffer.from(event));
        continue;
      }
      if (this.kept.length > 0) {
        out.push(...this.kept.splice(0));
        this.keptBytes = 0;
      }
      out.push(event);
      if (this.sink.spent && at + 1 < events.length) {
        return Promise.resolve(this.sink.write(Buffer.concat(out))).then(() => this.pass(bytes, events, at + 1));
      }
    }
    if (out.length === 0) return undefined;
    return this.sink.write(out.length === 1 ? out[0]! : Buffer.concat(out));
  }

  private read(data: string, before: readonly Buffer[]): Verdict {
    try {
      return this.reader.event(data, this);
    } catch (error) {
      // What came before the fault is the caller's all the same.
      if (before.length > 0) void this.sink.write(Buffer.concat(before))?.catch(() => {});
      throw error;
    }
  }

  private usageSoFar(): Usage {
    const { usage } = this.reader;
    const { inputTokens, outputTokens } = usage ?? {};
    if (usage && isWhole(usage)) return usage;
    const told = Object.assign({}, NO_USAGE, usage);
    if (inputTokens !== undefined && outputTokens !== undefined) return told;
    return {
      ...told,
      inputTokens: inputTokens ?? inputTokenBound(this.call),
      outputTokens: outputTokens ?? this.written,
      estimated: true,
    };
  }

  private failed(error: unknown, signal: Ending): unknown {
    if (signal.aborted) return signal.reason;
    const { context } = this;
    const failure =
      error instanceof BadToolArguments
        ? coded('KAZE_MODEL_BAD_ANSWER', context, { reason: 'tool-arguments', tool: this.offered(error.tool) })
        : failureOf(error, context);
    if (!this.begun && this.reader.usage === undefined) return failure;
    const lost =
      this.stream && this.begun && ['KAZE_MODEL_UNREACHABLE', 'KAZE_MODEL_PROVIDER_FAILED'].includes(failure.code);
    const { reason } = failure.fields;
    const thrown = lost
      ? coded('KAZE_MODEL_STREAM_BROKEN', context, { reason: typeof reason === 'string' ? reason : undefined })
      : failure;
    if (!this.begun) return thrown;
    return withPartial(thrown, { text: this.said.join(''), usage: partialOf(thrown)?.usage ?? this.usageSoFar() });
  }

  /** The name is the model's own word unless it is one that was offered. */
  private offered(tool: string): string | undefined {
    return this.call.tools?.some(({ name }) => name === tool) ? tool : undefined;
  }
}

function isWhole(usage: Partial<Usage>): usage is Usage {
  const { inputTokens, outputTokens, cachedTokens, cacheWriteTokens, reasoningTokens } = usage;
  return [inputTokens, outputTokens, cachedTokens, cacheWriteTokens, reasoningTokens].every((one) => one !== undefined);
}
