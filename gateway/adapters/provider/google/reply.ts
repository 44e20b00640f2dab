import { randomUUID } from 'node:crypto';
import type { GenerateContentResponse, Part } from '@google/genai';
import type { ModelErrorCode } from '../../../errors.ts';
import type { ReplyEvent } from '../translation/reply.ts';
import { STOP_FAILURES, STOP_REASONS, usageOf } from './tables.ts';

/** Reads the answer in pieces or as one. `fail` makes the error for a reason to stop that is none. */
export class GoogleReply {
  private calls = 0;

  constructor(private readonly fail: (code: ModelErrorCode, reason: string) => Error) {}

  *events(response: GenerateContentResponse): Generator<ReplyEvent> {
    if (response.usageMetadata) yield { type: 'usage', usage: usageOf(response.usageMetadata) };
    const blocked = response.promptFeedback?.blockReason;
    if (blocked) throw this.fail('KAZE_MODEL_CONTENT_FILTERED', blocked);
    const [candidate] = response.candidates ?? [];
    for (const part of candidate?.content?.parts ?? []) yield* this.part(part);
    const reason = candidate?.finishReason;
    if (!reason) return;
    const failure = STOP_FAILURES[reason];
    if (failure) throw this.fail(failure, reason);
    // Google says STOP also when it waits for results.
    const stop = STOP_REASONS[reason] ?? 'end';
    yield { type: 'stop', reason: stop === 'end' && this.calls > 0 ? 'tool-calls' : stop };
  }

  private *part(part: Part): Generator<ReplyEvent> {
    const { text, thought, thoughtSignature: signature, functionCall } = part;
    if (functionCall) {
      const key = this.calls;
      this.calls += 1;
      // Older models give their calls no id.
      yield { type: 'tool-start', key, id: functionCall.id ?? `call_${randomUUID()}`, name: functionCall.name ?? '' };
      yield { type: 'tool-value', key, value: functionCall.args ?? {}, ...(signature ? { signature } : {}) };
      yield { type: 'tool-end', key };
    } else if (text !== undefined) {
      yield { type: thought ? 'reasoning' : 'text', text, ...(signature ? { signature } : {}) };
    }
  }
}
