import { type CacheControl, type Message, type Part, partsOf, type TextPart } from '../../domain/messages.ts';
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
import { turnsOf } from './blocks.ts';

export interface MessagesRequest {
  readonly model: string;
  readonly request: Omit<CompleteRequest, 'attribution' | 'modelHint'>;
  readonly stream: boolean;
  /** False where at most one tool may be called. */
  readonly parallelCalls: boolean;
}

const READ = [
  ...['model', 'messages', 'max_tokens', 'system', 'temperature', 'stream', 'tools', 'tool_choice', 'thinking'],
  ...['output_config', 'output_format', 'stop_sequences', 'top_p', 'top_k', 'cache_control'],
];
const IGNORED = ['metadata', 'service_tier', 'inference_geo'];
const REFUSED = ['container', 'mcp_servers', 'context_management'];
const KNOWN: ReadonlySet<string> = new Set([...READ, ...IGNORED, ...REFUSED]);

/**
 * @param counting a request to count: it has no max_tokens, and is not answered
 * Errors: KAZE_GATEWAY_FIELD, KAZE_GATEWAY_UNSUPPORTED.
 */
export function messagesRequestOf(body: Fields, counting = false): MessagesRequest {
  onlyKnown(body, KNOWN, 'Anthropic');
  for (const name of REFUSED) {
    const value = body[name];
    if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) continue;
    unsupported(name, 'the gateway cannot carry this to every provider; leave it out');
  }
  const maxOutputTokens = counting ? undefined : wholeAt(body.max_tokens, 'max_tokens');
  const tools = given(body.tools, 'tools', toolsAt);
  const choice = given(body.tool_choice, 'tool_choice', choiceAt);
  const output = given(body.output_config, 'output_config', objectAt);
  const responseSchema =
    given(output?.format, 'output_config.format', schemaAt) ?? given(body.output_format, 'output_format', schemaAt);
  const reasoning = reasoningOf(body, output);
  return {
    model: nameAt(body.model, 'model'),
    request: {
      messages: marked([...systemOf(body.system), ...turnsOf(body.messages)], cacheOf(body, 'body').cacheControl),
      tools: tools && tools.length > 0 ? tools : undefined,
      toolChoice: choice?.toolChoice,
      responseSchema,
      reasoning,
      limits: limitsAt(body, maxOutputTokens),
    },
    stream: given(body.stream, 'stream', booleanAt) ?? false,
    parallelCalls: choice?.parallelCalls ?? true,
  };
}

const shareAt = numberAt(0, 1);

/** One shape for all calls, whatever they leave out. */
function limitsAt(body: Fields, maxOutputTokens: number | undefined): CallLimits {
  const stop = given(body.stop_sequences, 'stop_sequences', stopsAt);
  return {
    maxOutputTokens,
    temperature: given(body.temperature, 'temperature', shareAt),
    topP: given(body.top_p, 'top_p', shareAt),
    topK: given(body.top_k, 'top_k', wholeAt),
    stop: stop && stop.length > 0 ? stop : undefined,
  };
}

/** A mark on the whole request stands for one on the last part that can have it. */
function marked(messages: Message[], cacheControl: CacheControl | undefined): Message[] {
  const last = messages.at(-1);
  if (!cacheControl || !last) return messages;
  const parts = [...partsOf(last)];
  const at = parts.findLastIndex((part) => part.type !== 'reasoning');
  if (at < 0) return messages;
  parts[at] = { ...parts[at]!, cacheControl } as Part;
  return [...messages.slice(0, -1), { ...last, content: parts } as Message];
}

function systemOf(value: unknown): Message[] {
  if (value === undefined || value === null || value === '') return [];
  if (typeof value === 'string') return [{ role: 'system', content: value }];
  const content = listAt(value, 'system').map((one, index): TextPart => {
    const at = `system[${index}]`;
    const block = objectAt(one, at);
    if (block.type !== 'text') badField(`${at}.type`, 'must be text');
    return { type: 'text', text: textAt(block.text, `${at}.text`), ...cacheOf(block, at) };
  });
  return content.length > 0 ? [{ role: 'system', content }] : [];
}

function toolsAt(value: unknown, param: string): Tool[] {
  return listAt(value, param).map((one, index) => {
    const at = `${param}[${index}]`;
    const tool = objectAt(one, at);
    const { type, name, description, input_schema: schema } = tool;
    if (type !== undefined && type !== null && type !== 'custom') {
      unsupported(`${at}.type`, 'tools that run at the provider are not taken; describe your own with input_schema');
    }
    return {
      name: nameAt(name, `${at}.name`),
      description: given(description, `${at}.description`, textAt) ?? '',
      parameters: jsonObjectAt(schema, `${at}.input_schema`),
      ...cacheOf(tool, at),
    };
  });
}

function choiceAt(value: unknown, param: string): { toolChoice: ToolChoice; parallelCalls: boolean } {
  const { type, name, disable_parallel_tool_use: disabled } = objectAt(value, param);
  const parallelCalls = !(given(disabled, `${param}.disable_parallel_tool_use`, booleanAt) ?? false);
  switch (type) {
    case 'auto':
    case 'none':
      return { toolChoice: type, parallelCalls };
    case 'any':
      return { toolChoice: 'required', parallelCalls };
    case 'tool':
      return { toolChoice: { tool: nameAt(name, `${param}.name`) }, parallelCalls };
    default:
      return badField(`${param}.type`, 'must be auto, any, tool or none');
  }
}

function schemaAt(value: unknown, param: string): ResponseSchema {
  const { type, schema } = objectAt(value, param);
  if (type !== 'json_schema') badField(`${param}.type`, 'must be json_schema');
  return { name: 'answer', schema: jsonObjectAt(schema, `${param}.schema`) };
}

const EFFORTS: Readonly<Record<string, ReasoningEffort>> = {
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'high',
  max: 'high',
};
/** From these many tokens of thought on: the upper half of what our efforts become at Anthropic. */
const HIGH_TOKENS = 16_000;
const MEDIUM_TOKENS = 4_096;

function reasoningOf(body: Fields, output: Fields | undefined): ReasoningEffort | undefined {
  const effort = given(output?.effort, 'output_config.effort', textAt);
  if (effort !== undefined && !Object.hasOwn(EFFORTS, effort)) {
    badField('output_config.effort', `must be one of ${Object.keys(EFFORTS).join(', ')}`);
  }
  const thinking = given(body.thinking, 'thinking', objectAt);
  const named = effort === undefined ? undefined : EFFORTS[effort];
  switch (thinking?.type) {
    case undefined:
      if (thinking) badField('thinking.type', 'must be enabled, adaptive or disabled');
      return named;
    case 'disabled':
      return 'none';
    case 'adaptive':
      return named ?? 'medium';
    case 'enabled': {
      const tokens = wholeAt(thinking.budget_tokens, 'thinking.budget_tokens');
      return named ?? (tokens >= HIGH_TOKENS ? 'high' : tokens >= MEDIUM_TOKENS ? 'medium' : 'low');
    }
    default:
      return badField('thinking.type', 'must be enabled, adaptive or disabled');
  }
}
