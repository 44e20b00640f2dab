import type {
  CallLimits,
  CompleteRequest,
  ReasoningEffort,
  ResponseSchema,
  Tool,
  ToolChoice,
} from '../../domain/request.ts';
import { cacheOf } from '../cache-control.ts';
import {
  badField,
  booleanAt,
  type Fields,
  given,
  integerAt,
  jsonObjectAt,
  listAt,
  nameAt,
  numberAt,
  objectAt,
  onlyKnown,
  stopsAt,
  textAt,
  unsupported,
  wholeAt,
} from '../fields.ts';
import { messagesOf } from './messages.ts';

/** A chat request in our words, and how its caller wants the answer. */
export interface ChatRequest {
  readonly model: string;
  readonly request: Omit<CompleteRequest, 'attribution' | 'modelHint'>;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  /** False where at most one tool may be called. */
  readonly parallelCalls: boolean;
}

/** Read here. */
const READ = [
  ...['model', 'messages', 'tools', 'tool_choice', 'parallel_tool_calls', 'response_format', 'reasoning_effort'],
  ...['max_tokens', 'max_completion_tokens', 'stream', 'stream_options'],
  ...['temperature', 'top_p', 'frequency_penalty', 'presence_penalty', 'seed', 'stop'],
];
/** Change nothing about the answer, or are hints that OpenAI itself does not promise to follow. */
const IGNORED = [
  ...['user', 'metadata', 'store', 'service_tier', 'prompt_cache_key', 'prompt_cache_retention'],
  ...['safety_identifier', 'verbosity'],
];
/** Taken with the value that changes nothing; with any other they would, and not every provider can. */
const NEUTRAL: ReadonlyMap<string, (value: unknown) => boolean> = new Map<string, (value: unknown) => boolean>([
  ['n', (value) => value === 1],
  ['logprobs', (value) => value === false],
  ['top_logprobs', (value) => value === 0],
  ['logit_bias', (value) => typeof value === 'object' && Object.keys(value ?? {}).length === 0],
  ['modalities', (value) => Array.isArray(value) && value.length === 1 && value[0] === 'text'],
  ['audio', () => false],
  ['prediction', () => false],
  ['web_search_options', () => false],
  ['functions', () => false],
  ['function_call', () => false],
]);
const KNOWN: ReadonlySet<string> = new Set([...READ, ...IGNORED, ...NEUTRAL.keys()]);

/** Errors: KAZE_GATEWAY_FIELD, KAZE_GATEWAY_UNSUPPORTED, each with the field in `param`. */
export function chatRequestOf(body: Fields): ChatRequest {
  onlyKnown(body, KNOWN, 'OpenAI');
  for (const name of Object.keys(body)) {
    const isNeutral = NEUTRAL.get(name);
    if (!isNeutral || body[name] === null || isNeutral(body[name])) continue;
    unsupported(name, 'the gateway cannot carry this to every provider; leave it out');
  }
  const maxOutputTokens =
    given(body.max_completion_tokens, 'max_completion_tokens', wholeAt) ??
    given(body.max_tokens, 'max_tokens', wholeAt);
  const tools = given(body.tools, 'tools', toolsAt);
  const toolChoice = given(body.tool_choice, 'tool_choice', toolChoiceAt);
  const responseSchema = given(body.response_format, 'response_format', schemaAt);
  const reasoning = given(body.reasoning_effort, 'reasoning_effort', effortAt);
  const streamOptions = given(body.stream_options, 'stream_options', objectAt);
  const stream = given(body.stream, 'stream', booleanAt) ?? false;
  if (streamOptions && !stream) badField('stream_options', 'may only be set when stream is true');
  const model = nameAt(body.model, 'model');
  return {
    model,
    request: {
      messages: messagesOf(body.messages),
      tools: tools && tools.length > 0 ? tools : undefined,
      toolChoice,
      responseSchema,
      reasoning,
      limits: limitsAt(body, maxOutputTokens),
    },
    stream,
    includeUsage: given(streamOptions?.include_usage, 'stream_options.include_usage', booleanAt) ?? false,
    parallelCalls: given(body.parallel_tool_calls, 'parallel_tool_calls', booleanAt) ?? true,
  };
}

const temperatureAt = numberAt(0, 2);
const shareAt = numberAt(0, 1);
const penaltyAt = numberAt(-2, 2);

/** One shape for all calls, whatever they leave out. */
function limitsAt(body: Fields, maxOutputTokens: number | undefined): CallLimits {
  const stop = given(body.stop, 'stop', stopsAt);
  return {
    maxOutputTokens,
    temperature: given(body.temperature, 'temperature', temperatureAt),
    topP: given(body.top_p, 'top_p', shareAt),
    // Those that say nothing ask for nothing.
    frequencyPenalty: given(body.frequency_penalty, 'frequency_penalty', penaltyAt) || undefined,
    presencePenalty: given(body.presence_penalty, 'presence_penalty', penaltyAt) || undefined,
    seed: given(body.seed, 'seed', integerAt),
    stop: stop && stop.length > 0 ? stop : undefined,
  };
}

function toolsAt(value: unknown, param: string): Tool[] {
  return listAt(value, param).map((one, index) => {
    const at = `${param}[${index}]`;
    const tool = objectAt(one, at);
    if (tool.type !== 'function') unsupported(`${at}.type`, 'only tools of the type function are taken');
    const { name, description, parameters } = objectAt(tool.function, `${at}.function`);
    const kept = cacheOf(tool, at);
    return {
      name: nameAt(name, `${at}.function.name`),
      description: given(description, `${at}.function.description`, textAt) ?? '',
      parameters: given(parameters, `${at}.function.parameters`, jsonObjectAt) ?? { type: 'object', properties: {} },
      ...kept,
    };
  });
}

function toolChoiceAt(value: unknown, param: string): ToolChoice {
  if (value === 'auto' || value === 'none' || value === 'required') return value;
  if (typeof value === 'string') badField(param, 'must be auto, none, required or a tool');
  const choice = objectAt(value, param);
  if (choice.type !== 'function') unsupported(`${param}.type`, 'only the type function is taken');
  return { tool: nameAt(objectAt(choice.function, `${param}.function`).name, `${param}.function.name`) };
}

function schemaAt(value: unknown, param: string): ResponseSchema | undefined {
  const format = objectAt(value, param);
  switch (format.type) {
    case 'text':
      return undefined;
    case 'json_object':
      return { name: 'object', schema: { type: 'object' } };
    case 'json_schema': {
      const { name, schema } = objectAt(format.json_schema, `${param}.json_schema`);
      return {
        name: nameAt(name, `${param}.json_schema.name`),
        schema: jsonObjectAt(schema, `${param}.json_schema.schema`),
      };
    }
    default:
      return badField(`${param}.type`, 'must be text, json_object or json_schema');
  }
}

const EFFORTS: Readonly<Record<string, ReasoningEffort>> = {
  none: 'none',
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'high',
};

function effortAt(value: unknown, param: string): ReasoningEffort {
  const text = textAt(value, param);
  return Object.hasOwn(EFFORTS, text)
    ? EFFORTS[text]!
    : badField(param, `must be one of ${Object.keys(EFFORTS).join(', ')}`);
}
