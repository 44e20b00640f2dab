import type { Json, JsonObject } from '../../../domain/json.ts';
import {
  type AssistantMessage,
  type DocumentPart,
  documentsOf,
  type ProviderSignature,
  type ReasoningPart,
  type TextPart,
  type ToolCallPart,
} from '../../../domain/messages.ts';
import { type Citation, NO_USAGE, type StopReason, type Usage } from '../../../domain/response.ts';
import { misfit } from '../../../domain/schema-fit.ts';
import { StopWatch } from '../../../domain/stop-sequences.ts';
import { bytesOf, inputTokenBound } from '../../../domain/token-bound.ts';
import { modelError } from '../../../errors.ts';
import type { ProviderCall, ProviderCompletion, ProviderDelta } from '../../../ports/provider.ts';
import { coded } from './failures.ts';
import { citation, citationsIn } from './passages.ts';

/** What a vendor's answer is made of, streamed or whole, once its adapter has read it. */
export type ReplyEvent =
  | { readonly type: 'text'; readonly text: string; readonly signature?: string }
  | { readonly type: 'reasoning'; readonly text: string; readonly signature?: string; readonly redacted?: boolean }
  /** `key` tells parallel calls apart; arguments come in pieces of JSON, or whole. */
  | { readonly type: 'tool-start'; readonly key: number; readonly id: string; readonly name: string }
  | { readonly type: 'tool-json'; readonly key: number; readonly json: string }
  | { readonly type: 'tool-value'; readonly key: number; readonly value: unknown; readonly signature?: string }
  | { readonly type: 'tool-end'; readonly key: number }
  /** A citation of the vendor's own; `document` counts the request's documents from 0. */
  | { readonly type: 'cite'; readonly document: number; readonly start: number; readonly end: number }
  /** Fields of it replace what was told before. */
  | { readonly type: 'usage'; readonly usage: Partial<Usage> }
  /** `sequence`: the stop sequence that ended it, where the vendor says. */
  | { readonly type: 'stop'; readonly reason: StopReason; readonly sequence?: string };

interface OpenTool {
  readonly id: string;
  readonly name: string;
  json: string;
  /** Its reader was told that it began. */
  told?: boolean;
  value?: unknown;
  signature?: ProviderSignature;
}

/** Gathers a vendor's events into the one answer, and checks it: arguments and values are JSON, the end was there. */
export class Reply {
  text = '';
  begun = false;
  private readonly content: Array<TextPart | ReasoningPart | ToolCallPart> = [];
  private readonly tools = new Map<number, OpenTool>();
  private readonly cited: Citation[] = [];
  private readonly documents: readonly DocumentPart[];
  private usage: Partial<Usage> | undefined;
  private stopReason: StopReason | undefined;
  private stopSequence: string | undefined;
  private readonly stops: StopWatch | undefined;
  private written = 0;

  constructor(private readonly call: ProviderCall) {
    this.documents = documentsOf(call.messages);
    const { stop = [] } = call.limits ?? {};
    if (stop.length > 0) this.stops = new StopWatch(stop);
  }

  /** What a reader of the stream is told of the event. */
  apply(event: ReplyEvent): readonly ProviderDelta[] {
    if (event.type === 'usage' || event.type === 'stop') return this.told(event);
    this.begun = true;
    const { stops } = this;
    if (!stops) return this.told(event);
    if (stops.hit !== undefined) return this.unshown(event);
    if (event.type !== 'text') return [...this.addText(stops.rest(), undefined), ...this.told(event)];
    return this.told({ ...event, text: stops.take(event.text) });
  }

