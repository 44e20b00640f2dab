/**
 * The model that is always there: no network, no weights. It quotes sentences of the passages in the request, calls
 * tools by rule, fills JSON Schemas with what was said, and says in every answer that it is not a language model.
 */
import { randomUUID } from 'node:crypto';
import type { Json, JsonObject, JsonSchema } from '../../../domain/json.ts';
import {
  type AssistantMessage,
  documentsOf,
  type Message,
  partsOf,
  type ToolResultPart,
  textOf,
} from '../../../domain/messages.ts';
import type { ModelInfo } from '../../../domain/model.ts';
import type { ResponseSchema } from '../../../domain/request.ts';
import {
  type Citation,
  type Embeddings,
  NO_USAGE,
  type StopReason,
  type TokenCount,
} from '../../../domain/response.ts';
import { misfit } from '../../../domain/schema-fit.ts';
import { stopIn } from '../../../domain/stop-sequences.ts';
import { modelError } from '../../../errors.ts';
import type {
  ModelProvider,
  ProviderCall,
  ProviderCompletion,
  ProviderDelta,
  ProviderEmbedCall,
} from '../../../ports/provider.ts';
import { answerFrom, type Embed } from './answer/index.ts';
import { type Language, languageOf } from './answer/words.ts';
import { compose, fitting } from './compose.ts';
import { countTokens, NO_PASSAGES, PLAIN_SUFFIX, SUFFIX, TOOL_RESULT, UNKNOWN } from './text.ts';
import { decideTool } from './tools.ts';
import { fill } from './values/fill.ts';
import { sourceOf } from './values/scalars.ts';
import { isObject, typesOf } from './values/schema.ts';

export { answerFrom, REFUSAL_THRESHOLD } from './answer/index.ts';

export interface OfflineProviderOptions {
  /** Serves `embed`; closed by whoever made it. Without it the offline model gives no embeddings. */
  readonly embedder?: {
    readonly model: string;
    readonly dimensions: number;
    embed(texts: readonly string[], signal?: AbortSignal): Promise<readonly Float32Array[]>;
  };
  /** Also use the embedder to choose among passages, at some 80 ms a passage. Default false. */
  readonly rankByMeaning?: boolean;
  /** See `REFUSAL_THRESHOLD`. 0..1. */
  readonly refusalThreshold?: number;
}

const PROVIDER = 'offline';
const EXTRACTIVE = 'extractive';

export function createOfflineProvider(options: OfflineProviderOptions = {}): ModelProvider {
  return new OfflineProvider(options);
}

interface Draft {
  readonly text: string;
  readonly citations?: readonly Citation[];
  readonly toolCall?: { readonly name: string; readonly arguments: JsonObject };
  readonly value?: Json;
  readonly stopReason: StopReason;
  readonly stopSequence?: string;
  readonly confidence: number | null;
}

/** Prose ends at a stop sequence, also where that cuts off who speaks: `metadata.offline` says it all the same. */
function ended(draft: Draft, { limits }: ProviderCall): Draft {
  const found = draft.value === undefined ? stopIn(draft.text, limits?.stop ?? []) : undefined;
  if (!found) return draft;
  const { text, sequence } = found;
  const citations = draft.citations?.filter(({ number }) => text.includes(`[${number}]`));
  return { ...draft, text, ...(citations ? { citations } : {}), stopReason: 'end', stopSequence: sequence };
}

class OfflineProvider implements ModelProvider {
  readonly name = PROVIDER;
  readonly needsCredential = false;

  constructor(private readonly options: OfflineProviderOptions) {}

  models(): readonly ModelInfo[] {
    const chat: ModelInfo = {
      provider: PROVIDER,
      name: EXTRACTIVE,
      tiers: ['fast', 'balanced', 'best'],
      offline: true,
      contextTokens: 1_000_000,
      maxOutputTokens: 4_096,
      capabilities: { chat: true, tools: true, vision: false, json: true, embeddings: false },
    };
    const { embedder } = this.options;
    if (!embedder) return [chat];
    const embedding: ModelInfo = {
      ...chat,
      name: embedder.model,
      tiers: [],
      contextTokens: 8_000,
      capabilities: { chat: false, tools: false, vision: false, json: false, embeddings: true },
    };
    return [chat, embedding];
  }

