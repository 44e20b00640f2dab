import { modelError } from '../errors.ts';
import type { Attribution, CallLimits, CompleteRequest, EmbedRequest } from './request.ts';

const TOOL_NAME = /^[a-zA-Z0-9_-]{1,64}$/;
export const MAX_MESSAGES = 2_000;
export const MAX_TOOLS = 128;
export const MAX_EMBED_TEXTS = 2_048;
export const MAX_TIMEOUT_MS = 600_000;
export const MAX_STOPS = 16;
export const MAX_STOP_CHARACTERS = 256;

function refuse(message: string, fields: Record<string, string | number> = {}): never {
  throw modelError('KAZE_MODEL_BAD_REQUEST', message, { fields });
}

/** Throws KAZE_MODEL_BAD_REQUEST for what no provider could make sense of. */
export function checkCompleteRequest(request: CompleteRequest): void {
  checkAttribution(request.attribution);
  const { messages } = request;
  if (!Array.isArray(messages) || messages.length === 0) refuse('a request needs at least one message');
  if (messages.length > MAX_MESSAGES) {
    refuse(`a request may hold ${MAX_MESSAGES} messages, not ${messages.length}`, { max: MAX_MESSAGES });
  }
  checkCallsAndResults(request);
  checkTools(request);
  checkLimits(request);
  if (request.responseSchema && typeof request.responseSchema.schema !== 'object') {
    refuse('responseSchema.schema must be a JSON Schema object');
  }
}

/** Every vendor refuses a tool's result that answers no call, some of them with an unreadable message. */
function checkCallsAndResults({ messages }: CompleteRequest): void {
  let called: Set<string> | undefined;
  for (const { content } of messages) {
    if (typeof content === 'string') continue;
    for (const part of content) {
      if (part.type === 'tool-call') {
        called ??= new Set();
        called.add(part.id);
      }
      if (part.type === 'tool-result' && !called?.has(part.callId)) {
        refuse(`a tool result answers the call ${part.callId}, which no message before it holds`, {
          call: part.callId,
        });
      }
    }
  }
}

function checkTools({ tools = [], toolChoice = 'auto' }: CompleteRequest): void {
  if (tools.length > MAX_TOOLS)
    refuse(`a request may offer ${MAX_TOOLS} tools, not ${tools.length}`, { max: MAX_TOOLS });
  if (tools.length === 0 && (toolChoice === 'auto' || toolChoice === 'none')) return;
  const names = new Set<string>();
  for (const { name, parameters } of tools) {
    if (!TOOL_NAME.test(name))
      refuse(`the tool name ${JSON.stringify(name)} must match ${TOOL_NAME.source}`, { tool: name });
    if (names.has(name)) refuse(`two tools have the name ${name}`, { tool: name });
    if (typeof parameters !== 'object' || parameters === null)
      refuse(`the tool ${name} has no schema of its parameters`);
    names.add(name);
  }
  if (typeof toolChoice === 'object' && !names.has(toolChoice.tool)) {
    refuse(`toolChoice names the tool ${toolChoice.tool}, which is not offered`, { tool: toolChoice.tool });
  }
  if (toolChoice === 'required' && names.size === 0) refuse('toolChoice is required, but no tool is offered');
}

function checkLimits({ limits = {} }: CompleteRequest): void {
  const { maxOutputTokens, maxInputTokens, timeoutMs, temperature } = limits;
  whole('limits.maxOutputTokens', maxOutputTokens, Number.MAX_SAFE_INTEGER);
  whole('limits.maxInputTokens', maxInputTokens, Number.MAX_SAFE_INTEGER);
  whole('limits.timeoutMs', timeoutMs, MAX_TIMEOUT_MS);
  if (temperature !== undefined && !(temperature >= 0 && temperature <= 2)) {
    refuse(`limits.temperature must be from 0 to 2, not ${temperature}`);
  }
  checkSampling(limits);
}

function checkSampling({ stop, seed, topK, topP, frequencyPenalty, presencePenalty }: CallLimits): void {
  within('topP', topP, [0, 1]);
  within('frequencyPenalty', frequencyPenalty, PENALTIES);
  within('presencePenalty', presencePenalty, PENALTIES);
  whole('limits.topK', topK, Number.MAX_SAFE_INTEGER);
  if (seed !== undefined && !Number.isSafeInteger(seed)) refuse(`limits.seed must be a whole number, not ${seed}`);
  if (stop === undefined) return;
  if (stop.length > MAX_STOPS) {
    refuse(`limits.stop may hold ${MAX_STOPS} sequences, not ${stop.length}`, { max: MAX_STOPS });
  }
  const odd = stop.findIndex((one) => one.length === 0 || one.length > MAX_STOP_CHARACTERS);
  if (odd >= 0) refuse(`limits.stop[${odd}] must have 1 to ${MAX_STOP_CHARACTERS} characters`);
}

const PENALTIES = [-2, 2] as const;

function within(name: keyof CallLimits, value: number | undefined, [least, most]: readonly [number, number]): void {
  if (value === undefined || (value >= least && value <= most)) return;
  refuse(`limits.${name} must be from ${least} to ${most}, not ${value}`);
}

function whole(name: string, value: number | undefined, max: number): void {
  if (value !== undefined && (!Number.isInteger(value) || value < 1 || value > max)) {
    refuse(`${name} must be a whole number from 1 to ${max}, not ${value}`, { max });
  }
}

function checkAttribution(attribution: Attribution): void {
  if (!attribution?.tenant || !attribution.agent) refuse('attribution needs a tenant and an agent');
  for (const field of ['task', 'skillVersion', 'channel'] as const) {
    if (attribution[field] === undefined) refuse(`attribution.${field} is missing; null means that there is none`);
  }
}

export function checkEmbedRequest(request: EmbedRequest): void {
  checkAttribution(request.attribution);
  if (request.texts.length > MAX_EMBED_TEXTS) {
    refuse(`at most ${MAX_EMBED_TEXTS} texts a call, not ${request.texts.length}`, { max: MAX_EMBED_TEXTS });
  }
}
