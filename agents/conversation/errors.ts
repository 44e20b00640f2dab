import { defineErrors } from '#platform';

export const conversationError = defineErrors({
  KAZE_CONVERSATION_UNKNOWN: {
    kind: 'caller',
    status: 404,
    when: 'No conversation with this id was begun by the caller.',
    remedy: 'Leave the conversation out to begin a new one.',
  },
  KAZE_CONVERSATION_CLOSED: {
    kind: 'caller',
    status: 409,
    when: 'The conversation was closed.',
    remedy: 'Begin a new one.',
  },
  KAZE_CONVERSATION_EMPTY: {
    kind: 'caller',
    status: 400,
    when: 'A message without a word was sent.',
    remedy: 'Say something.',
  },
  KAZE_CONVERSATION_TOO_LONG: {
    kind: 'caller',
    status: 413,
    when: 'A message is longer than a turn of a conversation may be.',
    remedy:
      'Hand in long texts as files: `kaze ingest` for what is to be known, `kaze tasks submit --input NAME=@FILE` for a task.',
  },
  KAZE_CONVERSATION_CLIENT: {
    kind: 'caller',
    status: 400,
    when: 'It is not said for which client a conversation is, or there is no such client within reach.',
    remedy: 'Name one with --client (tenant in the API).',
  },
  KAZE_CONVERSATION_BUSY: {
    kind: 'environment',
    status: 409,
    retryable: true,
    when: 'Other messages of the same thread kept changing what the agent waits for.',
    remedy: 'Look at the thread, then answer again; the message was kept.',
  },
});
