import type { ByteSource } from '#platform/formats';
import { skillErrors } from '../errors.ts';
import { parseDay } from '../text/calendar.ts';
import { collectText } from '../text/collect-text.ts';

/** One thing that one person said, with the line it stands on, from 1. */
export interface Utterance {
  readonly speaker: string | null;
  readonly text: string;
  readonly line: number;
}

export interface Transcript {
  readonly file: string;
  readonly form: 'vtt' | 'srt' | 'names' | 'name-lines' | 'notes';
  readonly utterances: readonly Utterance[];
  /** Who spoke, in order of first words. */
  readonly speakers: readonly string[];
  /** YYYY-MM-DD, where the transcript says when it was. */
  readonly date: string | null;
  readonly lines: number;
}

const TIME = String.raw`\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?`;
const CUE = new RegExp(`^${TIME}\\s*-->\\s*${TIME}`);
const VOICE = /^<v(?:\.[\w.]+)?\s+([^>]+)>(.*?)(?:<\/v>)?\s*$/;
/** A name: two to five words that begin with capitals, or one. */
const NAME = String.raw`[\p{Lu}][\p{L}'’.-]*(?:\s+(?:von|van|de|der|den|[\p{Lu}][\p{L}'’.-]*)){0,4}(?:\s*\([^)]{1,40}\))?`;
/** `Name: text`, `**Name:** text`, `[10:02] Name: text`, `10:02:11 From Name : text`. */
const NAMED = new RegExp(
  String.raw`^(?:[-*]\s+)?(?:[[(]?${TIME}[\])]?\s+)?(?:From\s+)?(?:\*\*|__)?(${NAME})(?:\*\*|__)?\s*:(?:\*\*|__)?\s+(\S.*)$`,
  'u',
);
/** A line with a name and a time, what was said below: Teams, Zoom, Otter. */
const NAME_LINE = new RegExp(
  String.raw`^(?:\[(${NAME})\]\s+${TIME}|(${NAME})\s+(?:\[|\()?${TIME}(?:\]|\))?(?:\s*(?:AM|PM))?)$`,
  'u',
);
/** Labels of minutes that look like names. */
const LABELS =
  /^(date|datum|time|zeit|uhrzeit|ort|place|location|attendees|participants|present|anwesend|teilnehmer\w*|agenda|tagesordnung|topic|thema|title|titel|subject|betreff|note|notiz|decision|beschluss|entscheidung|action|action item|aufgabe|todo|to-do|open question|offene frage|frage|question|top \d+)$/i;
const MOST_LINES = 100_000;

/**
 * Reads a transcript: WebVTT (with voice tags), SubRip, "Name: text", name lines as Teams and Zoom copy them, Markdown
 * minutes. Errors: those of the readers; KAZE_SKILL_INPUT_INVALID when nothing in it was said by anyone.
 */
export async function readTranscript(source: ByteSource, signal?: AbortSignal): Promise<Transcript> {
  const { name: file } = source;
  const text = await collectText(source, signal);
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  if (lines.length > MOST_LINES) {
    throw skillErrors(
      'KAZE_SKILL_INPUT_INVALID',
      `${file}: ${lines.length} lines; expected one meeting, at most ${MOST_LINES} lines`,
    );
  }
  const form = formOf(lines);
  const utterances = joined(
    form === 'vtt' || form === 'srt' ? cues(lines) : form === 'name-lines' ? nameLines(lines) : named(lines),
  );
  if (utterances.length === 0) {
    const first = lines.findIndex((line) => line.trim() !== '');
    const found = lines[Math.max(0, first)]!.trim().slice(0, 60);
    throw skillErrors(
      'KAZE_SKILL_INPUT_INVALID',
      `${file}, line ${Math.max(0, first) + 1}, column 1: found "${found}"; expected a transcript: WebVTT, SubRip, lines such as "Maren Holt: ...", or names with times above what was said`,
      { fields: { name: file, line: Math.max(0, first) + 1, column: 1, found, expected: 'Name: text' } },
    );
  }
  const speakers = [...new Set(utterances.flatMap(({ speaker }) => (speaker === null ? [] : [speaker])))];
  return { file, form, utterances, speakers, date: dateIn(lines), lines: lines.length };
}

