import { defineNode } from '../../domain/definition.ts';

/** What a skill learned from a client's data to judge later cases by; stays in the client's scope. */
export const TrainedModel = defineNode({
  name: 'TrainedModel',
  plural: 'trainedModels',
  family: 'work',
  describe: 'A statistical model that a skill learned from a client’s data, with what it was learned from.',
  properties: {
    name: { kind: 'string', describe: 'What it is for, such as lead-score.', immutable: true, indexed: true },
    kind: { kind: 'string', describe: 'How it is made, such as logistic-regression.', immutable: true },
    hash: { kind: 'string', describe: 'SHA-256 of its parameters, hex.', immutable: true, indexed: true, max: 64 },
    dataHash: {
      kind: 'string',
      describe: 'SHA-256 of the data that it was learned from, hex; several joined by +.',
      immutable: true,
      max: 500,
    },
    rows: { kind: 'int', describe: 'Cases learned from.', min: 0 },
    positives: { kind: 'int', describe: 'Those with the outcome that it predicts.', min: 0 },
    trainedFrom: { kind: 'instant', describe: 'Day of the oldest case.', optional: true },
    trainedTo: { kind: 'instant', describe: 'Day of the newest case.', optional: true },
    metrics: { kind: 'json', describe: 'How well it did on cases that it had not seen.' },
    parameters: { kind: 'json', describe: 'All that using it again needs.', max: 5_000_000 },
  },
  edges: {
    outcome: {
      type: 'PART_OF',
      to: 'Outcome',
      many: false,
      inverse: { field: 'models', many: true },
      describe: 'The outcome that it was learned for; it counts when that is delivered.',
    },
    supersedes: {
      type: 'SUPERSEDES',
      to: 'TrainedModel',
      many: false,
      inverse: { field: 'supersededBy', many: true },
      describe: 'The delivered one of the same name and client before it.',
    },
  },
});
