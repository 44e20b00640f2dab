import type { Clock } from '#platform';
import type { ModelInfo } from '../domain/model.ts';
import type { CompleteRequest, ModelHint, WrittenOut } from '../domain/request.ts';
import type { Completion, Delta } from '../domain/response.ts';
import type { VirtualKey } from '../domain/virtual-key.ts';
import { modelError } from '../errors.ts';
import type { CallOptions, Gateway } from '../gateway.ts';
import type { Judgements } from '../ports/outcome-feed.ts';
import type { WireAnswer } from '../use-cases/relay.ts';
import { MessagesFrames, messagesReply } from './anthropic/messages-reply.ts';
import { messagesRequestOf } from './anthropic/messages-request.ts';
import { attributionOf, taskTypeOf, timeoutOf } from './authenticate.ts';
import type { Dialect } from './error-shapes.ts';
import type { Exchange } from './exchange.ts';
import { type Fields, unsupported } from './fields.ts';
import { ChatFrames, chatReply } from './openai/chat-reply.ts';
import { chatRequestOf } from './openai/chat-request.ts';
import { type EmbeddingsRequest, embeddingsReply, embeddingsRequestOf } from './openai/embeddings.ts';
import type { EventStream } from './sse.ts';

export interface CallContext {
  readonly gateway: Gateway;
  readonly clock: Clock;
  readonly judgements?: Judgements;
}

/** A request whose caller is known and whose body was read; answered when the promise resolves. */
export interface Call {
  readonly exchange: Exchange;
  readonly key: VirtualKey;
  /** An empty object for a request without a body. */
  readonly body: Fields;
  /** Told once the call leaves its usage rows by itself. */
  readonly onAdmitted?: () => void;
}

export type Handler = (context: CallContext, call: Call) => Promise<void>;

export const chatCompletions: Handler = ({ gateway, clock }, call) => {
  const { model, request, stream, includeUsage, parallelCalls } = chatRequestOf(call.body);
  const { exchange } = call;
  const asked = askedOf(call, { model, request });
  const answer = { id: `chatcmpl-${exchange.id.slice(4)}`, model, now: clock.now(), parallelCalls, includeUsage };
  return answerWith(gateway, call, {
    asked,
    dialect: 'openai',
    stream,
    includeUsage,
    parallelCalls,
    end: DONE,
    reply: (completion) => chatReply(completion, answer),
    frames: () => new ChatFrames(answer),
  });
};

const DONE = 'data: [DONE]\n\n';

export const messages: Handler = ({ gateway }, call) => {
  const { model, request, stream, parallelCalls } = messagesRequestOf(call.body);
  const { exchange } = call;
  const asked = askedOf(call, { model, request });
  const answer = { id: `msg_${exchange.id.slice(4)}`, model, parallelCalls };
  return answerWith(gateway, call, {
    asked,
    dialect: 'anthropic',
    stream,
    parallelCalls,
    reply: (completion) => messagesReply(completion, answer),
    frames: () => new MessagesFrames(answer),
  });
};

interface Answering {
  /** Of the address, whatever headers say. */
  readonly dialect: Dialect;
  readonly asked: CompleteRequest;
  readonly stream: boolean;
  readonly includeUsage?: boolean;
  /** False: what a vendor calls beyond the first tool must be taken out, so its answer is read. */
  readonly parallelCalls: boolean;
  reply(completion: Completion): Readonly<Record<string, unknown>>;
  frames(): Frames;
  /** What ends a stream. */
  readonly end?: string;
}

/** As the vendor wrote it where it speaks the caller's interface, else in our words for it. */
async function answerWith(gateway: Gateway, call: Call, answering: Answering): Promise<void> {
  const options = optionsOf(call);
  const answer = new Answer(call.exchange, answering);
  if (answering.parallelCalls && (await gateway.relay(answering.asked, answer, options))) return;
  const { asked, stream } = answering;
  await answer.translated(stream ? gateway.stream(asked, options) : await gateway.complete(asked, options));
}

/** The caller's side of an answer that may be passed on as it comes. */
class Answer implements WireAnswer {
  readonly dialect: Dialect;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  private readonly events: EventStream | undefined;

  constructor(
    private readonly exchange: Exchange,
    private readonly answering: Answering,
  ) {
    const { dialect, stream, includeUsage = false } = answering;
    this.dialect = dialect;
    this.stream = stream;
    this.includeUsage = includeUsage;
    this.events = stream ? exchange.events() : undefined;
  }

  write(bytes: Buffer): Promise<void> | undefined {
    this.events?.open();
    return this.events?.write(bytes);
  }

  end(bytes: Buffer): void {
    const { events } = this;
    if (!events) this.exchange.jsonBytes(bytes);
    else {
      events.open();
      events.end(bytes);
    }
  }

  async translated(answer: Completion | AsyncIterable<Delta>): Promise<void> {
    const { exchange, answering } = this;
    if (!(Symbol.asyncIterator in answer)) exchange.json(200, answering.reply(answer));
    else await streamTo(exchange, answer, { frames: answering.frames(), end: answering.end });
  }
}

