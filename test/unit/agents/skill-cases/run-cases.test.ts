import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadDefinitions, parseSkillCases, runSkillCases, type SkillHandler, SkillHandlers } from '#agents';
import { completion } from '../../../support/skills/context.ts';

const SKILL = `skill: count-words
description: "Counts the words of a text"
inputs:
  - name: text
    description: "The text"
  - name: limit
    type: number
    required: false
tools_required:
  - llm
outputs:
  - name: words
    type: number
  - name: report
    type: text
knowledge_dependencies:
  - proving/terms
  - client/{client_id}/style
quality_criteria:
  - words > 0
  - judge: "Is it polite?"
`;
const PROMPT_SKILL = `skill: haiku
description: "Writes three lines"
inputs:
  - subject
outputs:
  - name: lines
    type: list
quality_criteria:
  - count(lines) == 3
prompt: "Write a haiku."
`;
const PACK = `pack: proving
items:
  - path: proving/terms/word
    kind: concept
    title: "Word"
    text: "What stands between blanks."
    source: { title: "T", date: "2026-01-01" }
    confidence: 1
  - path: proving/other/thing
    kind: concept
    title: "Other"
    text: "Not asked for."
    source: { title: "T", date: "2026-01-01" }
    confidence: 1
`;

const counting: SkillHandler = {
  skill: 'count-words',
  revision: 3,
  standIns: {},
  metrics: { items: 'Items of knowledge' },
  async run(context) {
    const { inputs, knowledge, clock } = context;
    const input = inputs.text!;
    let text = input.kind === 'text' ? input.text : '';
    if (input.kind === 'file') for await (const part of input.open()) text += new TextDecoder().decode(part);
    const items = await knowledge.items();
    const passages = await knowledge.passages('Which word is meant?');
    const report = [...items.map(({ path }) => path), ...passages.map(({ sourceName }) => sourceName)].join(' ');
    const words = text.split(/\s+/).filter((word) => word !== '').length;
    const day = new Date(clock.now()).toISOString().slice(0, 10);
    return { summary: 'counted', outputs: { words, report }, metrics: { items: items.length }, notes: [day] };
  },
};

