import { describe, expect, it } from 'vitest';
import type { Json, Team } from '../../../../agents/skills/handler.ts';
import { dueIn } from '../../../../agents/skills/meeting-notes/due-dates.ts';
import { meetingNotes } from '../../../../agents/skills/meeting-notes/index.ts';
import { TRANSCRIPT_FORMATS } from '../../../fixtures/clients/law-office/meetings.ts';
import { completion, fakeSkillContext, fileInput, textInput } from '../../../support/skills/context.ts';
import { scoreMeetings } from '../../../support/skills/measure-meeting-notes.ts';

const run = (text: string, inputs: Record<string, ReturnType<typeof textInput>> = {}, name = 'meeting.txt') =>
  meetingNotes.run(fakeSkillContext({ inputs: { transcript: fileInput(name, text), ...inputs } }));

describe('transcripts with planted items', () => {
  it.each(['en', 'de'] as const)(
    'finds decisions, actions and questions in %s, with owner and day, in every form',
    async (language) => {
      const score = await scoreMeetings({
        language,
        seeds: TRANSCRIPT_FORMATS.flatMap((_, at) => [100 + at, 200 + at]),
      });
      expect(score.missed).toEqual([]);
      expect(score.alarms).toEqual([]);
      expect(score.wrong).toEqual([]);
      expect(score.planted).toBeGreaterThan(60);
    },
  );
});

describe('days that are said', () => {
  // 11 March 2026 is a Wednesday.
  it.each([
    ['by Friday', '2026-03-13'],
    ['on Wednesday', '2026-03-18'],
    ['by next Monday', '2026-03-16'],
    ['next week', '2026-03-20'],
    ['by the end of the week', '2026-03-13'],
    ['by end of month', '2026-03-31'],
    ['the day after tomorrow', '2026-03-13'],
    ['within ten days', '2026-03-21'],
    ['by March 3', '2027-03-03'],
    ['by 24 April 2026', '2026-04-24'],
    ['on the 15th', '2026-03-15'],
    ['in one month', '2026-04-11'],
    ['bis Freitag', '2026-03-13'],
    ['bis nächsten Dienstag', '2026-03-17'],
    ['bis nächste Woche Mittwoch', '2026-03-18'],
    ['übermorgen', '2026-03-13'],
    ['bis Ende nächster Woche', '2026-03-20'],
    ['bis Ende des Monats', '2026-03-31'],
    ['bis zum 20. April', '2026-04-20'],
    ['am 24.3.', '2026-03-24'],
    ['bis zum 15.', '2026-03-15'],
    ['innerhalb von zwei Wochen', '2026-03-25'],
    ['bis Jahresende', '2026-12-31'],
  ])('reads "%s" as %s', (said, day) => {
    expect(dueIn(`Tom does it ${said}`, '2026-03-11')?.day).toBe(day);
  });

  it('keeps the words where the day of the meeting is not known, and says so', async () => {
    const { outputs, notes } = await run('Ann Roe: I will call the court by Friday.\nTom Fry: Fine.\n');
    expect(outputs.actions).toMatchObject([{ owner: 'Ann Roe', due: null, due_said: 'Friday', line: 1 }]);
    expect(notes.join(' ')).toMatch(/"Friday" \(line 1\) is no day; give meeting_date/);
    const dated = await run('Date: March 11, 2026\n\nAnn Roe: I will call the court by Friday.\nTom Fry: Fine.\n');
    expect(dated.outputs).toMatchObject({ meeting_date: '2026-03-11', actions: [{ due: '2026-03-13', line: 3 }] });
  });
});

describe('what is no item', () => {
  it.each([
    'Ann Roe: Maybe we could ask the court.',
    'Ann Roe: I sent it on Friday.',
    'Ann Roe: If they agree, we have decided to wait.',
    'Ann Roe: We have not yet decided to move.',
    'Ann Roe: Tom Fry called them yesterday.',
    'Ann Roe: Ich glaube, das wird schon.',
    'Ann Roe: Tom Fry hat das letzte Woche gemacht.',
  ])('%s', async (line) => {
    const { metrics } = await run(`${line}\nTom Fry: Yes, that is so.\n`);
    expect(metrics).toMatchObject({ decision_count: 0, action_count: 0, question_count: 0 });
  });
});