interface Frames {
  of(delta: Delta): Iterable<Readonly<Record<string, unknown>>>;
}

export const countTokens: Handler = async ({ gateway }, call) => {
  const { model, request } = messagesRequestOf(call.body, true);
  const { tokens } = await gateway.countTokens(askedOf(call, { model, request }), optionsOf(call));
  call.exchange.json(200, { input_tokens: tokens });
};

export const embeddings: Handler = async ({ gateway }, call) => {
  const request = embeddingsRequestOf(call.body);
  const attribution = attributionOf(call.key, call.exchange.request.headers);
  if (request.dimensions !== undefined) await checkDimensions(gateway, call, request);
  const modelHint = { model: request.model };
  const answer = await gateway.embed({ texts: request.texts, modelHint, attribution }, optionsOf(call));
  call.exchange.json(200, embeddingsReply(answer, request));
};

/** Before anything is paid for. */
async function checkDimensions(gateway: Gateway, call: Call, { model, dimensions }: EmbeddingsRequest): Promise<void> {
  const own = (await modelsFor(gateway, call)).find(isNamed(model))?.dimensions;
  if (own === undefined || own === dimensions) return;
  unsupported('dimensions', `vectors of ${model.slice(0, 100)} have ${own} dimensions, and no other length`);
}

export const models: Handler = async ({ gateway }, call) => {
  const { exchange } = call;
  const found = await modelsFor(gateway, call);
  if (exchange.dialect === 'anthropic') {
    const data = found.map(anthropicModel);
    exchange.json(200, { data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null });
    return;
  }
  exchange.json(200, { object: 'list', data: found.map(openaiModel) });
};

const MODELS = '/v1/models/';

export const oneModel: Handler = async ({ gateway }, call) => {
  const { exchange } = call;
  const name = decoded(exchange.path.slice(MODELS.length));
  const found = (await modelsFor(gateway, call)).find(isNamed(name));
  if (!found) {
    const shown = JSON.stringify(name.slice(0, 100));
    throw modelError('KAZE_MODEL_UNKNOWN', `there is no model ${shown} for this key`, { fields: { param: 'model' } });
  }
  exchange.json(200, exchange.dialect === 'anthropic' ? anthropicModel(found) : openaiModel(found));
};

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

type Named = Pick<ModelInfo, 'provider' | 'name'>;

const isNamed = (text: string) => (model: Named) => text === model.name || text === idOf(model);

const idOf = ({ provider, name }: Named) => `${provider}/${name}`;

/** Those that the key may use. */
function modelsFor(gateway: Gateway, { exchange, key }: Call): Promise<readonly ModelInfo[]> {
  const { tenant, agent } = attributionOf(key, exchange.request.headers);
  return gateway.models({ tenant, agent, allowedModels: allowedBy(key) });
}

/** When a model was made is not known of all; clients only sort by it. */
const openaiModel = ({ provider, name }: Named) => ({
  id: `${provider}/${name}`,
  object: 'model',
  created: 0,
  owned_by: provider,
});

const anthropicModel = ({ provider, name }: Named) => ({
  type: 'model',
  id: `${provider}/${name}`,
  display_name: `${name} (${provider})`,
  created_at: '1970-01-01T00:00:00Z',
});

const LEVELS = ['fast', 'balanced', 'best'] as const;

function askedOf(
  { exchange, key }: Call,
  { model, request }: { model: string; request: Omit<CompleteRequest, 'attribution' | 'modelHint'> },
): WrittenOut<CompleteRequest> {
  const { headers } = exchange.request;
  const taskType = taskTypeOf(headers);
  const named = attributionOf(key, headers);
  // A call of a kind of work that is no part of a larger task is one by itself, which can be judged by its request's id.
  const attribution = taskType !== null && named.task === null ? { ...named, task: exchange.id } : named;
  const timeoutMs = timeoutOf(headers);
  const limits = timeoutMs === undefined ? request.limits : { ...request.limits, timeoutMs };
  const modelHint: ModelHint = LEVELS.find((level) => level === model) ?? { model };
  // Field by field: each call would else leave a hidden class of its own, and every look at a field of it a search.
  return {
    messages: request.messages,
    tools: request.tools,
    toolChoice: request.toolChoice,
    responseSchema: request.responseSchema,
    modelHint,
    reasoning: request.reasoning,
    limits,
    attribution,
    taskType,
    taskCap: request.taskCap,
    cache: request.cache,
  };
}

function optionsOf({ exchange, key, onAdmitted }: Call): CallOptions {
  return { signal: exchange.signal, virtualKeyId: key.id, onAdmitted, allowedModels: allowedBy(key) };
}

const allowedBy = ({ models }: VirtualKey) => (models.length === 0 ? undefined : models);

/** Nothing is sent before the first delta, so that what fails before it still has a status of its own. */
async function streamTo(
  exchange: Exchange,
  deltas: AsyncIterable<Delta>,
  shape: { readonly frames: Frames; readonly end?: string },
): Promise<void> {
  const events = exchange.events();
  for await (const delta of deltas) {
    events.open();
    await events.send(shape.frames.of(delta));
  }
  if (shape.end) await events.write(shape.end);
  events.end();
}