  async complete(call: ProviderCall, signal: AbortSignal): Promise<ProviderCompletion> {
    signal.throwIfAborted();
    const draft = ended(await this.draft(call, signal), call);
    signal.throwIfAborted();
    const toolCalls = draft.toolCall
      ? [{ type: 'tool-call' as const, id: `call_${randomUUID()}`, ...draft.toolCall }]
      : [];
    const message: AssistantMessage = {
      role: 'assistant',
      content: [...(draft.text === '' ? [] : [{ type: 'text' as const, text: draft.text }]), ...toolCalls],
    };
    const written = draft.text + toolCalls.map((one) => one.name + JSON.stringify(one.arguments)).join(' ');
    return {
      message,
      text: draft.text,
      toolCalls,
      citations: draft.citations ?? [],
      value: draft.value,
      stopReason: draft.stopReason,
      ...(draft.stopSequence === undefined ? {} : { stopSequence: draft.stopSequence }),
      usage: { ...NO_USAGE, inputTokens: inputTokens(call), outputTokens: countTokens(written) },
      confidence: draft.confidence,
    };
  }

  /** There is nothing to wait for, so the stream is the finished answer, sentence by sentence. */
  async *stream(call: ProviderCall, signal: AbortSignal): AsyncGenerator<ProviderDelta> {
    const completion = await this.complete(call, signal);
    for (const text of completion.text.match(/.+?(?:\s+|$)/gsu) ?? []) {
      signal.throwIfAborted();
      yield { type: 'text', text };
    }
    for (const citation of completion.citations) yield { type: 'citation', citation };
    for (const toolCall of completion.toolCalls) yield { type: 'tool-call', call: toolCall };
    yield { type: 'finish', completion };
  }

  async embed({ texts, model }: ProviderEmbedCall, signal: AbortSignal): Promise<Embeddings> {
    const { embedder } = this.options;
    if (!embedder) throw modelError('KAZE_MODEL_NONE_SUITABLE', 'the offline model was given no embedder');
    const vectors = await embedder.embed(texts, signal);
    const tokens = texts.reduce((sum, text) => sum + countTokens(text), 0);
    const usage = { ...NO_USAGE, inputTokens: tokens };
    return { model: model.name, dimensions: embedder.dimensions, vectors, usage };
  }

  async countTokens(call: ProviderCall): Promise<TokenCount> {
    return { tokens: inputTokens(call), model: call.model.name, exact: true };
  }

  async close(): Promise<void> {}

  private async draft(call: ProviderCall, signal: AbortSignal): Promise<Draft> {
    const said = lastSaid(call.messages);
    const results = resultsAfter(call.messages);
    if (results.length === 0 || call.toolChoice === 'required' || typeof call.toolChoice === 'object') {
      const toolCall = decideTool(call, said);
      if (toolCall) return { text: '', toolCall, stopReason: 'tool-calls', confidence: null };
    }
    if (call.responseSchema) return this.json(call, call.responseSchema, { said, results, signal });
    if (results.length > 0 && documentsOf(call.messages).length === 0) return reported(results, languageOf(said), call);
    return this.answer(call, said, signal);
  }

  private async answer(call: ProviderCall, said: string, signal: AbortSignal): Promise<Draft> {
    const documents = documentsOf(call.messages);
    const { embedder, rankByMeaning, refusalThreshold } = this.options;
    const embed: Embed | undefined = rankByMeaning && embedder ? embedder.embed.bind(embedder) : undefined;
    const answer = await answerFrom(said, documents, { embed, signal, threshold: refusalThreshold });
    const { language } = answer.question;
    const { confidence } = answer;
    if (!answer.answered) {
      const text = documents.length === 0 ? NO_PASSAGES[language] : UNKNOWN[language];
      return { text: `${text}\n\n${PLAIN_SUFFIX[language]}`, stopReason: 'unknown-answer', confidence };
    }
    const suffix = `\n\n${SUFFIX[language]}`;
    const { text, citations, cut } = compose(answer, documents, call.maxOutputTokens - countTokens(suffix));
    return { text: text + suffix, citations, stopReason: cut ? 'length' : 'end', confidence };
  }

