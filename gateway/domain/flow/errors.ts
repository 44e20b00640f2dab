import { defineErrors } from '#platform';

export const flowError = defineErrors({
  KAZE_GATEWAY_LIMITED: {
    kind: 'environment',
    status: 429,
    retryable: true,
    when: 'A limit of requests, tokens or calls at once was reached, and no room came up for as long as a call may wait.',
    remedy: 'Try again after the time that the error names (retryAfterMs), or raise the limit in the policy.',
  },
  KAZE_GATEWAY_QUEUE_FULL: {
    kind: 'environment',
    status: 429,
    retryable: true,
    when: 'So many calls wait for room under the limits that no more may join, of this tenant or of all.',
    remedy: 'Send fewer calls at once, or try again after the time that the error names (retryAfterMs).',
  },
  KAZE_GATEWAY_MODEL_FORBIDDEN: {
    kind: 'caller',
    status: 403,
    when: 'The policy does not let this tenant, agent or virtual key use the model, or keeps its data out of the region.',
    remedy: 'Use one of the models that are allowed, or have the policy changed.',
  },
  KAZE_GATEWAY_CIRCUIT_OPEN: {
    kind: 'environment',
    status: 503,
    retryable: true,
    when: 'The model failed so often in a short time that it is left alone for a while.',
    remedy: 'Try again after the time that the error names (retryAfterMs), or use another model.',
  },
  KAZE_GATEWAY_HEDGE_LOST: {
    kind: 'environment',
    status: 503,
    retryable: true,
    when: 'An attempt was given up because another one of the same call, sent beside it, answered first.',
    remedy: 'Nothing to do: the call was answered. It stands in usage rows and in the answer’s attempts only.',
  },
  KAZE_GATEWAY_POLICY_INVALID: {
    kind: 'caller',
    status: 400,
    when: 'The policy of the gateway has unknown fields or wrong values; the message lists them.',
    remedy: 'Mend each place named.',
  },
  KAZE_GATEWAY_INPUT_TOO_LARGE: {
    kind: 'caller',
    status: 413,
    when: 'A request holds more bytes than the policy lets through to any model.',
    remedy: 'Send less, or raise guard.maxInputBytes in the policy.',
  },
  KAZE_GATEWAY_GUARDRAIL_REFUSED: {
    kind: 'caller',
    status: 422,
    when: 'A guardrail of this installation refuses a request or its answer; the message says which one, and why.',
    remedy: 'Change what the reason names.',
  },
  KAZE_GATEWAY_GUARDRAIL_FAILED: {
    kind: 'environment',
    status: 503,
    when: 'A guardrail of this installation threw or took too long, so that the call was stopped.',
    remedy: 'Mend the guardrail that the message names.',
  },
  KAZE_GATEWAY_LIMITS_UNAVAILABLE: {
    kind: 'environment',
    status: 503,
    retryable: true,
    when: 'The store of the limits did not answer, so that nobody can say whether a call is within them.',
    remedy: 'Look after the store (Redis); calls work again once it does.',
  },
});
