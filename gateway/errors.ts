import { defineErrors, type ErrorTable } from '#platform';

const codes = {
  KAZE_MODEL_BAD_REQUEST: {
    kind: 'caller',
    status: 400,
    when: 'A request to a model is not well formed, by our check or by the provider’s: no message, a schema that is none.',
    remedy: 'Mend what the message names.',
  },
  KAZE_MODEL_UNKNOWN: {
    kind: 'caller',
    status: 404,
    when: 'A model was named that no configured provider has.',
    remedy:
      'Use one of `models`; the message names the nearest. A new one of a vendor is offered once your own file (models.priceFile) gives its price.',
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
    when: 'The call took longer than its limit (timeouts.totalMs, or its own) and was ended.',
    remedy: 'Try again, allow more time, or choose a faster model.',
  },
  KAZE_MODEL_CONNECT_TIMEOUT: {
    kind: 'environment',
    status: 504,
    retryable: true,
    when: 'No connection to the provider came about in time (timeouts.connectMs).',
    remedy: 'Look after the network and the address; try again, or allow more time in the policy.',
  },
  KAZE_MODEL_FIRST_TOKEN_TIMEOUT: {
    kind: 'environment',
    status: 504,
    retryable: true,
    when: 'A stream did not begin in time (timeouts.firstTokenMs).',
    remedy: 'Try again, choose a faster model, or allow more time in the policy.',
  },
  KAZE_MODEL_IDLE_TIMEOUT: {
    kind: 'environment',
    status: 504,
    retryable: true,
    when: 'A stream had begun and then sent nothing more for too long (timeouts.idleMs).',
    remedy: 'Ask again; what had come is kept beside the error. Or allow more time in the policy.',
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
  KAZE_MODEL_RATE_LIMITED: {
    kind: 'environment',
    status: 429,
    retryable: true,
    when: 'The provider takes no more requests or tokens with this key for now; `retryAfterMs` says how long, if it said.',
    remedy: 'Wait as long as it says, use another key or model, or ask the provider for a higher limit.',
  },
  KAZE_MODEL_OVERLOADED: {
    kind: 'environment',
    status: 503,
    retryable: true,
    when: 'The provider is overloaded and takes no requests, whoever sends them.',
    remedy: 'Try again after some seconds, or use another model.',
  },
  KAZE_MODEL_UNREACHABLE: {
    kind: 'environment',
    status: 503,
    retryable: true,
    when: 'The provider could not be reached, or the connection to it broke before an answer began.',
    remedy: 'Look after the network and the address; for a server of your own, see that it runs.',
  },
  KAZE_MODEL_CREDENTIAL_MISSING: {
    kind: 'environment',
    status: 503,
    when: 'A provider was called for which there is no key.',
    remedy: 'Set its key in the environment or the secrets file, as `providers/<name>/studio`.',
  },
  KAZE_MODEL_CREDENTIAL_REFUSED: {
    kind: 'environment',
    status: 502,
    when: 'The provider refused the key: it is wrong, revoked, or may not use this model.',
    remedy: 'Put a valid key in its place; the field `key` names the one that was refused.',
  },
  KAZE_MODEL_ACCOUNT_EXHAUSTED: {
    kind: 'environment',
    status: 502,
    when: 'The account behind the key has no credit left with the provider, or its billing is not in order.',
    remedy: 'Settle it with the provider, or use another key.',
  },
  KAZE_MODEL_CONTENT_FILTERED: {
    kind: 'caller',
    status: 422,
    when: 'The provider refused the request, or withheld the value asked for, by its rules on content.',
    remedy: 'Change what is asked; the same request will be refused again.',
  },
  KAZE_MODEL_STREAM_BROKEN: {
    kind: 'environment',
    status: 502,
    retryable: true,
    when: 'A stream broke off before the provider ended it. What had come is not a whole answer.',
    remedy: 'Ask again; the part that had come is kept beside the error.',
  },
  KAZE_MODEL_BAD_ANSWER: {
    kind: 'environment',
    status: 502,
    retryable: true,
    when: 'The provider answered what its interface does not allow: no JSON, or a tool call whose arguments are none.',
    remedy: 'Ask again, or use another model.',
  },
  KAZE_MODEL_LEDGER_UNAVAILABLE: {
    kind: 'environment',
    status: 503,
    retryable: true,
    when: 'The usage of a call could not be recorded, so its answer is not given out.',
    remedy: 'Look after the ledger; calls work again once it does.',
  },
} as const satisfies ErrorTable;

export type ModelErrorCode = keyof typeof codes;

export const modelError = defineErrors(codes);
