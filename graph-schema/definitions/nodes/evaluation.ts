import { defineNode } from '../../domain/definition.ts';

export const Evaluation = defineNode({
  name: 'Evaluation',
  plural: 'evaluations',
  family: 'work',
  describe: 'One quality criterion applied to one outcome.',
  properties: {
    criterion: { kind: 'string', describe: 'The criterion as the definition writes it.', max: 500 },
    kind: { kind: 'enum', describe: 'How it is checked.', values: ['expression', 'validator', 'judge'] },
    passed: { kind: 'boolean', describe: 'Whether the outcome satisfies it.' },
    skipped: { kind: 'boolean', describe: 'Whether nothing could judge it; then it blocks nothing.', optional: true },
    value: { kind: 'float', describe: 'The measured number, where there is one.', optional: true },
    explanation: { kind: 'string', describe: 'What was found.', max: 4_000 },
    remedy: { kind: 'string', describe: 'What would mend a failure.', optional: true, max: 4_000 },
  },
  edges: {
    outcome: {
      type: 'EVALUATES',
      to: 'Outcome',
      many: false,
      inverse: { field: 'evaluations', many: true },
      describe: 'What was judged.',
    },
  },
});
