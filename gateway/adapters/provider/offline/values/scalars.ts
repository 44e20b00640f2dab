/** Single values as they stand in a text. Each answers undefined when the text does not say. */
import { languageOf, type Word, wordsOf } from '../answer/words.ts';

export interface Source {
  readonly text: string;
  readonly words: readonly Word[];
}

export function sourceOf(text: string): Source {
  return { text, words: wordsOf(text, languageOf(text)) };
}

/** Stems of a property's name: `dueDate`, `due_date` and `due-date` are the words due and date. */
export function stemsOfName(name: string): string[] {
  const spaced = name.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2').replace(/[_-]+/gu, ' ');
  return wordsOf(spaced, 'en').flatMap(({ stem, stop }) => (stop ? [] : [stem]));
}

/** Where a property is spoken of, nearest last; empty when it is not. */
function mentions(source: Source, stems: readonly string[]): Word[] {
  return source.words.filter(({ stem }) => stems.includes(stem));
}

/** `name: value` and `name = value` up to the end of the line, or a value in quotes after the name. */
export function labelled(source: Source, stems: readonly string[]): string | undefined {
  for (const word of mentions(source, stems)) {
    const after = source.text.slice(word.start + word.raw.length, word.start + word.raw.length + 400);
    const line = /^[^\n:=]{0,20}[:=][ \t]*([^\n;]{1,300})/u.exec(after);
    if (line?.[1]?.trim()) return unquoted(line[1]);
    const quoted = /^[^\n"“„«]{0,30}["“„«]([^"“”„»]{1,300})["”“»]/u.exec(after);
    if (quoted?.[1]?.trim()) return quoted[1].trim();
  }
  return undefined;
}

function unquoted(text: string): string {
  return text
    .trim()
    .replace(/^["“„«'](.*)["”“»'][.,]?$/u, '$1')
    .replace(/[.,]$/u, '')
    .trim();
}

const NUMBER = /(?<![\p{L}\p{N}.,])-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?<![\p{L}\p{N}])-?\d+(?:\.\d+)?/gu;
const WORDED = new Map(
  ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'].map(
    (word, value) => [word, value] as const,
  ),
);

/** The number nearest to where the property is spoken of; with no such place, the only number there is. */
export function numberIn(source: Source, stems: readonly string[], whole: boolean): number | undefined {
  const dates = [...source.text.matchAll(DATE)].map(({ index, 0: text }) => [index, index + text.length] as const);
  const found = [...source.text.matchAll(NUMBER)]
    .map(({ index, 0: text }) => ({ at: index, value: Number(text.replaceAll(',', '')) }))
    .filter(({ at }) => !dates.some(([start, end]) => at >= start && at < end));
  for (const word of source.words) {
    const value = WORDED.get(word.raw.toLowerCase());
    if (value !== undefined) found.push({ at: word.start, value });
  }
  const fitting = found.filter(({ value }) => Number.isFinite(value) && (!whole || Number.isInteger(value)));
  const places = mentions(source, stems).map(({ start }) => start);
  if (places.length === 0) return fitting.length === 1 ? fitting[0]!.value : undefined;
  const away = ({ at }: { at: number }) => Math.min(...places.map((place) => Math.abs(place - at)));
  const near = fitting.filter((one) => away(one) <= 60).sort((a, b) => away(a) - away(b));
  return near[0]?.value;
}

/** True or false when the property is spoken of, false when a word of denial stands shortly before it. */
export function booleanIn(source: Source, stems: readonly string[]): boolean | undefined {
  const said = labelled(source, stems);
  if (said && /^(true|yes|ja|wahr)\b/iu.test(said)) return true;
  if (said && /^(false|no|nein|falsch)\b/iu.test(said)) return false;
  const [word] = mentions(source, stems);
  if (!word) return undefined;
  const before = source.text.slice(Math.max(0, word.start - 25), word.start);
  return !/\b(no|not|never|without|kein\p{L}*|nicht|ohne)\b|n['’]t\b/iu.test(before);
}

const DATE = /\b\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?\b/gu;
const FORMATS: Readonly<Record<string, RegExp>> = {
  date: /\b\d{4}-\d{2}-\d{2}\b/u,
  'date-time': /\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})/u,
  time: /\b\d{2}:\d{2}(?::\d{2})?\b/u,
  email: /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,4}/u,
  uri: /\bhttps?:\/\/[^\s<>"')\]]{1,2000}/u,
  uuid: /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/iu,
};

export function formattedIn(source: Source, format: string): string | undefined {
  return FORMATS[format]?.exec(source.text)?.[0];
}

export function knowsFormat(format: string): boolean {
  return Object.hasOwn(FORMATS, format);
}

/** Members of a list of allowed words that the text names, in the order in which it names them. */
export function namedIn(source: Source, allowed: readonly string[]): string[] {
  const lower = ` ${source.words.map(({ raw }) => raw.toLowerCase()).join(' ')} `;
  const stems = ` ${source.words.map(({ stem }) => stem).join(' ')} `;
  return allowed
    .map((value) => {
      const words = wordsOf(value.replace(/[_-]+/gu, ' '), 'en');
      const exact = lower.indexOf(` ${words.map(({ raw }) => raw.toLowerCase()).join(' ')} `);
      const alike = stems.indexOf(` ${words.map(({ stem }) => stem).join(' ')} `);
      return { value, at: words.length === 0 ? -1 : exact >= 0 ? exact : alike };
    })
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}
