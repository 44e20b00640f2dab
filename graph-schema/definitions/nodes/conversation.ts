import { defineNode } from '../../domain/definition.ts';

export const Conversation = defineNode({
  name: 'Conversation',
  plural: 'conversations',
  family: 'work',
  describe: 'A thread between people and agents, whatever carries it.',
  properties: {
    title: { kind: 'string', describe: 'What it is about.', optional: true, max: 500 },
    state: { kind: 'enum', describe: 'Whether it goes on.', values: ['open', 'closed'] },
    messageCount: {
      kind: 'int',
      describe: 'Position of its last message: counted under the lock of this node.',
      optional: true,
      internal: true,
      min: 0,
    },
    pending: {
      kind: 'json',
      describe: 'Where the thread stands: a question that the agent asked back and waits for.',
      optional: true,
      internal: true,
    },
  },
  edges: {
    agent: {
      type: 'HELD_WITH',
      to: 'Agent',
      many: false,
      inverse: { field: 'conversations', many: true },
      describe: 'The agent that answers.',
    },
    person: {
      type: 'STARTED_BY',
      to: 'Person',
      many: false,
      inverse: { field: 'conversations', many: true },
      describe: 'Who began it.',
    },
  },
});
