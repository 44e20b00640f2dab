import { defineNode } from '../../domain/definition.ts';

/** Proof that a transaction was committed, for the case that its answer got lost. Swept after an hour. */
export const Receipt = defineNode({
  name: 'Receipt',
  plural: 'receipts',
  family: 'system',
  internal: true,
  describe: 'Proof that a transaction was committed.',
  properties: {},
  edges: {},
});
