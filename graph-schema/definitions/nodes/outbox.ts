import { defineNode } from '../../domain/definition.ts';

/** Written with a change, in its transaction; carried to the index, the bus and the ledger by a feeder, then removed. */
export const Outbox = defineNode({
  name: 'Outbox',
  plural: 'outboxEntries',
  family: 'system',
  internal: true,
  describe: 'A change that other stores have yet to hear of. It holds ids only.',
  properties: {
    kind: {
      kind: 'enum',
      describe: 'For whom it is.',
      values: ['index', 'event', 'audit'],
      immutable: true,
      indexed: true,
    },
    subject: { kind: 'string', describe: 'Id of what was changed.', immutable: true },
    subjectType: { kind: 'string', describe: 'Type of what was changed.', immutable: true },
    change: {
      kind: 'string',
      describe: 'What was done: created, updated, removed, or an action for the audit.',
      immutable: true,
    },
    actor: { kind: 'string', describe: 'Id of who did it.', immutable: true },
    attempt: { kind: 'string', describe: 'Id of the audited attempt.', optional: true, immutable: true },
  },
  edges: {},
});
