import { addDays, createRandom, formatDate, type Random, weekdayOf } from '../generate/index.ts';
import { PHRASES, type Phrases } from './meeting-phrases.ts';

export const TRANSCRIPT_FORMATS = ['plain', 'markdown', 'teams-vtt', 'teams-text', 'zoom', 'srt'] as const;
export type TranscriptFormat = (typeof TRANSCRIPT_FORMATS)[number];

export interface MeetingOptions {
  readonly seed: number;
  readonly language: 'en' | 'de';
  readonly format: TranscriptFormat;
}

export interface PlantedItem {
  readonly kind: 'decision' | 'action' | 'question';
  /** Line of the transcript on which it is said. */
  readonly line: number;
  readonly text: string;
  /** Of actions. */
  readonly owner?: string;
  /** YYYY-MM-DD; null: none was said. */
  readonly due?: string | null;
}

export interface GeneratedMeeting {
  readonly name: string;
  readonly text: string;
  readonly date: string;
  readonly people: readonly string[];
  readonly truth: readonly PlantedItem[];
}

interface Said {
  readonly speaker: string;
  readonly text: string;
  readonly planted?: Omit<PlantedItem, 'line' | 'text'>;
}

export function generateMeeting({ seed, language, format }: MeetingOptions): GeneratedMeeting {
  const random = createRandom(seed, `law-office meeting ${language}`);
  const phrases = PHRASES[language];
  const people = random.sample(phrases.people, 4);
  const date = addDays('2026-01-05', random.whole(0, 300));
  const scenes: Said[][] = [];
  const others = (speaker: string) => people.filter((name) => name !== speaker);
  const things = random.shuffled(phrases.things);
  const chores = random.shuffled(phrases.chores);
  const topics = random.shuffled(phrases.topics);
  const count = {
    decisions: random.whole(2, 4),
    actions: random.whole(3, 6),
    questions: random.whole(1, 3),
    decoys: random.whole(8, 14),
  };
  for (let at = 0; at < count.decisions; at += 1) {
    const text = random.pick(phrases.decisions).replace('{x}', things[at]!);
    scenes.push([{ speaker: random.pick(people), text, planted: { kind: 'decision' } }]);
  }
  for (let at = 0; at < count.actions; at += 1)
    scenes.push(action(random, { phrases, people, date, chore: chores[at]! }));
  for (let at = 0; at < count.questions; at += 1) {
    const speaker = random.pick(people);
    const text = random.pick(phrases.questions).replace('{x}', topics[at]!);
    scenes.push([
      { speaker, text, planted: { kind: 'question' } },
      { speaker: random.pick(others(speaker)), text: random.pick(phrases.shrugs) },
    ]);
  }
  for (let at = 0; at < count.decoys; at += 1) {
    const speaker = random.pick(people);
    const [text, ...answers] = random
      .pick(phrases.decoys)
      .map((one) => one.replace('{n}', random.pick(others(speaker))));
    scenes.push([
      { speaker, text: text! },
      ...answers.map((answer) => ({ speaker: random.pick(others(speaker)), text: answer })),
    ]);
  }
  const said = [
    { speaker: people[0]!, text: phrases.opening },
    ...random.shuffled(scenes).flat(),
    { speaker: people[0]!, text: phrases.closing },
  ];
  const { text, lines } = write(said, { format, phrases, date });
  const truth = said.flatMap(({ planted, text: spoken }, at) =>
    planted ? [{ ...planted, line: lines[at]!, text: spoken }] : [],
  );
  return {
    name: `meeting.${format.includes('vtt') ? 'vtt' : format === 'srt' ? 'srt' : format === 'markdown' ? 'md' : 'txt'}`,
    text,
    date,
    people,
    truth,
  };
}

function action(
  random: Random,
  {
    phrases,
    people,
    date,
    chore,
  }: { phrases: Phrases; people: readonly string[]; date: string; chore: readonly [string, string, string] },
): Said[] {
  const speaker = random.pick(people);
  const other = random.pick(people.filter((name) => name !== speaker));
  const [words, due] = random.chance(0.75) ? whenSaid(random, phrases.language, date) : ['', null];
  const form = random.pick(phrases.actions);
  const [infinitive, spoken, split] = chore;
  const text = form.text
    .replace('{n}', other.split(' ')[0]!)
    .replace('{do}', infinitive)
    .replace('{ich}', spoken)
    .replace('{er}', split)
    .replace(/ ?\{w\}/, words === '' ? '' : ` ${words}`)
    .replace(/\s+([.?,])/g, '$1');
  const planted = { kind: 'action' as const, owner: form.owner === 'speaker' ? speaker : other, due };
  return [
    { speaker, text, planted },
    ...(form.owner === 'other' && random.chance(0.6) ? [{ speaker: other, text: random.pick(phrases.yes) }] : []),
  ];
}

