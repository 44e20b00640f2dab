import { describe, expect, it } from 'vitest';
import type { Passage } from '../../../../agents/skills/handler.ts';
import { handlers } from '../../../../agents/skills/index.ts';
import { completion, fakeSkillContext, fileInput, jsonInput, textInput } from '../../../support/skills/context.ts';

const skill = handlers.find((one) => one.skill === 'answer-from-handbook')!;

function passage(id: string, text: string): Passage {
  return {
    id,
    text,
    headings: ['Leave', 'Carry-over'],
    sourceId: `source-${id}`,
    sourceName: `${id}.md`,
    page: null,
    line: 12,
    score: 0.8,
  };
}
const leave = passage('leave', 'Staff have 28 days of leave. Five days may be carried over until 31 March.');
const travel = passage('travel', 'Trains are booked in second class.');

describe('answer-from-handbook', () => {
  it('answers with the passage, its place and the words it rests on', async () => {
    const context = fakeSkillContext({
      inputs: { question: textInput('How many days of leave can I carry over?') },
      passages: [travel, leave],
      model: async () =>
        completion({
          text: 'Five days may be carried over until 31 March. [2]',
          citations: [
            {
              number: 2,
              documentId: 'leave',
              title: null,
              quote: 'Five days may be carried over until 31 March.',
              start: 29,
              end: 74,
            },
          ],
          confidence: 0.7,
        }),
    });
    const result = await skill.run(context);
    expect(result.outputs).toEqual({
      answer: 'Five days may be carried over until 31 March. [2]',
      answered: true,
      citations: [
        {
          number: 2,
          chunk: 'leave',
          source: 'source-leave',
          source_name: 'leave.md',
          heading: 'Leave > Carry-over',
          line: 12,
          page: null,
          quote: 'Five days may be carried over until 31 March.',
        },
      ],
    });
    expect(result.metrics).toEqual({ passages: 2, cited_sources: 1, confidence: 0.7 });
    expect(result.citations).toEqual({ chunks: ['leave'], sources: ['source-leave'] });
    const user = context.requests[0]!.messages.at(-1)!;
    expect(Array.isArray(user.content) && user.content.map((part) => part.type)).toEqual([
      'document',
      'document',
      'text',
    ]);
  });

  it('reads the numbers in the text of a model that gives no citations of its own', async () => {
    const result = await skill.run(
      fakeSkillContext({
        inputs: { question: textInput('Which class do I book?') },
        passages: [travel, leave],
        model: async () => completion({ text: 'Second class [1].', offline: false }),
      }),
    );
    expect(result.outputs).toMatchObject({ answered: true, citations: [{ chunk: 'travel', quote: travel.text }] });
  });

  it('does not know when nothing was found, when the model says so, and when no passage is named', async () => {
    const question = textInput('Who won the match?');
    const nothing = fakeSkillContext({ inputs: { question } });
    expect((await skill.run(nothing)).outputs).toMatchObject({ answered: false, citations: [] });
    expect(nothing.requests).toEqual([]);
    const told = fakeSkillContext({ inputs: { question }, passages: [leave] });
    expect((await skill.run(told)).outputs).toMatchObject({
      answered: false,
      answer: expect.stringMatching(/^I do not know.*leave\.md/),
    });
    const invented = fakeSkillContext({
      inputs: { question },
      passages: [leave],
      model: async () => completion({ text: 'The home team.', offline: false }),
    });
    expect((await skill.run(invented)).outputs).toMatchObject({ answered: false });
  });

  it('drops a citation whose words do not stand in the passage', async () => {
    const result = await skill.run(
      fakeSkillContext({
        inputs: { question: textInput('How many days of leave?') },
        passages: [leave],
        model: async () =>
          completion({
            text: '90 days.',
            citations: [{ number: 1, documentId: 'leave', title: null, quote: '90 days', start: 0, end: 7 }],
          }),
      }),
    );
    expect(result.outputs.answered).toBe(false);
  });

  describe('a near miss of the offline model, which quotes what shares most words', () => {
    const aiders = passage('care', 'Mental health first aiders are Ruth Calder in Leeds and Cian Doyle in Cork.');
    const rota = passage('rota', 'Place | Desks\nLeeds | 38\nCork | 14');
    const duty = passage('duty', 'In a level 1 incident call Hana on 0113 496 0170.');
    const quoting = (question: string, from: Passage, offline = true) => {
      const quote = from.text.split('\n').at(-1)!;
      const citations = [{ number: 1, documentId: from.id, title: null, quote, start: 0, end: quote.length }];
      const model = async () => completion({ text: `${quote} [1]`, citations, offline });
      return skill.run(
        fakeSkillContext({ inputs: { question: textInput(question) }, passages: [from, travel, leave], model }),
      );
    };

    it.each([
      ['Who is the mental health first aider in London?', aiders, '"London"'],
      ['How many desks are there in Dublin?', rota, '"Dublin"'],
      ['Wie viele Desks gibt es in Cork am Samstag?', rota, '"Samstag"'],
    ])('is refused: %s', async (question, from, missing) => {
      const { outputs, notes } = await quoting(question, from);
      expect(outputs).toMatchObject({ answered: false, citations: [] });
      expect(notes.join()).toContain(missing);
    });

    it('is refused when the words are there and the day that is asked for is not', async () => {
      expect((await quoting('When was the last level 1 incident?', duty)).outputs).toMatchObject({ answered: false });
    });

    it.each([
      ['Who is the mental health first aider in Cork?', aiders],
      ['How many desks are there in Cork?', rota],
      ['How many days of leave can I carry over?', leave],
    ])('is told from an answer: %s', async (question, from) => {
      expect((await quoting(question, from)).outputs).toMatchObject({ answered: true });
    });

    it('is left to a hosted model, which has understood the question', async () => {
      const { outputs } = await quoting('Whom may I see when I feel low in Cork?', aiders, false);
      expect(outputs).toMatchObject({ answered: true });
    });
  });

  it('looks a short follow-up up together with the question before it', async () => {
    const context = fakeSkillContext({
      inputs: {
        question: textInput('And for trainees?'),
        conversation: jsonInput([
          { role: 'user', text: 'How many days of leave are there?' },
          { role: 'assistant', text: '28 days.' },
        ]),
      },
    });
    await skill.run(context);
    expect(context.asked).toEqual(['How many days of leave are there?\nAnd for trainees?']);
  });

  it('asks the model once, though the task is resumed', async () => {
    const steps = new Map();
    const options = { inputs: { question: textInput('How many days of leave are there?') }, passages: [leave], steps };
    await skill.run(fakeSkillContext(options));
    const resumed = fakeSkillContext(options);
    await skill.run(resumed);
    expect(resumed.requests).toEqual([]);
  });

  it('refuses a question that is missing, empty, a file or too long', async () => {
    await expect(skill.check!({})).rejects.toMatchObject({ code: 'KAZE_SKILL_INPUT_MISSING' });
    for (const question of [textInput(' '), fileInput('q.txt', 'Why?'), textInput('x'.repeat(5_000))]) {
      await expect(skill.check!({ question })).rejects.toMatchObject({ code: 'KAZE_SKILL_INPUT_INVALID' });
    }
    await expect(skill.check!({ question: textInput('Why?') })).resolves.toBeUndefined();
  });
});
