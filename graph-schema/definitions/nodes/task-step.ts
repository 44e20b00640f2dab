import { defineNode } from '../../domain/definition.ts';

/** The kept result of one step of a task, so that a resumed attempt does not do it again. */
export const TaskStep = defineNode({
  name: 'TaskStep',
  plural: 'taskSteps',
  family: 'work',
  internal: true,
  describe: 'Result of a finished step; its id is derived from task and step name.',
  properties: {
    task: { kind: 'string', describe: 'Id of the task.', immutable: true, indexed: true },
    name: { kind: 'string', describe: 'Name of the step within the task.', immutable: true },
    result: { kind: 'json', describe: 'What the step returned.', immutable: true, max: 50_000_000 },
  },
  edges: {},
});