  private told(event: ReplyEvent): readonly ProviderDelta[] {
    switch (event.type) {
      case 'text':
        return this.addText(event.text, this.signed(event.signature));
      case 'reasoning':
        return this.addReasoning(event);
      case 'tool-start':
        this.tools.set(event.key, { id: event.id, name: event.name, json: '' });
        return [];
      case 'tool-json':
        return this.addJson(this.tool(event.key), event.json);
      case 'tool-value': {
        const tool = this.tool(event.key);
        tool.value = event.value;
        tool.signature = this.signed(event.signature);
        return [];
      }
      case 'tool-end':
        return this.endTool(event.key);
      case 'cite':
        return this.cite(event);
      case 'usage':
        this.usage = { ...this.usage, ...event.usage };
        return [{ type: 'usage', usage: this.usageSoFar() }];
      case 'stop':
        this.stopReason = event.reason;
        this.stopSequence = event.sequence;
        return [];
    }
  }

  /** Errors: KAZE_MODEL_STREAM_BROKEN without an end, _BAD_ANSWER, _CANNOT_ANSWER, _CONTENT_FILTERED. */
  finish(): { readonly deltas: readonly ProviderDelta[]; readonly completion: ProviderCompletion } {
    if (this.stopReason === undefined) throw this.failed('KAZE_MODEL_STREAM_BROKEN', 'no-end');
    const deltas: ProviderDelta[] = [...this.addText(this.stops?.rest() ?? '', undefined)];
    deltas.push(...[...this.tools.keys()].flatMap((key) => this.endTool(key)));
    const cut = this.stops?.hit;
    const stopReason = cut === undefined || this.stopReason === 'content-filter' ? this.stopReason : 'end';
    const stopSequence = cut ?? this.stopSequence;
    if (this.cited.length === 0 && this.documents.length > 0) {
      for (const one of citationsIn(this.text, this.documents)) {
        this.cited.push(one);
        deltas.push({ type: 'citation', citation: one });
      }
    }
    const toolCalls = this.content.filter((part) => part.type === 'tool-call');
    const message: AssistantMessage = { role: 'assistant', content: this.content };
    const completion: ProviderCompletion = {
      message,
      text: this.text,
      toolCalls,
      citations: this.cited,
      value: this.value(stopReason),
      stopReason,
      ...(stopSequence === undefined ? {} : { stopSequence }),
      usage: this.usageSoFar(),
      confidence: null,
    };
    return { deltas, completion };
  }

  /** As the vendor told it; what it never told is bounded from above by bytes, and says so. */
  usageSoFar(): Usage {
    const { inputTokens, outputTokens } = this.usage ?? {};
    if (inputTokens !== undefined && outputTokens !== undefined) return { ...NO_USAGE, ...this.usage };
    return {
      ...NO_USAGE,
      ...this.usage,
      inputTokens: inputTokens ?? inputTokenBound(this.call),
      outputTokens: outputTokens ?? this.written,
      estimated: true,
    };
  }

  private addText(text: string, signature: ProviderSignature | undefined): readonly ProviderDelta[] {
    const last = this.content.at(-1);
    if (last?.type === 'text' && !(signature && last.signature)) {
      this.content[this.content.length - 1] = { ...last, text: last.text + text, ...(signature ? { signature } : {}) };
    } else if (text !== '' || signature) {
      this.content.push({ type: 'text', text, ...(signature ? { signature } : {}) });
    }
    this.text += text;
    this.written += bytesOf(text);
    return text === '' ? [] : [{ type: 'text', text }];
  }

  private addReasoning(event: Extract<ReplyEvent, { type: 'reasoning' }>): readonly ProviderDelta[] {
    const { text, redacted } = event;
    const signature = this.signed(event.signature);
    const last = this.content.at(-1);
    this.written += bytesOf(text);
    // A signature closes a thought; what comes after it is another one.
    if (last?.type === 'reasoning' && !last.redacted && !redacted && !last.signature) {
      this.content[this.content.length - 1] = { ...last, text: last.text + text, ...(signature ? { signature } : {}) };
    } else {
      this.content.push({
        ...{ type: 'reasoning', text },
        ...(signature ? { signature } : {}),
        ...(redacted ? { redacted } : {}),
      });
    }
    if (text === '' && !signature) return [];
    return [{ type: 'reasoning', text, ...(signature ? { signature } : {}), ...(redacted ? { redacted } : {}) }];
  }

