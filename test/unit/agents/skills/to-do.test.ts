import { expect, it } from 'vitest';
import { toDo, toDoRecord } from '../../../../agents/skills/to-do/index.ts';
import { fakeSkillContext, textInput } from '../../../support/skills/context.ts';

it('says who does what until when, what is needed, and how to answer, without links or tags', async () => {
  const inputs = {
    what: textInput('Copy [the card](http://evil.example) <b>now</b>'),
    owner: textInput('Maren Holt'),
    due: textInput('2026-03-13'),
    answer: textInput('yes-no'),
    evidence: textInput('file'),
  };
  const { summary, outputs } = await toDo.run(fakeSkillContext({ inputs }));
  expect(summary).toMatch(/^Maren Holt: Copy .* \(by 2026-03-13\)\n/);
  expect(summary).toMatch(/An answer is needed \(yes-no\).*\nEvidence is needed \(file\)/);
  expect(summary).not.toMatch(/<b>|[^\\]\]\(|http:\/\//);
  expect(outputs).toEqual({
    what: inputs.what.kind === 'text' ? inputs.what.text : '',
    done: true,
    owner: 'Maren Holt',
    due: '2026-03-13',
  });
});

it('refuses what says nothing, and what is a book', async () => {
  await expect(toDo.check!({})).rejects.toThrow(/the input what is nothing; expected what is to be done/);
  await expect(toDo.check!({ what: textInput(' - ') })).rejects.toThrow(/the input what is "-"/);
  await expect(toDo.check!({ what: textInput('a'.repeat(4_001)) })).rejects.toThrow(/4001 characters/);
});

it('reads a person’s record, blanks counting as nothing', () => {
  expect(toDoRecord({ answer: 12, evidence: ' ', file: ' a.pdf ' })).toEqual({
    answer: '12',
    evidence: null,
    file: 'a.pdf',
  });
  expect(toDoRecord(null)).toEqual({ answer: null, evidence: null, file: null });
});
