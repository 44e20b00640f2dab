import { sourceOf } from '#platform/formats';
import { spotItems } from '../../../agents/skills/meeting-notes/spot-items.ts';
import { readTranscript } from '../../../agents/skills/meeting-notes/transcript.ts';
import { generateMeeting, TRANSCRIPT_FORMATS } from '../../fixtures/clients/law-office/meetings.ts';

/** Counts against the planted truth; an item is found when its kind stands on its line. */
export interface MeetingScore {
  readonly planted: number;
  readonly missed: readonly string[];
  readonly alarms: readonly string[];
  /** Found actions with another owner or day than the planted ones. */
  readonly wrong: readonly string[];
  readonly actions: number;
}

/** One meeting a seed, the forms in turn. */
export async function scoreMeetings({
  language,
  seeds,
}: {
  language: 'en' | 'de';
  seeds: readonly number[];
}): Promise<MeetingScore> {
  const missed: string[] = [];
  const alarms: string[] = [];
  const wrong: string[] = [];
  let planted = 0;
  let actions = 0;
  for (const [at, seed] of seeds.entries()) {
    const made = generateMeeting({ seed, language, format: TRANSCRIPT_FORMATS[at % TRANSCRIPT_FORMATS.length]! });
    const transcript = await readTranscript(sourceOf(made.name, made.text));
    const spotted = spotItems(transcript, { people: [], day: made.date });
    const all = [...spotted.decisions, ...spotted.actions, ...spotted.questions];
    for (const { kind, line, text, owner, due } of made.truth) {
      planted += 1;
      if (!all.some((item) => item.kind === kind && item.line === line)) missed.push(`${kind} ${text}`);
      const action = spotted.actions.find((item) => kind === 'action' && item.line === line);
      if (!action) continue;
      actions += 1;
      if (action.owner !== owner || (action.due?.day ?? null) !== due)
        wrong.push(`${text}: ${action.owner} ${action.due?.day}, not ${owner} ${due} (${made.date})`);
    }
    for (const { kind, line, text } of all) {
      if (!made.truth.some((item) => item.kind === kind && item.line === line)) alarms.push(`${kind} ${text}`);
    }
  }
  return { planted, missed, alarms, wrong, actions };
}