  private addJson(tool: OpenTool, json: string): readonly ProviderDelta[] {
    tool.json += json;
    this.written += bytesOf(json);
    const { id, name, told } = tool;
    tool.told = true;
    return [
      ...(told ? [] : [{ type: 'tool-call-start' as const, id, name }]),
      ...(json === '' ? [] : [{ type: 'tool-call-json' as const, id, json }]),
    ];
  }

  /** What a vendor writes behind a stop sequence. It is read on for its usage: thoughts kept secret are told at the end. */
  private unshown(event: ReplyEvent): readonly ProviderDelta[] {
    const text = event.type === 'text' || event.type === 'reasoning' ? event.text : '';
    const written = event.type === 'tool-json' ? event.json : text;
    this.written += bytesOf(written);
    return written === '' ? [] : [{ type: 'unshown', text: written }];
  }

  private tool(key: number): OpenTool {
    const tool = this.tools.get(key);
    if (!tool) throw this.failed('KAZE_MODEL_BAD_ANSWER', 'tool-without-start');
    return tool;
  }

  private endTool(key: number): readonly ProviderDelta[] {
    const tool = this.tools.get(key);
    if (!tool) return [];
    this.tools.delete(key);
    const { id, name, signature } = tool;
    const call: ToolCallPart = {
      ...{ type: 'tool-call', id, name, arguments: this.argumentsOf(tool) },
      ...(signature ? { signature } : {}),
    };
    this.content.push(call);
    return [{ type: 'tool-call', call }];
  }

  private argumentsOf(tool: OpenTool): JsonObject {
    let value = tool.value;
    if (value === undefined) {
      try {
        value = tool.json.trim() === '' ? {} : JSON.parse(tool.json);
      } catch {
        throw this.failed('KAZE_MODEL_BAD_ANSWER', 'tool-arguments', tool.name);
      }
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw this.failed('KAZE_MODEL_BAD_ANSWER', 'tool-arguments', tool.name);
    }
    return value as JsonObject;
  }

  private cite(event: Extract<ReplyEvent, { type: 'cite' }>): readonly ProviderDelta[] {
    const document = this.documents[event.document];
    const { start, end } = event;
    if (!document || start < 0 || start >= end || end > document.text.length) return [];
    const number = event.document + 1;
    if (this.cited.some((one) => one.number === number && one.start === start && one.end === end)) return [];
    const one = citation(document, number, { start, end });
    this.cited.push(one);
    return [{ type: 'citation', citation: one }];
  }

  private value(stopReason: StopReason): Json | undefined {
    const { responseSchema, model, maxOutputTokens } = this.call;
    if (!responseSchema || stopReason === 'tool-calls') return undefined;
    if (stopReason === 'content-filter') throw this.failed('KAZE_MODEL_CONTENT_FILTERED', 'withheld');
    const cannot = (why: string) =>
      modelError(
        'KAZE_MODEL_CANNOT_ANSWER',
        `${model.name} gave no value for the schema ${responseSchema.name}: ${why}`,
        {
          fields: { schema: responseSchema.name, model: model.name },
        },
      );
    if (stopReason === 'length') throw cannot(`its answer was cut at ${maxOutputTokens} tokens`);
    let value: Json;
    try {
      value = JSON.parse(this.text) as Json;
    } catch {
      throw cannot('its answer is no JSON');
    }
    const wrong = misfit(responseSchema.schema, value);
    if (wrong !== undefined) throw cannot(wrong);
    return value;
  }

  private signed(value: string | undefined): ProviderSignature | undefined {
    return value === undefined || value === '' ? undefined : { provider: this.call.model.provider, value };
  }

  private failed(code: Parameters<typeof coded>[0], reason: string, tool?: string): Error {
    const { model, credential, tools = [] } = this.call;
    // The name is the model's own word unless it is one that was offered.
    const offered = tools.some(({ name }) => name === tool) ? tool : undefined;
    return coded(code, { provider: model.provider, model, keyId: credential?.keyId }, { reason, tool: offered });
  }
}
