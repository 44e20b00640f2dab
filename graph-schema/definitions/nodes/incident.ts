import { defineNode } from '../../domain/definition.ts';

export const Incident = defineNode({
  name: 'Incident',
  plural: 'incidents',
  family: 'work',
  describe: 'Something that went wrong and that someone should know: a dead letter, a restart limit, a breaker.',
  published: true,
  properties: {
    kind: { kind: 'enum', describe: 'What it is.', values: ['dead_letter', 'restart_limit', 'breaker', 'integrity'] },
    summary: { kind: 'string', describe: 'What happened.', max: 4_000 },
    state: { kind: 'enum', describe: 'Whether it is settled.', values: ['open', 'closed'] },
  },
  edges: {
    task: {
      type: 'ABOUT',
      to: 'Task',
      many: false,
      inverse: { field: 'incidents', many: true },
      describe: 'The task concerned.',
    },
    agent: {
      type: 'ABOUT',
      to: 'Agent',
      many: false,
      inverse: { field: 'incidents', many: true },
      describe: 'The agent concerned.',
    },
  },
});
