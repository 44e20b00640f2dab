import { defineErrors } from '#platform';

export const gatewayError = defineErrors({
  KAZE_GATEWAY_PORT_TAKEN: {
    kind: 'environment',
    status: 500,
    when: 'The port that the gateway was to listen on is taken.',
    remedy: 'Choose another with --port or KAZE_GATEWAY_PORT, or end the other program.',
  },
});
