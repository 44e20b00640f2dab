import { defineErrors, type ErrorTable } from '#platform';

const codes = {
  KAZE_GATEWAY_KEY_MISSING: {
    kind: 'caller',
    status: 401,
    when: 'A request to the gateway came without a key.',
    remedy: 'Send `Authorization: Bearer kz-…` or `x-api-key: kz-…`; `kaze gateway keys create` makes one.',
  },
  KAZE_GATEWAY_KEY_REFUSED: {
    kind: 'caller',
    status: 401,
    when: 'The key is unknown, revoked or expired.',
    remedy: 'Use a key that `kaze gateway keys list` shows as valid.',
  },
  KAZE_GATEWAY_KEY_INPUT: {
    kind: 'caller',
    status: 400,
    when: 'A virtual key was to be made with a name, client, agent, model or end that it cannot have.',
    remedy: 'Mend what the message names.',
  },
  KAZE_GATEWAY_KEY_NOT_FOUND: {
    kind: 'caller',
    status: 404,
    when: 'There is no virtual key with this id.',
    remedy: '`kaze gateway keys list` shows the ids.',
  },
  KAZE_GATEWAY_KEYS_UNAVAILABLE: {
    kind: 'environment',
    status: 503,
    retryable: true,
    when: 'The database that holds the virtual keys does not answer, so that no key can be checked.',
    remedy: 'Look after the ledger’s database; calls work again once it answers.',
  },
  KAZE_GATEWAY_KEYS_NEWER: {
    kind: 'environment',
    status: 500,
    when: 'The tables of virtual keys were made by a newer Kaze.',
    remedy: 'Start that version, or a newer one.',
  },
  KAZE_GATEWAY_FORBIDDEN: {
    kind: 'caller',
    status: 403,
    when: 'The key may not use this model, or not speak for this agent.',
    remedy: 'Use what the key is for, or a key that allows it.',
  },
  KAZE_GATEWAY_BODY: {
    kind: 'caller',
    status: 400,
    when: 'The body of a request is empty, broken off, not JSON, or no JSON object.',
    remedy: 'Send one JSON object.',
  },
  KAZE_GATEWAY_BODY_TOO_LARGE: {
    kind: 'caller',
    status: 413,
    when: 'The body of a request is larger than the gateway takes (`gateway.bodyMaxBytes`).',
    remedy: 'Send less, images by their address for example, or raise the limit.',
  },
  KAZE_GATEWAY_BODY_SLOW: {
    kind: 'caller',
    status: 408,
    retryable: true,
    when: 'Nothing of a request’s body came for so long that it is not waited for any more (`gateway.bodyIdleMs`).',
    remedy: 'Send the body without pauses.',
  },
  KAZE_GATEWAY_BODIES_FULL: {
    kind: 'environment',
    status: 429,
    retryable: true,
    when: 'The bodies of other requests fill what the gateway holds at once (`gateway.bodiesMaxBytes`).',
    remedy:
      'Try again after the time that the error names (retryAfterMs), send fewer large requests at once, or raise the limit.',
  },
  KAZE_GATEWAY_FIELD: {
    kind: 'caller',
    status: 400,
    when: 'A field of a request is missing, unknown or has a value that it cannot have.',
    remedy: 'Mend the field that `param` names.',
  },
  KAZE_GATEWAY_UNSUPPORTED: {
    kind: 'caller',
    status: 400,
    when: 'A request asks for what the gateway cannot carry to every provider, such as several choices.',
    remedy: 'Leave the field out that `param` names; docs/gateway.md lists what is taken.',
  },
  KAZE_GATEWAY_HEADER: {
    kind: 'caller',
    status: 400,
    when: 'An `x-kaze-…` header has a value that it cannot have.',
    remedy: 'Mend the header that the message names.',
  },
  KAZE_GATEWAY_OUTCOME_UNKNOWN: {
    kind: 'caller',
    status: 404,
    when: 'The key has no answered call with this request id or task that came with `x-kaze-task-type`.',
    remedy:
      'Give the `x-request-id` of an answer, or the task of its call, and send the type of the task with the call.',
  },
  KAZE_GATEWAY_ROUTE: {
    kind: 'caller',
    status: 404,
    when: 'Nothing is served at this address of the gateway.',
    remedy:
      'See docs/gateway.md for what is; the base address ends in /v1 for OpenAI clients, and before it for Anthropic’s.',
  },
  KAZE_GATEWAY_METHOD: {
    kind: 'caller',
    status: 405,
    when: 'This address of the gateway does not take the method.',
    remedy: 'Use the method that the header `allow` names.',
  },
  KAZE_GATEWAY_STOPPING: {
    kind: 'environment',
    status: 503,
    retryable: true,
    when: 'The gateway is ending and takes no more calls.',
    remedy: 'Call again; another process, or this one after its start, will answer.',
  },
  KAZE_GATEWAY_INTERNAL: {
    kind: 'internal',
    status: 500,
    when: 'The gateway met a defect of its own.',
    remedy: 'Report it with the id in `x-request-id`; the log holds the rest.',
  },
} as const satisfies ErrorTable;

export type GatewayHttpErrorCode = keyof typeof codes;

export const httpError = defineErrors(codes);
