import { partsOf } from '../domain/messages.ts';
import { fullName, type ModelInfo } from '../domain/model.ts';
import type { CompleteRequest } from '../domain/request.ts';
import type { CallMetadata, Completion, Delta, Usage } from '../domain/response.ts';
import { modelError } from '../errors.ts';
import type { ModelProvider, ProviderCall, ProviderCompletion } from '../ports/provider.ts';
import type { Attempt } from './admission/attempt.ts';
import type { AdmissionCall } from './admission/call.ts';

/** Throws KAZE_MODEL_INPUT_TOO_LONG before anything is sent. */
export async function withinInput(
  provider: ModelProvider,
  asked: ProviderCall,
  call: AdmissionCall,
  attempt: Attempt,
): Promise<void> {
  const max = Math.min(asked.limits?.maxInputTokens ?? Number.POSITIVE_INFINITY, asked.model.contextTokens);
  // A vendor's count is a request of its own: only asked for where the bound by bytes does not settle it.
  if (call.inputTokenBound <= max) return;
  const { tokens } = await attempt.race(provider.countTokens(asked, attempt.signal));
  if (tokens <= max) return;
  throw modelError('KAZE_MODEL_INPUT_TOO_LONG', `the input counts ${tokens} tokens, at most ${max} are allowed`, {
    fields: { tokens, max, model: fullName(asked.model) },
  });
}

/** What of a stream counts as output, each part of it once. */
export class SpokenText {
  private readonly inPieces = new Set<string>();

  of(delta: Exclude<Delta, { type: 'finish' }>): string {
    switch (delta.type) {
      case 'tool-call-start':
        this.inPieces.add(delta.id);
        return delta.name;
      case 'tool-call-json':
        return delta.json;
      case 'tool-call': {
        const { id, name, arguments: args } = delta.call;
        return this.inPieces.has(id) ? '' : name + JSON.stringify(args);
      }
      case 'citation':
        return '';
      default:
        return delta.text;
    }
  }
}

/** Anthropic charges more for what it is asked to keep; nothing is kept unasked at a price. */
export function asksForCaching({ messages, tools = [] }: CompleteRequest): boolean {
  if (tools.some(({ cacheControl }) => cacheControl)) return true;
  return messages.some(
    ({ content }) => typeof content !== 'string' && content.some((part) => 'cacheControl' in part && part.cacheControl),
  );
}

export function completionOf(
  answer: ProviderCompletion,
  {
    model,
    ...told
  }: Pick<CallMetadata, 'id' | 'latencyMs' | 'firstTokenMs' | 'attempts' | 'cached'> & { model: ModelInfo },
): Completion {
  const { confidence, ...rest } = answer;
  const metadata: CallMetadata = {
    ...{ provider: model.provider, model: model.name, offline: model.offline },
    ...told,
    confidence,
  };
  return { ...rest, metadata };
}

/** Sums of several calls, for callers that report one. */
export function addUsage(...usages: readonly Usage[]): Usage {
  const sum = (of: (usage: Usage) => number | undefined) =>
    usages.reduce((total, usage) => total + (of(usage) ?? 0), 0);
  const cacheWriteHourTokens = sum((usage) => usage.cacheWriteHourTokens);
  return {
    inputTokens: sum((usage) => usage.inputTokens),
    outputTokens: sum((usage) => usage.outputTokens),
    cachedTokens: sum((usage) => usage.cachedTokens),
    cacheWriteTokens: sum((usage) => usage.cacheWriteTokens),
    reasoningTokens: sum((usage) => usage.reasoningTokens),
    ...(cacheWriteHourTokens > 0 ? { cacheWriteHourTokens } : {}),
    ...(usages.some(({ estimated }) => estimated) ? { estimated: true } : {}),
  };
}

/** A kept answer as a stream would have given it. */
export function* deltasOf(completion: Completion): Generator<Delta> {
  for (const part of partsOf(completion.message)) {
    if (part.type !== 'reasoning') continue;
    const { text, signature, redacted } = part;
    yield { type: 'reasoning', text, ...(signature ? { signature } : {}), ...(redacted ? { redacted } : {}) };
  }
  if (completion.text !== '') yield { type: 'text', text: completion.text };
  for (const citation of completion.citations) yield { type: 'citation', citation };
  for (const call of completion.toolCalls) yield { type: 'tool-call', call };
  yield { type: 'finish', completion };
}
