import { createHash } from 'node:crypto';
import type { GatewayPolicy } from '../../domain/flow/policy.ts';
import type { ModelInfo } from '../../domain/model.ts';
import type { CompleteRequest } from '../../domain/request.ts';
import type { ProviderCompletion } from '../../ports/provider.ts';

export interface KeptAnswer {
  readonly model: ModelInfo;
  readonly completion: ProviderCompletion;
}

interface Entry {
  readonly answer: KeptAnswer;
  readonly bytes: number;
  readonly untilMs: number;
}

/** What an entry takes beside its text. */
const ENTRY_BYTES = 512;

/** Answers to exactly the same request of the same tenant; the least lately used go when there are too many bytes. */
export class ResponseCache {
  private readonly entries = new Map<string, Entry>();
  private held = 0;

  constructor(private readonly options: NonNullable<GatewayPolicy['cache']>) {}

  get bytes(): number {
    return this.held;
  }

  get(key: string, nowMs: number): KeptAnswer | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    this.entries.delete(key);
    if (entry.untilMs <= nowMs) {
      this.held -= entry.bytes;
      return undefined;
    }
    this.entries.set(key, entry);
    return entry.answer;
  }

  put(key: string, answer: KeptAnswer, nowMs: number): void {
    const { maxBytes, ttlMs } = this.options;
    // Strings take up to two bytes a character in memory.
    const bytes = ENTRY_BYTES + 2 * JSON.stringify(answer.completion).length;
    if (bytes > maxBytes) return;
    this.held += bytes - (this.entries.get(key)?.bytes ?? 0);
    this.entries.delete(key);
    this.entries.set(key, { answer, bytes, untilMs: nowMs + ttlMs });
    for (const [oldest, entry] of this.entries) {
      if (this.held <= maxBytes) return;
      this.entries.delete(oldest);
      this.held -= entry.bytes;
    }
  }
}

/** Only whole answers are kept: none that was cut, withheld, or says that it knows none. */
export function keepable({ stopReason }: ProviderCompletion): boolean {
  return stopReason === 'end' || stopReason === 'tool-calls';
}

/**
 * The name under which an answer is kept; undefined for a request whose answer must not be: no temperature of 0 and not
 * asked for, or tools that change something. Who asks within the tenant and for which task makes no difference.
 */
export function cacheKey(request: CompleteRequest, models: readonly ModelInfo[]): string | undefined {
  const { messages, tools = [], toolChoice, responseSchema, reasoning, limits = {}, attribution, cache } = request;
  if (cache === false || !(cache || limits.temperature === 0)) return undefined;
  if (toolChoice !== 'none' && tools.some(({ sideEffects }) => sideEffects !== false)) return undefined;
  // How long it may take changes nothing about an answer.
  const { timeoutMs: _, maxInputTokens: __, ...shaping } = limits;
  const asked = {
    ...{ tenant: attribution.tenant, models: models.map(({ provider, name }) => `${provider}/${name}`) },
    ...{ messages, tools, toolChoice, responseSchema, reasoning, limits: shaping },
  };
  return createHash('sha256').update(canonical(asked)).digest('base64');
}

/** JSON with the fields of every object in order, so that equal requests are equal text. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  });
}
