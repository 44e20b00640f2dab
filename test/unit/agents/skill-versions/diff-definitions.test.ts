import { expect, it } from 'vitest';
import { parseSkillDefinition, requireDefinition } from '#agents';
import { diffDefinitions } from '../../../../agents/skill-versions/diff-definitions.ts';

const version = (text: string, handlerRevision: number | null = 1) => ({
  definition: requireDefinition(parseSkillDefinition(text, 's.yaml')),
  handlerRevision,
});

const BEFORE = `skill: notes
description: "Turns a transcript into notes"
inputs:
  - transcript             # What was said
  - agenda                 # Optional: what was planned
  - name: people
    type: list
    required: false
tools_required:
  - llm
outputs:
  - decisions
  - name: tasks
    type: list
  - minutes
knowledge_dependencies:
  - seo/terms
quality_criteria:
  - count(tasks) > 0
  - judge: "Is it clear?"
    min_score: 0.7
risk: low
prompt: "Be short."
`;

it('finds nothing between two that say the same', () => {
  expect(diffDefinitions(version(BEFORE), version(`# a remark\n${BEFORE}`))).toEqual([]);
});

it('tells inputs, outputs, criteria, tools, knowledge, prompt and handler, with what breaks marked', () => {
  const after = version(
    `skill: notes
description: "Turns a transcript into minutes"
inputs:
  - transcript             # What was said
  - name: people
    type: text
    required: false
  - meeting_date           # When it was
  - room                   # Optional: where
tools_required:
  - llm
  - calendar_api
outputs:
  - decisions
  - name: tasks
    type: list
    required: false
  - questions
knowledge_dependencies:
  - seo/terms
  - client/{client_id}/style
quality_criteria:
  - count(tasks) > 1
  - judge: "Is it clear?"
    min_score: 0.9
risk: medium
limits: { max_steps: 5 }
prompt: "Be long."
`,
    2,
  );
  const changes = diffDefinitions(version(BEFORE), after);
  const told = changes.map(({ part, change, name, breaking }) =>
    [change, part, name, breaking ? '!' : ''].filter(Boolean).join(' '),
  );
  expect(told).toEqual([
    'changed description',
    'removed input agenda !',
    'changed input people !',
    'added input meeting_date !',
    'added input room',
    'added tool calendar_api !',
    'changed output tasks !',
    'removed output minutes !',
    'added output questions',
    'added knowledge client/{client_id}/style',
    'removed criterion count(tasks) > 0',
    'changed criterion Is it clear?',
    'added criterion count(tasks) > 1',
    'changed risk',
    'added limits',
    'changed prompt',
    'changed handler',
  ]);
  expect(changes.find(({ name }) => name === 'people')).toMatchObject({
    before: 'list, optional',
    after: 'text, optional',
  });
  expect(changes.at(-1)).toMatchObject({ before: 'revision 1', after: 'revision 2' });
});

it('says when a handler came to a skill that a model ran', () => {
  expect(diffDefinitions(version(BEFORE, null), version(BEFORE))).toEqual([
    { part: 'handler', change: 'added', name: null, before: null, after: 'revision 1', breaking: false },
  ]);
});

it('breaks those who give several files where one is taken from now on, not the other way round', () => {
  const one = version(BEFORE.replace(/- transcript.*/, '- transcript'));
  const many = version(BEFORE.replace(/- transcript.*/, '- { name: transcript, multiple: true }'));
  expect(diffDefinitions(one, many)).toMatchObject([{ part: 'input', name: 'transcript', breaking: false }]);
  const [change] = diffDefinitions(many, one);
  expect(change).toMatchObject({ breaking: true, before: 'any, required, several files' });
});
