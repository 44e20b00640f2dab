import { sourceOf } from '#platform/formats';
import { skillErrors } from '../errors.ts';
import type { SkillHandler, SkillInput, SkillResult } from '../handler.ts';
import { fileSource, namesOf, plainText } from '../read-input.ts';
import { parseDay } from '../text/calendar.ts';
import { addByModel } from './ask-model.ts';
import { followUpsOf } from './follow-ups.ts';
import { actionList, itemList, minutes } from './outputs.ts';
import { spotItems } from './spot-items.ts';
import { readTranscript, type Transcript } from './transcript.ts';

/** Makes minutes of a transcript; `docs/skills/meeting-notes.md` has method and limits. Needs no model. */
export const meetingNotes: SkillHandler = {
  skill: 'meeting-notes',
  revision: 1,
  standIns: {},
  metrics: {
    utterances: 'Number of things said by someone.',
    decision_count: 'Number of decisions found.',
    action_count: 'Number of actions found.',
    question_count: 'Number of open questions found.',
    owned_share: 'Actions with an owner / all actions; 1 without actions.',
    dated_share: 'Actions with a day / all actions; 1 without actions.',
    cited_share: 'Items that name their line / all items; 1 without items.',
  },
  async check(inputs) {
    await transcriptOf(inputs.transcript);
    dayGiven(inputs.meeting_date);
  },
  async run(context): Promise<SkillResult> {
    const { inputs, signal } = context;
    const transcript = await transcriptOf(inputs.transcript, signal);
    const day = dayGiven(inputs.meeting_date) ?? transcript.date;
    const team = await context.team();
    const people = [...namesOf(inputs.people, 200), ...team.agents.map(({ name }) => name)];
    const byRules = spotItems(transcript, { people, day });
    const { spotted, note } = await addByModel(byRules, { transcript, context, people, day });
    const { decisions, actions, questions } = spotted;
    const items = [...decisions, ...actions, ...questions];
    const undated = actions.filter(({ due }) => due !== null && due.day === null);
    const share = (count: number, of: number) => (of === 0 ? 1 : Math.round((count / of) * 1_000) / 1_000);
    return {
      summary: `${decisions.length} decisions, ${actions.length} actions and ${questions.length} open questions from ${transcript.utterances.length} utterances${day ? ` of ${day}` : ''}. Once approved, each action becomes a task of the agent or a to-do of the person.`,
      outputs: {
        decisions: itemList(decisions, transcript),
        actions: actionList(actions, transcript),
        open_questions: itemList(questions, transcript),
        minutes: minutes(spotted, { transcript, day }),
        meeting_date: day,
      },
      metrics: {
        utterances: transcript.utterances.length,
        decision_count: decisions.length,
        action_count: actions.length,
        question_count: questions.length,
        owned_share: share(actions.filter(({ owner }) => owner !== null).length, actions.length),
        dated_share: share(actions.filter(({ due }) => due?.day).length, actions.length),
        cited_share: share(items.filter(({ line }) => line > 0).length, items.length),
      },
      notes: [
        ...(note ? [note] : []),
        ...(undated.length > 0
          ? [
              `The day of the meeting is not known, so that "${undated[0]!.due!.said}" (line ${undated[0]!.line}) is no day; give meeting_date.`,
            ]
          : []),
        ...(transcript.speakers.length === 0
          ? ['No line names its speaker: who promised something cannot be told.']
          : []),
        ...(items.length === 0
          ? ['Nothing in it reads like a decision, an action or an open question, in English or German.']
          : []),
      ],
    };
  },
  followUps: followUpsOf,
};

async function transcriptOf(input: SkillInput | undefined, signal?: AbortSignal): Promise<Transcript> {
  if (input === undefined) {
    throw skillErrors(
      'KAZE_SKILL_INPUT_MISSING',
      'meeting-notes has no transcript; give it as text or as a .vtt, .srt, .txt or .md file',
      {
        fields: { skill: 'meeting-notes', input: 'transcript' },
      },
    );
  }
  if (input.kind === 'file') return readTranscript(fileSource(input), signal);
  const text = input.kind === 'text' ? input.text : plainText(input.value);
  if (text.trim() === '') {
    throw skillErrors(
      'KAZE_SKILL_INPUT_INVALID',
      'transcript, line 1, column 1: found nothing; expected lines such as "Maren Holt: ..."',
      {
        fields: { skill: 'meeting-notes', input: 'transcript', line: 1, column: 1 },
      },
    );
  }
  return readTranscript(sourceOf('transcript.txt', text), signal);
}

function dayGiven(input: SkillInput | undefined): string | undefined {
  if (input === undefined) return undefined;
  const text = input.kind === 'text' ? input.text : input.kind === 'json' ? String(input.value) : '';
  const day = parseDay(text);
  if (day !== undefined) return day;
  throw skillErrors(
    'KAZE_SKILL_INPUT_INVALID',
    `meeting_date: found "${text.slice(0, 40)}"; expected a day such as 2026-03-11 or 11.03.2026`,
    {
      fields: { skill: 'meeting-notes', input: 'meeting_date', found: text.slice(0, 40) },
    },
  );
}
