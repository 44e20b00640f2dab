/**
 * Widths of Helvetica's letters in thousandths of the letter size (Adobe's font metrics, which Arial keeps to): results
 * pages show titles in Arial, 20 px high on a desktop.
 */
const GROUPS: ReadonlyArray<readonly [width: number, letters: string]> = [
  [191, "'"],
  [222, 'ijl'],
  [260, '|'],
  [278, ' !,./:;I[\\]ft'],
  [333, '()-`r'],
  [334, '{}'],
  [355, '"'],
  [389, '*'],
  [469, '^'],
  [500, 'Jckszvxy'],
  [556, '#$0123456789?Labdeghnopqu_–'],
  [584, '+<=>~'],
  [611, 'FTZß'],
  [667, '&ABEKPSVXY'],
  [722, 'CDHNRUw'],
  [778, 'GOQ'],
  [833, 'Mm'],
  [889, '%'],
  [944, 'W'],
  [1000, '—…'],
  [1015, '@'],
];
const WIDTHS = new Map(GROUPS.flatMap(([width, letters]) => [...letters].map((letter) => [letter, width] as const)));
const OTHER = 556;
const WIDE = 1_000;

export const TITLE_PX = 20;
/** Results pages on a desktop have some 600 px for a title; what is wider is cut. */
export const MAX_TITLE_PX = 600;
/** Two lines of 14 px letters, some 920 px together, of which the date and dots take a part. */
export const MAX_DESCRIPTION_CHARS = 160;
export const MIN_DESCRIPTION_CHARS = 50;

/** Pixels of a text in one line of Arial. */
export function widthOf(text: string, sizePx = TITLE_PX): number {
  let thousandths = 0;
  for (const letter of text.normalize('NFC')) {
    const base = WIDTHS.get(letter) ?? WIDTHS.get(letter.normalize('NFD')[0]!);
    thousandths +=
      base ??
      (/\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Extended_Pictographic}/u.test(
        letter,
      )
        ? WIDE
        : OTHER);
  }
  return Math.round((thousandths * sizePx) / 1_000);
}
