import { defineNode } from '../../domain/definition.ts';

export const Message = defineNode({
  name: 'Message',
  plural: 'messages',
  family: 'work',
  describe: 'One turn of a conversation.',
  published: true,
  properties: {
    role: { kind: 'enum', describe: 'Who speaks.', values: ['person', 'agent', 'system'] },
    text: { kind: 'text', describe: 'What was said.' },
    position: { kind: 'int', describe: 'Place in the thread, from 1.', immutable: true, min: 1, ordered: true },
  },
  edges: {
    conversation: {
      type: 'PART_OF',
      to: 'Conversation',
      many: false,
      inverse: { field: 'messages', many: true },
      describe: 'The thread.',
    },
    task: {
      type: 'ABOUT',
      to: 'Task',
      many: false,
      inverse: { field: 'messages', many: true },
      describe: 'The task that it asked for or reports on.',
    },
    chunks: {
      type: 'CITES',
      to: 'Chunk',
      many: true,
      inverse: { field: 'citedInMessages', many: true },
      describe: 'Passages that it rests on.',
    },
    knowledge: {
      type: 'CITES',
      to: 'Knowledge',
      many: true,
      inverse: { field: 'citedInMessages', many: true },
      describe: 'Knowledge that it rests on and that no passage states.',
    },
  },
});
