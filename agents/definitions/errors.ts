import { defineErrors } from '#platform';

export const definitionErrors = defineErrors({
  KAZE_DEFINITION_INVALID: {
    kind: 'caller',
    status: 422,
    when: 'A skill, an agent or a knowledge pack written as YAML cannot be read, or says something that cannot hold.',
    remedy: 'Mend each place named in `problems` (file:line:column); `kaze skills validate FILE` shows them again.',
  },
  KAZE_DEFINITION_FOLDER_UNREADABLE: {
    kind: 'environment',
    status: 503,
    when: 'The folder that holds the verticals is missing or may not be read.',
    remedy:
      'Name an existing folder with the layout <vertical>/{agents,skills,knowledge}/*.yaml, readable by the cell.',
  },
  KAZE_DEFINITION_GONE: {
    kind: 'caller',
    status: 410,
    when: 'In the log alone: skills or agents of the graph that no folder of this process has were retired.',
    remedy:
      'Nothing, where their files were taken away. Else give every process of the cell the same `verticals.folders`, and start again those that have them.',
  },
});
