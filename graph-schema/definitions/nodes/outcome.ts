import { defineNode } from '../../domain/definition.ts';

export const Outcome = defineNode({
  name: 'Outcome',
  plural: 'outcomes',
  family: 'work',
  describe: 'What a task produced, with what it rests on.',
  searchable: ['summary'],
  published: true,
  properties: {
    summary: { kind: 'text', describe: 'The result in a few sentences.' },
    output: { kind: 'json', describe: 'Outputs by name, as the skill declares them.', max: 50_000_000 },
    editedOutput: { kind: 'json', describe: 'What a person made of it.', optional: true, max: 50_000_000 },
    metrics: { kind: 'json', describe: 'Numbers that the skill computed beside its outputs.' },
    notes: { kind: 'strings', describe: 'What was missing or assumed.' },
    state: {
      kind: 'enum',
      describe: 'Whether it reached the one who asked.',
      values: ['blocked', 'awaiting_approval', 'delivered', 'rejected', 'erased'],
    },
    model: { kind: 'string', describe: 'Model that helped, if any.', optional: true },
    costMicros: { kind: 'int', describe: 'What it cost, in micro US dollars.', min: 0 },
    deliveredAt: { kind: 'instant', describe: 'When it was delivered.', optional: true },
  },
  edges: {
    knowledge: {
      type: 'CITES',
      to: 'Knowledge',
      many: true,
      inverse: { field: 'citedBy', many: true },
      describe: 'Facts and practices it rests on.',
    },
    chunks: {
      type: 'CITES',
      to: 'Chunk',
      many: true,
      inverse: { field: 'citedBy', many: true },
      describe: 'Passages it rests on.',
    },
    sources: {
      type: 'DERIVED_FROM',
      to: 'Source',
      many: true,
      inverse: { field: 'outcomes', many: true },
      describe: 'Files it was made from.',
    },
    agent: {
      type: 'CONTRIBUTED_BY',
      to: 'Agent',
      many: false,
      inverse: { field: 'outcomes', many: true },
      describe: 'Who made it.',
    },
    skillVersion: {
      type: 'MADE_WITH',
      to: 'SkillVersion',
      many: false,
      inverse: { field: 'outcomes', many: true },
      describe: 'The version of the skill that made it.',
    },
  },
});