let folder: string;
const write = async (files: Record<string, string>) => {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
};
const run = async (name: string) => {
  const handlers = new SkillHandlers([counting]);
  const loaded = await loadDefinitions(folder);
  expect(loaded.problems).toEqual([]);
  return runSkillCases(name, { folder, loaded, handlers, model: async () => completion({}) });
};
const cases = (text: string) =>
  write({ 'proving/skills/count-words.cases.yaml': `cases: count-words\nitems:\n${text}` });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kaze-cases-'));
  await write({
    'proving/skills/count-words.yaml': SKILL,
    'proving/skills/haiku.yaml': PROMPT_SKILL,
    'proving/knowledge/terms.yaml': PACK,
  });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the cases of a skill', () => {
  it('run with fixtures, the case’s own knowledge, the pack under its paths, and a clock that stands', async () => {
    await write({ 'proving/skills/count-words.cases/three.txt': 'one two three' });
    await cases(`  - name: three
    now: "2026-02-03T00:00:00Z"
    inputs: { text: { file: three.txt } }
    knowledge: [{ path: "client/{client_id}/style", text: "Short." }]
    passages:
      - { source: a.md, text: "A word is a word." }
      - { source: b.md, text: "Nothing of it." }
    expect:
      - words == 3
      - items == 2
      - report == "client/acme/style proving/terms/word a.md"
      - '"2026-02-03" in result.notes'
`);
    const card = await run('count-words');
    expect(card).toMatchObject({ passed: true, runBy: 'handler, revision 3', vertical: 'proving' });
    expect(card.criteria).toMatchObject([
      { criterion: 'words > 0', asWanted: 1, otherwise: 0, skipped: 0 },
      { criterion: 'Is it polite?', asWanted: 0, otherwise: 0, skipped: 1 },
    ]);
  });

  it('tell what was expected and found, for expectations, criteria and refusals alike', async () => {
    await cases(`  - name: wrong-number
    inputs: { text: "one two" }
    expect: [words == 3]
  - name: stopped
    inputs: { text: "" }
    expect: [words == 0]
  - name: stopped-as-wanted
    inputs: { text: "" }
    expect: [words == 0]
    fails: [words > 0]
  - name: fails-nothing
    inputs: { text: "one" }
    expect: [words == 1]
    fails: [words > 7]
  - name: refused
    inputs: { text: "one", limit: many }
    refused: KAZE_TASK_INPUT
  - name: not-refused
    inputs: { text: "one" }
    refused: KAZE_TASK_INPUT
  - name: no-file
    inputs: { text: { file: gone.txt } }
    expect: [words == 3]
`);
    const card = await run('count-words');
    expect(card.passed).toBe(false);
    const verdicts = Object.fromEntries(card.cases.map(({ name, passed }) => [name, passed]));
    expect(verdicts).toEqual({
      'wrong-number': false,
      stopped: false,
      'stopped-as-wanted': true,
      'fails-nothing': false,
      refused: true,
      'not-refused': false,
      'no-file': false,
    });
    const [wrong, stopped, , nothing, , open, gone] = card.cases;
    expect(wrong!.expectations).toEqual([{ expected: 'words == 3', passed: false, found: 'words = 2, needs == 3' }]);
    expect(stopped!.criteria[0]).toMatchObject({ criterion: 'words > 0', passed: false, wantedToFail: false });
    expect(nothing!.expectations.at(-1)).toMatchObject({ found: 'the skill has no such criterion' });
    expect(open!.expectations).toMatchObject([{ expected: 'KAZE_TASK_INPUT', found: 'an outcome: counted' }]);
    expect(gone!.error).toMatchObject({ code: 'KAZE_SKILL_CASE', message: expect.stringContaining('gone.txt') });
    expect(card.criteria[0]).toMatchObject({ asWanted: 4, otherwise: 1 });
  });

  it('let a model say what they wrote down, and hold it to the declared outputs', async () => {
    await write({
      'proving/skills/haiku.cases.yaml': `cases: haiku
items:
  - name: three-lines
    inputs: { subject: "rain" }
    answers: [{ lines: [a, b, c] }]
    expect: [count(lines) == 3]
  - name: two-lines
    inputs: { subject: "rain" }
    answers: [{ lines: [a, b] }]
    expect: [count(lines) == 2]
    fails: [count(lines) == 3]
  - name: no-list
    inputs: { subject: "rain" }
    answers: [{ lines: "a b c" }]
    refused: KAZE_SKILL_OUTPUT
`,
    });
    const card = await run('haiku');
    expect(card.cases.filter(({ passed }) => !passed)).toEqual([]);
    expect(card.runBy).toBe('model');
  });

  it('are no skills to the loader, and are missed by name', async () => {
    await expect(run('count-words')).rejects.toMatchObject({
      code: 'KAZE_SKILL_CASE',
      message: 'count-words has no cases; write them in proving/skills/count-words.cases.yaml',
    });
    await expect(run('count-word')).rejects.toMatchObject({
      code: 'KAZE_SKILL_UNKNOWN',
      fields: { nearest: ['count-words'] },
    });
    await write({
      'proving/skills/count-words.cases.yaml': 'cases: haiku\nitems:\n  - { name: a, refused: KAZE_X }\n',
    });
    await expect(run('count-words')).rejects.toMatchObject({ code: 'KAZE_DEFINITION_INVALID' });
  });
});

it('tells all problems of a file of cases at their places', () => {
  const text = `cases: count-words
items:
  - name: one
    input: { text: a }
    inputs: { text: { file: ../secret.txt } }
    expect: [wrds == 1, "words ==", 7]
    knowledge: [{ path: client/other/notes, text: t }]
    now: soon
  - name: one
    refused: broken
  - name: one
    refused: KAZE_X
    expect: [words == 1]
`;
  const { problems } = parseSkillCases(text, 'c.cases.yaml', { names: ['words'] });
  const lines = problems.map(({ line, message }) => `${line} ${message}`).join('\n');
  expect(lines).toContain('4 unknown key "input" in a case');
  expect(lines).toMatch(/5 the file of "text"; found "\.\.\/secret\.txt"/);
  expect(lines).toMatch(/6 in the expression "wrds == 1": unknown name "wrds".*did you mean "words"/);
  expect(lines).toContain('6 in the expression "words =="');
  expect(lines).toMatch(/6 wrong item of "expect"; found the number 7/);
  expect(lines).toMatch(/7 knowledge path "client\/other\/notes"; found client "other"/);
  expect(lines).toContain('8 "soon" is no moment');
  expect(lines).toContain('9 the case "one" stands twice');
  expect(lines).toContain('wrong value of "refused"');
  expect(lines).toContain('"refused" beside "expect" or "fails"');
});
