import { defineNode } from '../../domain/definition.ts';

export const Proposal = defineNode({
  name: 'Proposal',
  plural: 'proposals',
  family: 'knowledge',
  describe: 'Knowledge that someone wants to add or change; it counts only once it is accepted.',
  published: true,
  properties: {
    title: { kind: 'string', describe: 'What is proposed.', max: 500 },
    payload: { kind: 'json', describe: 'The knowledge as it would be written.' },
    targetScope: { kind: 'string', describe: 'Scope in which it would count.', immutable: true },
    state: { kind: 'enum', describe: 'The decision.', values: ['open', 'accepted', 'rejected'], indexed: true },
    reason: { kind: 'string', describe: 'Why it is proposed, or why it was decided so.', optional: true, max: 4_000 },
    decidedBy: { kind: 'string', describe: 'Id of who decided.', optional: true },
    decidedAt: { kind: 'instant', describe: 'When it was decided.', optional: true },
  },
  edges: {
    knowledge: {
      type: 'BECAME',
      to: 'Knowledge',
      many: false,
      inverse: { field: 'proposals', many: true },
      describe: 'What it became.',
    },
    evidence: {
      type: 'SUPPORTED_BY',
      to: 'Chunk',
      many: true,
      inverse: { field: 'proposals', many: true },
      describe: 'Passages that speak for it.',
    },
  },
});
