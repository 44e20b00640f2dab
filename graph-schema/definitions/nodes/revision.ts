import { defineNode } from '../../domain/definition.ts';

/** Made by the store itself for every change of a revisioned type; nobody writes one directly. */
export const Revision = defineNode({
  name: 'Revision',
  plural: 'revisions',
  family: 'knowledge',
  describe: 'One change: who made it, why, and what was before and after.',
  properties: {
    subject: { kind: 'string', describe: 'Id of what was changed.', immutable: true, indexed: true },
    subjectType: { kind: 'string', describe: 'Type of what was changed.', immutable: true },
    action: { kind: 'enum', describe: 'What was done.', values: ['created', 'updated', 'removed'], immutable: true },
    number: { kind: 'int', describe: 'Version of the subject after the change.', immutable: true },
    why: { kind: 'string', describe: 'The reason given.', immutable: true, max: 1_000 },
    before: {
      kind: 'json',
      describe: 'Changed values as they were; null when it was created or erased.',
      optional: true,
    },
    after: {
      kind: 'json',
      describe: 'Changed values as they became; null when it was removed or erased.',
      optional: true,
    },
    erased: { kind: 'boolean', describe: 'Whether the contents were erased.' },
  },
  edges: {},
});
