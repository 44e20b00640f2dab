import { defineNode } from '../../domain/definition.ts';

export const SkillVersion = defineNode({
  name: 'SkillVersion',
  plural: 'skillVersions',
  family: 'capability',
  describe: 'One state of a skill; a changed definition is a new version and old tasks keep theirs.',
  properties: {
    name: { kind: 'string', describe: 'Name of the skill.', immutable: true, pattern: /^[a-z0-9][a-z0-9-]{0,62}$/ },
    number: { kind: 'int', describe: 'Counts the versions of a skill, from 1.', immutable: true, min: 1 },
    hash: { kind: 'string', describe: 'Hash of what the definition means.', immutable: true },
    definition: { kind: 'text', describe: 'What the definition says, as YAML.', immutable: true },
    inputs: { kind: 'json', describe: 'Names, types and descriptions of the inputs.', immutable: true },
    outputs: { kind: 'json', describe: 'Names and descriptions of the outputs.', immutable: true },
    criteria: { kind: 'json', describe: 'What an outcome must satisfy.', immutable: true },
    handlerRevision: {
      kind: 'int',
      describe: 'Revision of the handler that it was made for; none when a model runs it.',
      optional: true,
      immutable: true,
      min: 1,
    },
    compiled: {
      kind: 'json',
      describe: 'The definition as the runtime reads it, so that a queued task finishes on it.',
      optional: true,
      immutable: true,
      internal: true,
    },
    risk: { kind: 'enum', describe: 'What a wrong outcome can do.', values: ['low', 'medium', 'high'] },
    irreversible: { kind: 'boolean', describe: 'Whether delivering cannot be undone: never autonomous.' },
  },
  edges: {
    skill: {
      type: 'VERSION_OF',
      to: 'Skill',
      many: false,
      inverse: { field: 'versions', many: true },
      describe: 'The skill of which this is a state.',
    },
    tools: {
      type: 'REQUIRES_TOOL',
      to: 'Tool',
      many: true,
      inverse: { field: 'requiredBy', many: true },
      describe: 'Tools without which it does not run.',
    },
    knowledge: {
      type: 'DEPENDS_ON',
      to: 'Knowledge',
      many: true,
      inverse: { field: 'neededBy', many: true },
      describe: 'Knowledge that it reads.',
    },
  },
});
