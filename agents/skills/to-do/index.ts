import { skillErrors } from '../errors.ts';
import type { Json, SkillHandler, SkillInput, SkillResult } from '../handler.ts';
import { inert } from '../text/inert.ts';

const MOST_CHARS = 4_000;

/**
 * Something that a person does. Its outcome is the proposed record; it waits for the person (the skill is irreversible, so
 * that no level of autonomy passes it): approve means done, edit means done and says what came of it, reject means not done.
 */
export const toDo: SkillHandler = {
  skill: 'to-do',
  revision: 1,
  standIns: {},
  metrics: { words: 'Number of words of what is to be done.' },
  async check(inputs) {
    wordsOf(inputs.what);
  },
  async run({ inputs }): Promise<SkillResult> {
    const what = wordsOf(inputs.what);
    const given = (name: string): string | undefined => {
      const input = inputs[name];
      if (input === undefined || input.kind === 'file') return undefined;
      return String(input.kind === 'text' ? input.text : input.value).slice(0, MOST_CHARS);
    };
    const [owner, due, evidence, answer, origin] = ['owner', 'due', 'evidence', 'answer', 'origin'].map(given);
    const parts = [
      `${owner ? `${inert(owner)}: ` : ''}${inert(what, { mostChars: MOST_CHARS })}${due ? ` (by ${inert(due)})` : ''}`,
      ...(answer ? [`An answer is needed (${inert(answer)}): edit the outcome and put it under "answer".`] : []),
      ...(evidence
        ? [
            `Evidence is needed (${inert(evidence)}): edit the outcome and put a text under "evidence" or the name of a file under "file".`,
          ]
        : []),
      'Approve when it is done; reject with the reason when it will not be.',
    ];
    return {
      summary: parts.join('\n'),
      outputs: {
        what,
        done: true,
        ...(owner ? { owner } : {}),
        ...(due ? { due } : {}),
        ...(origin ? { origin } : {}),
      },
      metrics: { words: what.split(/\s+/).length },
      notes: [],
    };
  },
};

function wordsOf(input: SkillInput | undefined): string {
  const text = input?.kind === 'text' ? input.text.trim() : '';
  if (/\p{L}/u.test(text) && text.length <= MOST_CHARS) return text;
  const found = text.length > MOST_CHARS ? `${text.length} characters` : input === undefined ? 'nothing' : `"${text}"`;
  throw skillErrors(
    'KAZE_SKILL_INPUT_INVALID',
    `to-do: the input what is ${found}; expected what is to be done, in at most ${MOST_CHARS} characters`,
    {
      fields: { skill: 'to-do', input: 'what', found },
    },
  );
}

/** Outputs of a person's record, as they may be after an edit. */
export interface ToDoRecord {
  readonly answer: string | null;
  readonly evidence: string | null;
  readonly file: string | null;
}

export function toDoRecord(outputs: Readonly<Record<string, Json>> | null): ToDoRecord {
  const text = (name: string): string | null => {
    const value = outputs?.[name];
    return value === undefined || value === null || String(value).trim() === '' ? null : String(value).trim();
  };
  return { answer: text('answer'), evidence: text('evidence'), file: text('file') };
}
