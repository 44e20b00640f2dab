import { defineErrors } from '#platform';

export const modelError = defineErrors({
  KAZE_MODEL_BAD_REQUEST: {
    kind: 'caller',
    status: 400,
    when: 'A request to a model is not well formed: no message, a tool or schema that is none, a wrong limit.',
    remedy: 'Mend what the message names.',
  },
  KAZE_MODEL_UNKNOWN: {
    kind: 'caller',
    status: 404,
    when: 'A model was named that no configured provider has.',
    remedy: 'Use one of `models`; the message names the nearest.',
  },
  KAZE_MODEL_NONE_SUITABLE: {
    kind: 'caller',
    status: 422,
    when: 'No configured model can do what the request needs: tools, images, JSON, embeddings or so much context.',
    remedy: 'Configure a provider that has such a model, or ask for less.',
  },
  KAZE_MODEL_INPUT_TOO_LONG: {
    kind: 'caller',
    status: 413,
    when: 'The input is longer than the model or the limit of the call allows.',
    remedy: 'Send fewer or shorter messages and passages, or choose a model with more context.',
  },
  KAZE_MODEL_CANNOT_ANSWER: {
    kind: 'caller',
    status: 422,
    when: 'The model could not give a value that fits the schema, or call the tool it had to, from what it was given.',
    remedy: 'Give the missing facts, allow null where a fact may be missing, or use a hosted model.',
  },
  KAZE_MODEL_TIMEOUT: {
    kind: 'environment',
    status: 504,
    retryable: true,
    when: 'The call took longer than its limit and was ended.',
    remedy: 'Try again, allow more time, or choose a faster model.',
  },
  KAZE_MODEL_CANCELLED: {
    kind: 'caller',
    status: 499,
    when: 'The caller cancelled the call or stopped reading its stream.',
    remedy: 'Nothing to do; what was used is in the ledger.',
  },
  KAZE_MODEL_PROVIDER_FAILED: {
    kind: 'environment',
    status: 502,
    retryable: true,
    when: 'The provider failed in a way that it did not explain.',
    remedy: 'Try again; `kaze doctor` tells whether the provider can be reached.',
  },
  KAZE_MODEL_LEDGER_UNAVAILABLE: {
    kind: 'environment',
    status: 503,
    retryable: true,
    when: 'The usage of a call could not be recorded, so its answer is not given out.',
    remedy: 'Look after the ledger; calls work again once it does.',
  },
});
