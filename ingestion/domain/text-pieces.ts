export interface Piece {
  readonly text: string;
  /** Offset of the piece in the text that was cut. */
  readonly start: number;
}

const CHARS_A_WORD = 8;
/** Names that end in a dot without ending a sentence. */
const ABBREVIATION =
  /(?:^|[\s(])(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|No|Nr|vs|etc|e\.g|i\.e|z\.B|d\.h|u\.a|bzw|ca|inkl|Abs|Art|Fig|Inc|Ltd|Co|approx)\.\s*$/;

/** Words, or what they would be where a text has no spaces: a line of a million letters is not one word. */
export function sizeOf(text: string): number {
  let words = 0;
  for (let at = 0, inside = false; at < text.length; at++) {
    const space = text.charCodeAt(at) <= 32;
    if (!space && !inside) words++;
    inside = !space;
  }
  return Math.max(words, Math.ceil(text.length / CHARS_A_WORD));
}

const segmenters = new Map<string, Intl.Segmenter>();

/** Sentences by Unicode's rules for the language (UAX 29), joined again after abbreviations. */
export function sentencesOf(text: string, language: string): Piece[] {
  const locale = /^[a-z]{2,3}\b/.test(language) && language !== 'unknown' ? language : 'en';
  const segmenter = segmenters.get(locale) ?? new Intl.Segmenter(locale, { granularity: 'sentence' });
  segmenters.set(locale, segmenter);
  const pieces: Array<{ text: string; start: number }> = [];
  for (const { segment, index } of segmenter.segment(text)) {
    const last = pieces.at(-1);
    if (last && ABBREVIATION.test(last.text)) last.text += segment;
    else pieces.push({ text: segment, start: index });
  }
  return pieces;
}

/**
 * Cuts a text into pieces of at most `max` words: between lines where it has some (tables, lists, code), else between
 * sentences, else between words, else anywhere. Pieces keep their white space, so that joined they are the text.
 */
export function cutText(text: string, max: number, language: string): Piece[] {
  if (sizeOf(text) <= max) return [{ text, start: 0 }];
  const units = text.includes('\n') ? linesOf(text) : sentencesOf(text, language);
  const small = units.flatMap((unit) => {
    if (sizeOf(unit.text) <= max) return [unit];
    const finer = units.length > 1 ? cutText(unit.text.trimEnd(), max, language) : cutWords(unit.text, max);
    return finer.map((piece) => ({ text: piece.text, start: unit.start + piece.start }));
  });
  const pieces: Array<{ text: string; start: number; size: number }> = [];
  for (const unit of small) {
    const last = pieces.at(-1);
    const size = sizeOf(unit.text);
    if (last && last.size + size <= max) {
      // White space between two units belongs to the first of them.
      last.text = text.slice(last.start, unit.start + unit.text.length);
      last.size += size;
    } else pieces.push({ ...unit, size });
  }
  return pieces.map(({ text: piece, start }) => ({ text: piece, start }));
}

function linesOf(text: string): Piece[] {
  return [...text.matchAll(/[^\n]*\n|[^\n]+$/g)].map((match) => ({ text: match[0], start: match.index }));
}

function cutWords(text: string, max: number): Piece[] {
  const longest = max * CHARS_A_WORD;
  const pieces: Piece[] = [];
  for (let start = 0; start < text.length; ) {
    let end = Math.min(text.length, start + longest);
    if (end < text.length) {
      const space = text.lastIndexOf(' ', end);
      if (space > start + longest / 2) end = space + 1;
      // Half of a surrogate pair is no character.
      else if (text.charCodeAt(end) >= 0xdc00 && text.charCodeAt(end) <= 0xdfff) end--;
    }
    pieces.push({ text: text.slice(start, end), start });
    start = end;
  }
  return pieces;
}
