import { defineErrors } from '#platform';

export const priceError = defineErrors({
  KAZE_PRICE_FILE_INVALID: {
    kind: 'caller',
    status: 400,
    when: 'A price file has unknown fields or wrong values; the message lists them.',
    remedy: 'Mend each place named; gateway/prices/README.md shows the format.',
  },
});
