/** What the model server of the bench says, as bytes made once. */
const TEXT = 'The invoice of 14 May was paid in full on 2 June, so nothing is owed and no reminder is due for it. ';
const WORDS = TEXT.split(/(?<= )/);
const OPENAI = { id: 'chatcmpl-bench', created: 1_760_000_000, model: 'gpt-5.4-mini', system_fingerprint: 'fp_bench' };
const OPENAI_USAGE = {
  ...{ prompt_tokens: 40, completion_tokens: 24, total_tokens: 64 },
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
};

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));
const event = (value: unknown) => Buffer.from(`data: ${JSON.stringify(value)}\n\n`);
const named = (value: { readonly type: string }) =>
  Buffer.from(`event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`);
const chunk = (delta: object, reason: string | null = null) =>
  event({
    ...{ ...OPENAI, object: 'chat.completion.chunk', usage: null },
    choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }],
  });

export const MODELS = bytes({ object: 'list', data: [] });

export const OPENAI_WHOLE = bytes({
  ...{ ...OPENAI, object: 'chat.completion', usage: OPENAI_USAGE },
  choices: [
    { index: 0, message: { role: 'assistant', content: TEXT, refusal: null }, logprobs: null, finish_reason: 'stop' },
  ],
});

export const OPENAI_EVENTS: readonly Buffer[] = [
  Buffer.concat([chunk({ role: 'assistant', content: '', refusal: null }), chunk({ content: WORDS[0] })]),
  ...WORDS.slice(1).map((content) => chunk({ content })),
  chunk({}, 'stop'),
  event({ ...OPENAI, object: 'chat.completion.chunk', choices: [], usage: OPENAI_USAGE }),
  Buffer.from('data: [DONE]\n\n'),
];

const ANTHROPIC = {
  ...{ id: 'msg_bench', type: 'message', role: 'assistant', model: 'claude-haiku-4-5' },
};
const ANTHROPIC_USAGE = {
  ...{ input_tokens: 40, output_tokens: 24, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 },
};

export const ANTHROPIC_WHOLE = bytes({
  ...ANTHROPIC,
  content: [{ type: 'text', text: TEXT }],
  ...{ stop_reason: 'end_turn', stop_sequence: null, usage: ANTHROPIC_USAGE },
});

const word = (text: string) =>
  named({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } } as { type: string });

export const ANTHROPIC_EVENTS: readonly Buffer[] = [
  Buffer.concat([
    named({
      type: 'message_start',
      message: {
        ...ANTHROPIC,
        ...{ content: [], stop_reason: null, stop_sequence: null, usage: { ...ANTHROPIC_USAGE, output_tokens: 1 } },
      },
    } as { type: string }),
    named({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } } as { type: string }),
    word(WORDS[0]!),
  ]),
  ...WORDS.slice(1).map(word),
  named({ type: 'content_block_stop', index: 0 } as { type: string }),
  named({
    type: 'message_delta',
    ...{ delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: ANTHROPIC_USAGE },
  } as { type: string }),
  named({ type: 'message_stop' }),
];
