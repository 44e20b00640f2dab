const MOST_CHARS = 320;
/** Controls, and marks that turn the direction of what follows. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const UNSEEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

export const withoutUnseen = (text: string): string => text.replaceAll(UNSEEN, '');

/**
 * Words from a file or the graph as one line. What a spreadsheet would take for a formula when a table of the report is
 * opened in one gets an apostrophe before it.
 */
export function plainWords(text: string, mostChars = MOST_CHARS): string {
  const line = withoutUnseen(text).replaceAll(/\s+/gu, ' ').trim();
  const cut = line.length > mostChars ? `${[...line].slice(0, mostChars - 1).join('')}…` : line;
  return /^[=+\-@]/u.test(cut) ? `'${cut}` : cut;
}
