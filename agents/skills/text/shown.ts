const MOST_CHARS = 300;
/** Control characters, marks that turn the direction of writing, tags and blanks without width; not the two joiners. */
const UNSEEN = /(?!\u200c|\u200d|\n|\t)\p{C}/gu;

/** The same text without what cannot be seen or turns the direction of writing. */
export const visible = (text: string): string => text.replaceAll(UNSEEN, '');

export const oneLine = (text: string): string => visible(text.replaceAll(/\s+/g, ' '));

/** At most `mostChars` characters, the last of them an ellipsis where more were there. */
export const cut = (line: string, mostChars: number): string =>
  line.length > mostChars ? `${line.slice(0, mostChars - 1).replace(/\p{Surrogate}$/u, '')}…` : line;

/**
 * Words of a file or page as they may stand in the prose of any output: one line, no tags, no Markdown links, no
 * characters that cannot be seen or turn the direction of writing. For Markdown there is `inert`.
 */
export function shown(text: string, mostChars = MOST_CHARS): string {
  const plain = oneLine(text).trim().replaceAll('<', '‹').replaceAll('>', '›').replaceAll('](', '] (');
  return cut(plain, mostChars);
}

/** An address for people: only what leads to a page or file is written out. */
export function shownAddress(href: string): string {
  const plain = href.replaceAll(/[\s\p{C}]+/gu, '');
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(plain)?.[1]?.toLowerCase();
  if (scheme !== undefined && !['http', 'https', 'mailto', 'tel'].includes(scheme))
    return `an address of kind ${scheme}`;
  return shown(plain, 200);
}
