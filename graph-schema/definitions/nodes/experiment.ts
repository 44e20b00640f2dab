import { defineNode } from '../../domain/definition.ts';

export const Experiment = defineNode({
  name: 'Experiment',
  plural: 'experiments',
  family: 'work',
  describe: 'A canary: a new skill version beside the present one, with what is compared.',
  properties: {
    hypothesis: { kind: 'string', describe: 'What is expected to get better.', max: 1_000 },
    state: { kind: 'enum', describe: 'Where it stands.', values: ['running', 'kept', 'rolled_back'] },
    share: { kind: 'float', describe: 'Share of tasks that take the candidate, 0 to 1.', min: 0, max: 1 },
  },
  edges: {
    candidate: {
      type: 'TRIES',
      to: 'SkillVersion',
      many: false,
      inverse: { field: 'experiments', many: true },
      describe: 'The version under trial.',
    },
  },
});
