import { defineNode } from '../../domain/definition.ts';

export const Prompt = defineNode({
  name: 'Prompt',
  plural: 'prompts',
  family: 'capability',
  describe: 'Instructions that a skill version gives to a model.',
  properties: {
    name: { kind: 'string', describe: 'What it is for.', immutable: true },
    text: { kind: 'text', describe: 'The instructions.', immutable: true },
  },
  edges: {
    skillVersion: {
      type: 'PART_OF',
      to: 'SkillVersion',
      many: false,
      inverse: { field: 'prompts', many: true },
      describe: 'The version that uses it.',
    },
  },
});
