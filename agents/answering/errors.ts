import { defineErrors } from '#platform';

export const answerError = defineErrors({
  KAZE_ASK_EMPTY: {
    kind: 'caller',
    status: 400,
    when: 'A question without a word was asked.',
    remedy: 'Ask something.',
  },
  KAZE_ASK_CLIENT_UNKNOWN: {
    kind: 'caller',
    status: 404,
    when: 'A question names a client that is not there, or that the asker may not see.',
    remedy: 'Use one of the names that the message tells, or ask without a client.',
  },
  KAZE_ASK_TOO_LONG: {
    kind: 'caller',
    status: 400,
    when: 'A question is longer than what can be searched for.',
    remedy: 'Ask a shorter question; hand in long texts as sources with `kaze ingest`.',
  },
});
