import { describe, expect, it } from 'vitest';
import type { AssistantMessage, ModelInfo, ProviderCall } from '#gateway';
import { eventsOfMessage, eventsOfStream } from '../../../../gateway/adapters/provider/anthropic/reply.ts';
import { requestOf as anthropicRequest } from '../../../../gateway/adapters/provider/anthropic/request.ts';
import * as anthropic from '../../../../gateway/adapters/provider/anthropic/tables.ts';
import { GoogleReply } from '../../../../gateway/adapters/provider/google/reply.ts';
import * as google from '../../../../gateway/adapters/provider/google/tables.ts';
import { eventsOfChunks, eventsOfCompletion } from '../../../../gateway/adapters/provider/openai/reply.ts';
import * as openai from '../../../../gateway/adapters/provider/openai/tables.ts';
import { Reply, type ReplyEvent } from '../../../../gateway/adapters/provider/translation/reply.ts';
import { ANTHROPIC_MODELS } from '../../../../gateway/models/anthropic.ts';

const model: ModelInfo = ANTHROPIC_MODELS[0]!;
const attribution = { tenant: 'acme', agent: 'seo', task: null, skillVersion: null, channel: null };
const CALL: ProviderCall = {
  ...{ messages: [{ role: 'user', content: 'hello' }], attribution, model, maxOutputTokens: 100, credential: null },
};

/** What comes of a vendor's words, read by its adapter. */
async function answerOf(events: Iterable<ReplyEvent> | AsyncIterable<ReplyEvent>) {
  const reply = new Reply(CALL);
  for await (const event of events) reply.apply(event);
  return reply.finish().completion;
}

async function* inTurn(...events: readonly object[]) {
  yield* events;
}

const WIRES = {
  anthropic: {
    whole: (reason: string, content: object[] = [{ type: 'text', text: 'so far' }]) =>
      eventsOfMessage({ content, stop_reason: reason, usage: { output_tokens: 3 } } as never),
    streamed: (reason: string, blocks: object[] = [{ type: 'text', text: 'so far' }]) =>
      eventsOfStream(
        inTurn(
          ...blocks.flatMap((content_block, index) => [
            { type: 'content_block_start', index, content_block },
            { type: 'content_block_stop', index },
          ]),
          { type: 'message_delta', delta: { stop_reason: reason, stop_sequence: null }, usage: { output_tokens: 3 } },
          { type: 'message_stop' },
        ) as never,
      ),
  },
  openai: {
    whole: (reason: string, message: object = { content: 'so far' }) =>
      eventsOfCompletion({ choices: [{ message, finish_reason: reason }] } as never),
    streamed: (reason: string, ...deltas: object[]) =>
      eventsOfChunks(
        inTurn(
          ...(deltas.length > 0 ? deltas : [{ content: 'so ' }, { content: 'far' }]).map((delta) => ({
            choices: [{ delta }],
          })),
          { choices: [{ delta: {}, finish_reason: reason }] },
        ) as never,
      ),
  },
};

describe('the tables of reasons to stop', () => {
  const lines = (['anthropic', 'openai'] as const).flatMap((vendor) =>
    Object.entries({ anthropic, openai }[vendor].STOP_REASONS).map(([reason, ours]) => [vendor, reason, ours] as const),
  );

  it.each(lines)('of %s mean by %s that an answer ended by %s, whole and streamed', async (vendor, reason, ours) => {
    for (const events of [WIRES[vendor].whole(reason), WIRES[vendor].streamed(reason)]) {
      expect(await answerOf(events)).toMatchObject({ text: 'so far', stopReason: ours });
    }
  });

  const answers = (reason: string) =>
    new GoogleReply((code, said) => new Error(`${code} ${said}`)).events({
      candidates: [{ content: { parts: [{ text: 'so far' }] }, finishReason: reason }],
    } as never);

  it.each(Object.entries(google.STOP_REASONS))(
    'of google mean by %s that an answer ended by %s',
    async (reason, ours) => {
      expect(await answerOf(answers(reason))).toMatchObject({ text: 'so far', stopReason: ours });
    },
  );

  it.each(Object.entries(google.STOP_FAILURES))(
    'of google mean by %s that there is no answer: %s',
    async (reason, code) => {
      await expect(answerOf(answers(reason))).rejects.toThrow(`${code} ${reason}`);
    },
  );
});

describe('what models say beside their answers', () => {
  it('is a refusal of OpenAI’s that reads as one, also where it says that it simply stopped', async () => {
    const refusal = 'I cannot help with that.';
    for (const events of [
      WIRES.openai.whole('stop', { content: null, refusal }),
      WIRES.openai.streamed('stop', { refusal: 'I cannot ' }, { refusal: 'help with that.' }),
    ]) {
      expect(await answerOf(events)).toMatchObject({ text: refusal, stopReason: 'content-filter' });
    }
  });

  it('is a thought of Anthropic’s that it keeps to itself, and gets back as it was', async () => {
    const kept = { type: 'redacted_thinking', data: 'sealed' };
    const blocks = [kept, { type: 'text', text: 'done' }];
    for (const events of [WIRES.anthropic.whole('end_turn', blocks), WIRES.anthropic.streamed('end_turn', blocks)]) {
      const { message, text } = await answerOf(events);
      expect(text).toBe('done');
      expect(message.content[0]).toMatchObject({ type: 'reasoning', text: '', redacted: true });
      const again: AssistantMessage = message;
      const { messages } = anthropicRequest({ ...CALL, messages: [...CALL.messages, again] });
      expect(messages[1]).toEqual({ role: 'assistant', content: blocks });
    }
  });
});
