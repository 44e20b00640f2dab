/** What a question asks for: its telling words, the names it mentions, and the shape that an answer would have. */
import { type Language, languageOf, type Word, wordsOf } from './words.ts';

export type Shape = 'person' | 'date' | 'number' | 'place' | 'yes-no' | 'any';

export interface Question {
  readonly text: string;
  readonly language: Language;
  /** Stems of the telling words, each once, with a weight: names and numbers count more than other words. */
  readonly terms: ReadonlyArray<{ readonly stem: string; readonly weight: number }>;
  /** Stems of each name or quoted title in it. */
  readonly names: readonly (readonly string[])[];
  readonly shape: Shape;
}

const NAME_WEIGHT = 2;
const QUOTED = /["“”„«»]([^"“”„«»]{2,80})["“”„«»]/gu;

export function readQuestion(text: string, language: Language = languageOf(text)): Question {
  const words = wordsOf(text, language);
  const quoted = [...text.matchAll(QUOTED)].map((match) => stemsOf(wordsOf(match[1]!, language)));
  // German writes every noun with a capital, so nothing can be told from capitals there.
  const capitals = language === 'de' ? [] : namesIn(text, words);
  const names = [...quoted, ...capitals].filter((name) => name.length > 0);
  const inName = new Set(names.flat());
  const measured = measureIn(text);
  const terms = new Map<string, number>();
  for (const word of words) {
    if (word.stop && !inName.has(word.stem)) continue;
    if (CUES.has(word.raw.toLowerCase()) || word.start === measured) continue;
    const weight = inName.has(word.stem) || /\p{N}/u.test(word.raw) ? NAME_WEIGHT : 1;
    terms.set(word.stem, Math.max(weight, terms.get(word.stem) ?? 0));
  }
  return {
    text,
    language,
    terms: [...terms].map(([stem, weight]) => ({ stem, weight })),
    names,
    shape: shapeOf(text),
  };
}

/** Words that say what is asked for, not what it is about. */
const CUES = new Set([
  'who',
  'whom',
  'whose',
  'when',
  'where',
  'which',
  'what',
  'why',
  'how',
  'name',
  'called',
  'wer',
  'wann',
  'wo',
  'wie',
  'was',
  'warum',
  'heißt',
  'heisst',
]);

const MEASURED =
  /\b(?:how|wie)\s+(?=(long|often|far|old|tall|high|large|big|fast|late|early|soon|lange?|oft|weit|alt|hoch|gro[sß]s?|teuer|spät|früh|schnell|bald)(?!\p{L}))/iu;

/** Where the word stands that says what is measured ("how long"): the answer has the measure, "five months", not the word. */
function measureIn(text: string): number | undefined {
  const match = MEASURED.exec(text);
  return match ? match.index + match[0].length : undefined;
}

/** Runs of capitalised words. */
function namesIn(text: string, words: readonly Word[]): string[][] {
  const names: string[][] = [];
  let run: Word[] = [];
  const close = () => {
    while (run.length > 0 && run.at(-1)!.stop) run.pop();
    if (run.length > 0) names.push(stemsOf(run));
    run = [];
  };
  words.forEach((word, at) => {
    const capital = /^\p{Lu}/u.test(word.raw) && !(at === 0 && word.stop) && !CUES.has(word.raw.toLowerCase());
    const gap =
      run.length > 0 && /[,;:?!"“”()]|\.\s/u.test(text.slice(run.at(-1)!.start + run.at(-1)!.raw.length, word.start));
    if (gap) close();
    // "of", "the" and the like go on inside a name and never begin one.
    if (
      capital ||
      (run.length > 0 && /^(of|the|and|de|la|von|van|der|du)$/u.test(word.raw) && isCapital(words[at + 1]))
    )
      run.push(word);
    else close();
  });
  close();
  return names;
}

function isCapital(word: Word | undefined): boolean {
  return word !== undefined && /^\p{Lu}/u.test(word.raw);
}

function stemsOf(words: readonly Word[]): string[] {
  const telling = words.filter(({ stop }) => !stop);
  return [...new Set((telling.length > 0 ? telling : words).map(({ stem }) => stem))];
}

const SHAPES: ReadonlyArray<readonly [RegExp, Shape]> = [
  [
    /\b(who|whom|whose|which (person|actor|actress|author|singer|director|player|writer|president|man|woman))\b/iu,
    'person',
  ],
  [/\b(wer|wem|wen|wessen)\b/iu, 'person'],
  [/\b(when|what (year|date|day|month|time)|which (year|date|day|month)|how long ago|since what)\b/iu, 'date'],
  [/\b(wann|welche[sm]? (jahr|datum|tag|monat)|seit wann|bis wann)\b/iu, 'date'],
  [
    /\b(how (many|much|long|often|far|old|tall|high|large|big|fast|late|early)|what (number|percentage|amount|price|population|share))\b/iu,
    'number',
  ],
  [/\b(wie ?(viele?|lange|oft|weit|alt|hoch|gro[sß]s?|teuer|spät|früh))\b/iu, 'number'],
  [
    /\b(where|(what|which) (city|country|town|state|place|county|region|village|continent|street|room|nation))\b/iu,
    'place',
  ],
  [/\b(wo|woher|wohin|welche[rsm]? (stadt|land|ort|raum))\b/iu, 'place'],
];
const YES_NO =
  /^\s*(are|is|was|were|do|does|did|can|could|has|have|had|will|may|must|should|would|ist|sind|war|waren|hat|haben|kann|können|darf|dürfen|muss|müssen|gibt)\b/iu;

function shapeOf(text: string): Shape {
  for (const [pattern, shape] of SHAPES) if (pattern.test(text)) return shape;
  return YES_NO.test(text) ? 'yes-no' : 'any';
}

const MONTH =
  /\b(January|February|March|April|May|June|July|August|September|October|November|December|Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember|(mon|tues|wednes|thurs|fri|satur|sun)day|(mon|diens|donners|frei|sams|sonn)tag|mittwoch)\b|\b(1[0-9]|20)\d\d\b|\b\d{1,2}[./:]\d{1,2}\b/iu;
const NUMBER =
  /\d|\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand|million|once|twice|daily|weekly|monthly|yearly|annually|half|eins?|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|zwölf|hundert|tausend|täglich|wöchentlich|monatlich|jährlich)\b/iu;
const PERSON = /\b\p{Lu}[\p{L}'’.-]+ (?:\p{Lu}\. ?)?(?:\p{Lu}[\p{L}'’-]+)/u;
const ROLE =
  /\b(manager|director|officer|lead|head|team|department|supervisor|president|owner|desk|assistant|leitung|leiter(in)?|abteilung|vorgesetzte[rn]?|geschäftsführung|team)\b/iu;
const PLACE = /\b(in|at|from|near|of|to|on|im|am|aus|bei|nach)\s+(?:the\s+|der\s+|dem\s+)?\p{Lu}/u;

/** Whether a text holds something of the shape; always true for shapes that cannot be seen. */
export function hasShape(text: string, shape: Shape): boolean {
  if (shape === 'date') return MONTH.test(text);
  if (shape === 'number') return NUMBER.test(text);
  if (shape === 'person') return PERSON.test(text) || ROLE.test(text);
  if (shape === 'place') return PLACE.test(text);
  return true;
}
