import { defineNode } from '../../domain/definition.ts';

export const Channel = defineNode({
  name: 'Channel',
  plural: 'channels',
  family: 'actors',
  describe: 'A way to reach people: a terminal, a Slack channel, a mailbox.',
  properties: {
    kind: {
      kind: 'enum',
      describe: 'What carries the messages.',
      values: ['terminal', 'api', 'slack', 'email', 'whatsapp', 'telegram'],
    },
    address: { kind: 'string', describe: 'Where it is: a channel id, an address, a number.' },
  },
  edges: {
    person: {
      type: 'REACHES',
      to: 'Person',
      many: false,
      inverse: { field: 'channels', many: true },
      describe: 'Whom it reaches.',
    },
  },
});