const WEEKDAYS = {
  en: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'],
  de: ['Montag', 'Dienstag', 'Mittwoch', 'Donnerstag', 'Freitag'],
};
const COUNTS = { en: ['', 'one', 'two', 'three'], de: ['', 'einer', 'zwei', 'drei'] };

/** When, in words, and the day that is meant by the rules of the README. */
function whenSaid(random: Random, language: 'en' | 'de', date: string): [string, string] {
  const german = language === 'de';
  const day = random.whole(0, 4);
  const name = WEEKDAYS[language][day]!;
  const next = addDays(date, ((day - weekdayOf(date) + 6) % 7) + 1);
  const monday = addDays(date, 7 - weekdayOf(date));
  const friday = addDays(date, (4 - weekdayOf(date) + 7) % 7);
  const month = new Date(Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)), 0)).toISOString().slice(0, 10);
  const far = addDays(date, random.whole(20, 60));
  const weeks = random.whole(2, 3);
  return random.pick<[string, string]>([
    german ? [`bis ${name}`, next] : [`by ${name}`, next],
    german ? [`bis nächsten ${name}`, addDays(monday, day)] : [`by next ${name}`, addDays(monday, day)],
    german ? ['bis morgen', addDays(date, 1)] : ['by tomorrow', addDays(date, 1)],
    german
      ? [`in ${COUNTS.de[weeks]} Wochen`, addDays(date, 7 * weeks)]
      : [`in ${COUNTS.en[weeks]} weeks`, addDays(date, 7 * weeks)],
    german ? ['bis Ende der Woche', friday] : ['by the end of the week', friday],
    german ? ['bis Monatsende', month] : ['by the end of the month', month],
    german ? [`bis zum ${formatDate(far, 'german')}`, far] : [`by ${formatDate(far, 'long-en')}`, far],
    german
      ? [`bis zum ${formatDate(far, 'long-de').replace(/ \d{4}$/, '')}`, far]
      : [`by ${formatDate(far, 'long-en').replace(/, \d{4}$/, '')}`, far],
  ]);
}

function write(
  said: readonly Said[],
  { format, phrases, date }: { format: TranscriptFormat; phrases: Phrases; date: string },
) {
  const out: string[] = [];
  const lines: number[] = [];
  const put = (...texts: string[]) => out.push(...texts);
  const clock = (at: number, mark = '.') =>
    `00:${String(Math.floor(at / 4)).padStart(2, '0')}:${String((at % 4) * 15).padStart(2, '0')}${mark}000`;
  if (format === 'teams-vtt') put('WEBVTT', '');
  if (format === 'markdown') put(`# ${phrases.title}`, '', `${phrases.dateLabel}: ${formatDate(date, 'long-en')}`, '');
  said.forEach(({ speaker, text }, at) => {
    switch (format) {
      case 'plain':
        put(`${speaker}: ${text}`);
        lines.push(out.length);
        break;
      case 'markdown':
        put(`**${speaker}:** ${text}`, '');
        lines.push(out.length - 1);
        break;
      case 'teams-vtt':
        put(`${at}-0`, `${clock(at)} --> ${clock(at + 1)}`, `<v ${speaker}>${text}</v>`, '');
        lines.push(out.length - 1);
        break;
      case 'teams-text':
        put(`${speaker}   ${Math.floor(at / 4)}:${String((at % 4) * 15).padStart(2, '0')}`, text, '');
        lines.push(out.length - 1);
        break;
      case 'zoom':
        put(`[${speaker}] ${clock(at).slice(0, 8)}`, text, '');
        lines.push(out.length - 1);
        break;
      case 'srt':
        put(String(at + 1), `${clock(at, ',')} --> ${clock(at + 1, ',')}`, `${speaker}: ${text}`, '');
        lines.push(out.length - 1);
        break;
    }
  });
  return { text: `${out.join('\n')}\n`, lines };
}
