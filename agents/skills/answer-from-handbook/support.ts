import type { Passage } from '../handler.ts';
import { languageOf } from '../text/languages.ts';
import { foldAccents, Stemmer } from '../text/stems.ts';
import type { CitedPassage } from './citations.ts';
import { LIGHT_WORDS } from './light-words.ts';

/**
 * Whether what a model quoted can answer: one quote, with what tells what it is about (headings, name of the source, head
 * of its table, the sentence before), must hold every telling word of the question, and something of the measure that is
 * asked for. A near miss ("first aider in London" where only Leeds and Cork are named) shares all words but the one that
 * matters; a handbook's rule, unlike a chain of facts, stands in one place (`internal-ops/answering/unanswerable`).
 *
 * @param names words of the asker's own organisation: texts say "we" for them
 */
export function unsupportedWords(
  question: string,
  cited: readonly CitedPassage[],
  { passages, names }: { readonly passages: readonly Passage[]; readonly names: readonly string[] },
): readonly string[] {
  const stemmer = new Stemmer(languageOf(question));
  const wanted = tellingWords(question, stemmer, { passages, names });
  const measure = MEASURES.find(({ asked }) => asked.test(question));
  let fewest: readonly string[] = wanted.length > 0 ? wanted : [question];
  for (const { passage, quote } of cited) {
    const around = stemsOf(placeOf(passage, quote), stemmer);
    const missing = wanted.filter((word) => !holds(around, word, stemmer));
    const isMeasured = measure === undefined || measure.given.test(withoutNumbersOf(question, quote));
    if (missing.length === 0 && isMeasured) return [];
    if (missing.length > 0 && missing.length < fewest.length) fewest = missing;
  }
  return fewest;
}

const WORD = /[\p{L}\p{N}]+(?:[.'’:,][\p{L}\p{N}]+)*/gu;
const TELEPHONE = /\+?\d{2,}(?:[ /-]\d{2,}){2,}/g;
const SHORTEST = 3;
const LEAST_COMMON = 5;

/** Each once, as they stand in the question. */
function tellingWords(
  question: string,
  stemmer: Stemmer,
  { passages, names }: { readonly passages: readonly Passage[]; readonly names: readonly string[] },
): string[] {
  const own = new Set(names.flatMap((name) => stemmer.stems(name.replaceAll('-', ' '))));
  const texts = passages.map(({ text, headings }) => stemsOf(`${headings.join(' ')} ${text}`, stemmer));
  const isCommon = (stem: string) =>
    texts.length >= LEAST_COMMON && texts.filter((stems) => stems.has(stem)).length > 0.8 * texts.length;
  const words = (question.match(WORD) ?? []).map((word) => word.replace(/['’]s$/u, ''));
  const telling = words.filter((word) => {
    const lower = word.toLowerCase();
    const stem = stemmer.stem(lower);
    if (word.length < SHORTEST && !/\p{N}/u.test(word)) return false;
    return !stemmer.isStopWord(lower) && !LIGHT_WORDS.has(foldAccents(lower)) && !own.has(stem) && !isCommon(stem);
  });
  return [...new Set(telling)];
}

/** A row of a table, as text or in words ("Supplier: Acme; Notice: 3 months"): it says nothing about the one below it. */
const ROW = /\||^[^.;]{2,40}: [^;]+;/u;

/** The quote, what was said just before it, the head of the table that it is a row of, and what stands above. */
function placeOf({ text, headings, sourceName }: Passage, quote: string): string {
  const at = Math.max(0, text.indexOf(quote));
  const said = text
    .slice(0, at)
    .split(/(?<=[.!?])\s+|\n/u)
    .filter((part) => part.trim() !== '');
  const head = quote.includes('|') ? (text.split('\n').find((line) => line.includes('|')) ?? '') : '';
  const before = ROW.test(quote) ? '' : (said.at(-1) ?? '');
  return [sourceName.replaceAll(/[-_./]/g, ' '), ...headings, head, before, quote].join(' \n ');
}

/** "When was the last level 1 incident?" is not answered by the 1 of "a level 1 incident", nor by a telephone number. */
function withoutNumbersOf(question: string, quote: string): string {
  const asked = new Set(question.match(/\d+/g) ?? []);
  return quote.replaceAll(TELEPHONE, ' ').replaceAll(/\d+/g, (number) => (asked.has(number) ? ' ' : number));
}

function stemsOf(text: string, stemmer: Stemmer): ReadonlySet<string> {
  return new Set((text.match(WORD) ?? []).map((word) => stemmer.stem(word.toLowerCase().replace(/['’]s$/u, ''))));
}

const LEAST_PART = 5;

/** The word itself, another form of it, or in German a compound that ends with it ("Urlaubstage" for "Tage"). */
function holds(stems: ReadonlySet<string>, word: string, stemmer: Stemmer): boolean {
  const stem = stemmer.stem(word.toLowerCase());
  if (stems.has(stem)) return true;
  if (stem.length < LEAST_PART) return false;
  for (const other of stems) {
    if (other.length < LEAST_PART) continue;
    if (other.startsWith(stem) || stem.startsWith(other)) return true;
    if (stemmer.language === 'de' && other.endsWith(stem)) return true;
  }
  return false;
}

const NUMBER_WORD =
  'one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|hundred|thousand|half|third|quarter|tenth|once|twice|every|each|daily|weekly|monthly|yearly|full|nothing|free|none|ein|eine|einen|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|zwanzig|hundert|tausend|halb\\p{L}*|einmal|zweimal|jede\\p{L}*|täglich|wöchentlich|monatlich|jährlich|kostenlos';
const NUMBER = new RegExp(`\\d|(?<!\\p{L})(?:${NUMBER_WORD})(?!\\p{L})`, 'iu');
const DAY =
  /\d|(?<!\p{L})(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|march|april|may|june|july|august|september|october|november|december|spring|summer|autumn|winter|noon|midnight|at once|immediately|before|after|until|weekly|daily|monthly|yearly|januar|februar|märz|mai|juni|juli|oktober|dezember|montags?|dienstags?|mittwochs?|donnerstags?|freitags?|samstags?|sonntags?|sofort|vor|nach|bis|täglich|wöchentlich|monatlich|jährlich)(?!\p{L})/iu;

/** What a question asks to be measured in, and how that looks in a text. */
const MEASURES: ReadonlyArray<{ readonly asked: RegExp; readonly given: RegExp }> = [
  {
    asked:
      /\bhow (?:many|much|long|often|old|far|tall|high|large|big|fast|soon)\b|\bwie ?(?:viele?|lange|oft|alt|weit|hoch|gro(?:ß|ss)|schnell|bald)\b/iu,
    given: NUMBER,
  },
  {
    asked: /^\s*(?:since |until |by )?when\b|\bat what time\b|^\s*(?:seit |bis )?wann\b|\bum wie ?viel uhr\b/iu,
    given: DAY,
  },
];