  /** Errors: KAZE_MODEL_CANNOT_ANSWER when a required value is not said anywhere. */
  private async json(
    call: ProviderCall,
    wanted: ResponseSchema,
    given: { said: string; results: readonly ToolResultPart[]; signal: AbortSignal },
  ): Promise<Draft> {
    const documents = documentsOf(call.messages);
    const spoken = call.messages.filter(({ role }) => role === 'user').map(textOf);
    const results = given.results.map(({ content }) => readable(content));
    const source = sourceOf([...spoken, ...results, ...documents.map(({ text }) => text)].join('\n'));
    const answer = await answerFrom(given.said, documents, {
      signal: given.signal,
      threshold: this.options.refusalThreshold,
    });
    const composed = compose(answer, documents, call.maxOutputTokens);
    const { value = null, missing } = fill(wanted.schema, source, {
      known: (property, schema) => knownValue(property, schema, composed),
    });
    const wrong = missing.length > 0 ? `nothing given says ${missing.join(', ')}` : misfit(wanted.schema, value);
    if (wrong !== undefined) {
      throw modelError(
        'KAZE_MODEL_CANNOT_ANSWER',
        `the offline model cannot give a value for the schema ${wanted.name}: ${wrong}`,
        { fields: { schema: wanted.name, missing } },
      );
    }
    const { citations } = composed;
    return { text: JSON.stringify(value), value, citations, stopReason: 'end', confidence: answer.confidence };
  }
}

const ANSWERS = new Set(['answer', 'summary', 'response', 'text', 'reply', 'quote', 'antwort']);
const CITATIONS = new Set(['citations', 'sources', 'references', 'cites']);

/** What a schema asks for by the usual names: the quoted answer, and the numbers or ids of what it cites. */
function knownValue(
  property: string,
  schema: JsonSchema,
  { text, citations }: { text: string; citations: readonly Citation[] },
): Json | undefined {
  const name = property.toLowerCase();
  if (ANSWERS.has(name) && text !== '' && typesOf(schema).includes('string')) return text;
  if (!CITATIONS.has(name) || !typesOf(schema).includes('array')) return undefined;
  const items = isObject(schema.items) ? typesOf(schema.items) : [];
  if (items.includes('integer') || items.includes('number')) return [...new Set(citations.map(({ number }) => number))];
  return items.includes('string') ? [...new Set(citations.map(({ documentId }) => documentId))] : undefined;
}

function reported(results: readonly ToolResultPart[], language: Language, call: ProviderCall): Draft {
  const suffix = `\n\n${PLAIN_SUFFIX[language]}`;
  const whole = results.map(({ name, content }) => `${TOOL_RESULT[language]} ${name}: ${readable(content)}`).join('\n');
  const text = fitting(whole, call.maxOutputTokens - countTokens(suffix));
  return { text: text + suffix, stopReason: text.length < whole.length ? 'length' : 'end', confidence: null };
}

function readable(content: Json): string {
  if (typeof content === 'string') return content;
  if (!isObject(content)) return JSON.stringify(content);
  return Object.entries(content)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('\n');
}

/** What the person said last: the question. */
function lastSaid(messages: readonly Message[]): string {
  for (const message of [...messages].reverse()) {
    const text = message.role === 'user' ? textOf(message).trim() : '';
    if (text !== '') return text;
  }
  return '';
}

/** Results of tools called since the person last spoke. */
function resultsAfter(messages: readonly Message[]): ToolResultPart[] {
  const last = messages.findLastIndex(({ role }) => role === 'user');
  return messages
    .slice(last + 1)
    .flatMap((message) => partsOf(message).flatMap((part) => (part.type === 'tool-result' ? [part] : [])));
}

function inputTokens(call: ProviderCall): number {
  const parts = call.messages.flatMap((message) =>
    partsOf(message).map((part) => {
      if (part.type === 'text' || part.type === 'reasoning') return part.text;
      if (part.type === 'document') return `${part.title ?? ''} ${part.text}`;
      if (part.type === 'tool-call') return part.name + JSON.stringify(part.arguments);
      return part.type === 'tool-result' ? readable(part.content) : '';
    }),
  );
  const tools = (call.tools ?? []).map((tool) => `${tool.name} ${tool.description} ${JSON.stringify(tool.parameters)}`);
  return [...parts, ...tools].reduce((sum, text) => sum + countTokens(text), 0);
}
