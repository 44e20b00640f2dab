import { defineNode } from '../../domain/definition.ts';

export const Goal = defineNode({
  name: 'Goal',
  plural: 'goals',
  family: 'work',
  describe: 'What someone wants to reach; a planner turns it into tasks.',
  published: true,
  properties: {
    title: { kind: 'string', describe: 'The goal in one line.', max: 500 },
    description: { kind: 'text', describe: 'What would count as reached.', optional: true },
    state: { kind: 'enum', describe: 'Where it stands.', values: ['open', 'reached', 'failed', 'cancelled'] },
  },
  edges: {},
});
