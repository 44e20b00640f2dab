import { defineErrors } from '#platform';

export const searchError = defineErrors({
  KAZE_SEARCH_INVALID: {
    kind: 'internal',
    status: 500,
    when: 'The search index was handed an id, scope token, label, model, vector or limit of a shape it does not take.',
    remedy: 'Report it with the reference: what reaches the index was made by Kaze, not by the caller.',
  },
});
