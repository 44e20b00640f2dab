import { defineNode } from '../../domain/definition.ts';

export const Policy = defineNode({
  name: 'Policy',
  plural: 'policies',
  family: 'capability',
  describe: 'A rule of the cell that code enforces: budgets, approvals, models, sharing.',
  properties: {
    name: { kind: 'string', describe: 'Name of the rule.' },
    kind: { kind: 'enum', describe: 'What it governs.', values: ['budget', 'approval', 'model', 'sharing', 'breaker'] },
    rule: { kind: 'json', describe: 'The rule itself, in the form of its kind.' },
    active: { kind: 'boolean', describe: 'Whether it is enforced.' },
  },
  edges: {},
});
