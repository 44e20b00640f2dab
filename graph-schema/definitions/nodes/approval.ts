import { defineNode } from '../../domain/definition.ts';

export const Approval = defineNode({
  name: 'Approval',
  plural: 'approvals',
  family: 'work',
  describe: 'The question to a person whether an outcome may be delivered, and the answer.',
  published: true,
  properties: {
    state: {
      kind: 'enum',
      describe: 'The decision; the first one wins.',
      values: ['pending', 'approved', 'edited', 'rejected', 'withdrawn'],
      indexed: true,
    },
    reason: { kind: 'string', describe: 'Why it was decided so.', optional: true, max: 4_000 },
    decidedAt: { kind: 'instant', describe: 'When it was decided.', optional: true },
    byRequester: { kind: 'boolean', describe: 'Whether the one who asked for the task decided.', optional: true },
    risk: { kind: 'enum', describe: 'Risk of the skill when it was asked.', values: ['low', 'medium', 'high'] },
  },
  edges: {
    outcome: {
      type: 'APPROVES',
      to: 'Outcome',
      many: false,
      inverse: { field: 'approvals', many: true },
      describe: 'What is asked about.',
    },
    task: {
      type: 'ABOUT',
      to: 'Task',
      many: false,
      inverse: { field: 'approvals', many: true },
      describe: 'The task that waits.',
    },
    decidedBy: {
      type: 'DECIDED_BY',
      to: 'Person',
      many: false,
      inverse: { field: 'decisions', many: true },
      describe: 'Who decided.',
    },
  },
});