function formOf(lines: readonly string[]): Transcript['form'] {
  if (/^WEBVTT/.test(lines[0] ?? '')) return 'vtt';
  const head = lines.slice(0, 400).map((line) => line.trim());
  if (head.filter((line) => CUE.test(line)).length >= 1) return 'srt';
  if (head.filter((line) => NAME_LINE.test(line)).length >= 2) return 'name-lines';
  return head.filter((line) => speakerIn(line)).length >= 2 ? 'names' : 'notes';
}

function speakerIn(line: string): readonly [string, string] | undefined {
  const match = NAMED.exec(line);
  if (!match || LABELS.test(match[1]!.trim())) return undefined;
  return [clean(match[1]!), match[2]!];
}

const clean = (name: string): string =>
  name
    .replace(/\s*\([^)]*\)\s*$/, '')
    .replace(/\*+/g, '')
    .trim();

function cues(lines: readonly string[]): Utterance[] {
  const said: Utterance[] = [];
  let inCue = false;
  lines.forEach((raw, at) => {
    const line = raw.trim();
    if (CUE.test(line)) inCue = true;
    else if (line === '') inCue = false;
    else if (inCue) {
      const voice = VOICE.exec(line);
      const spoken = voice ? ([clean(voice[1]!), voice[2]!] as const) : speakerIn(line);
      const text = (spoken ? spoken[1] : line).replaceAll(/<[^>]{1,80}>/g, '').trim();
      if (text !== '') said.push({ speaker: spoken ? spoken[0] : null, text, line: at + 1 });
    }
  });
  return said;
}

function nameLines(lines: readonly string[]): Utterance[] {
  const said: Utterance[] = [];
  let speaker: string | null = null;
  lines.forEach((raw, at) => {
    const line = raw.trim();
    const match = NAME_LINE.exec(line);
    if (match) speaker = clean((match[1] ?? match[2])!);
    else if (line !== '' && speaker !== null) said.push({ speaker, text: line, line: at + 1 });
  });
  return said;
}

function named(lines: readonly string[]): Utterance[] {
  return lines.flatMap((raw, at): Utterance[] => {
    const line = raw.trim();
    const spoken = speakerIn(line);
    if (spoken) return [{ speaker: spoken[0], text: spoken[1], line: at + 1 }];
    const text = line.replace(/^[-*•]\s+(?:\[[ x]\]\s+)?/, '');
    if (
      text === '' ||
      /^#{1,6}\s/.test(text) ||
      /^[-=*_]{3,}$/.test(text) ||
      (LABELS.test(text.split(':')[0]!) !== false &&
        /^(date|datum|time|zeit|ort|place|location|attendees|participants|present|anwesend|teilnehmer\w*)\s*:/i.test(
          text,
        ))
    )
      return [];
    return /\p{L}/u.test(text) ? [{ speaker: null, text, line: at + 1 }] : [];
  });
}

/** A cue without a voice goes on with what its speaker began, when the sentence before it has not ended. */
function joined(said: readonly Utterance[]): Utterance[] {
  const whole: Utterance[] = [];
  for (const one of said) {
    const last = whole.at(-1);
    const goesOn =
      last &&
      one.line - last.line <= 5 &&
      !/[.!?…]["”»]?$/.test(last.text) &&
      (one.speaker === null || one.speaker === last.speaker) &&
      last.speaker !== null;
    if (goesOn && last.text.length < 2_000) whole[whole.length - 1] = { ...last, text: `${last.text} ${one.text}` };
    else whole.push(one);
  }
  return whole;
}

function dateIn(lines: readonly string[]): string | null {
  for (const line of lines.slice(0, 30)) {
    const said = /^\W*(?:date|datum|meeting date|besprechung vom|meeting of)\W*[:\s]\W*(.+?)\W*$/i.exec(
      line.trim(),
    )?.[1];
    const day = said === undefined ? undefined : (parseDay(said) ?? parseDay(said.replace(/^\p{L}+,\s*/u, '')));
    if (day !== undefined) return day;
  }
  return null;
}