describe('with a hosted model', () => {
  const said = 'Ann Roe: The blue one it is then.\nTom Fry: Leave the imprint to me, you have it on Friday.\n';
  const items: Json[] = [
    { kind: 'decision', line: 1, quote: 'The blue one it is then.' },
    { kind: 'action', line: 2, quote: 'Leave the imprint to me', owner: 'Tom' },
    { kind: 'action', line: 2, quote: 'Ann pays for everything', owner: 'Ann Roe' },
    { kind: 'question', line: 9, quote: 'Leave the imprint to me' },
  ];
  const inputs = { transcript: fileInput('meeting.txt', said), meeting_date: textInput('2026-03-11') };

  it('keeps what it quotes from the line that it names, counts days itself, and drops the rest', async () => {
    const model = async () => completion({ offline: false, value: { items } });
    const { outputs, notes } = await meetingNotes.run(fakeSkillContext({ inputs, model }));
    expect(outputs.decisions).toMatchObject([{ line: 1, by_model: true }]);
    expect(outputs.actions).toMatchObject([{ line: 2, owner: 'Tom Fry', due: '2026-03-13', said_as: 'model' }]);
    expect(outputs.open_questions).toEqual([]);
    expect(notes).toContain('2 items that a model named do not stand in the transcript and were dropped.');
  });

  it('adds nothing with the offline one, and goes on without any', async () => {
    const offline = async () => completion({ value: { items } });
    expect((await meetingNotes.run(fakeSkillContext({ inputs, model: offline }))).outputs.decisions).toEqual([]);
    const broken = async () => {
      throw new Error('away');
    };
    const { notes, metrics } = await meetingNotes.run(fakeSkillContext({ inputs, model: broken }));
    expect(metrics.decision_count).toBe(0);
    expect(notes).toContain('No model could be asked for what the rules do not see.');
  });
});

describe('what follows from approved minutes', () => {
  const team: Team = {
    people: [
      { id: 'p1', name: 'Ann Roe', email: null },
      { id: 'p2', name: 'Tom Fry', email: null },
      { id: 'p3', name: 'Tom Hill', email: null },
    ],
    agents: [
      {
        name: 'ops',
        skills: [
          {
            name: 'answer-from-handbook',
            description: 'Answer a question',
            inputs: [{ name: 'question', type: 'text', required: true }],
          },
        ],
      },
    ],
  };
  const action = (owner: string | null, more: Record<string, Json> = {}) => ({
    text: 'call the court',
    owner,
    due: '2026-03-13',
    line: 4,
    file: 'm.txt',
    ...more,
  });

  it('asks the person, gives agents what they can do, and leaves to any reviewer what is nobody’s', async () => {
    const actions = [
      action('Ann Roe'),
      action('ops', { text: 'answer from handbook how long leave is' }),
      action('ops'),
      action('Tom'),
      action(null),
    ];
    const made = await meetingNotes.followUps!({ actions }, team);
    expect(made).toMatchObject([
      {
        skill: 'to-do',
        askedOf: 'p1',
        inputs: { what: 'call the court', owner: 'Ann Roe', due: '2026-03-13', origin: 'm.txt, line 4' },
      },
      { skill: 'answer-from-handbook', agent: 'ops', inputs: { question: 'answer from handbook how long leave is' } },
      { skill: 'to-do', inputs: { owner: 'ops' } },
      { skill: 'to-do', inputs: { owner: 'Tom' } },
      { skill: 'to-do' },
    ]);
    expect(made.slice(2).map(({ askedOf }) => askedOf)).toEqual([undefined, undefined, undefined]);
    expect(new Set(made.map(({ key }) => key)).size).toBe(5);
  });
});

describe('bad and hostile input', () => {
  it.each([
    [
      'a web page',
      'meeting.txt',
      '<!doctype html><html><head><title>x</title></head><body><p>hi</p></body></html>',
      /meeting\.txt/,
    ],
    [
      'an empty subtitle file',
      'meeting.vtt',
      'WEBVTT\n\nNOTE nothing\n',
      /meeting\.vtt, line 1, column 1: found "WEBVTT"; expected a transcript/,
    ],
  ])('refuses %s with the place', async (_what, name, text, message) => {
    await expect(meetingNotes.check!({ transcript: fileInput(name, text) })).rejects.toThrow(message);
  });

  it('refuses a meeting date that is none', async () => {
    const inputs = { transcript: textInput('Ann Roe: hello'), meeting_date: textInput('soon') };
    await expect(meetingNotes.check!(inputs)).rejects.toThrow(/meeting_date: found "soon"; expected a day/);
  });

  it('writes minutes in which nothing that was said is a link or a tag', async () => {
    const { outputs } = await run(
      'Ann Roe: I will send [this](http://evil.example) <img src=x onerror=alert(1)> by Friday.\nTom Fry: ok\n',
    );
    expect(outputs.minutes).toContain('I will send');
    expect(outputs.minutes).not.toMatch(/<img|[^\\]\]\(|http:\/\//);
  });
});
