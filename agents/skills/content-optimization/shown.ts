const MOST_CHARS = 300;

/**
 * Words of a page as they may stand in any output: one line, no tags, no Markdown links, no characters that cannot be
 * seen or turn the direction of writing.
 */
export function shown(text: string, mostChars = MOST_CHARS): string {
  const plain = text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\p{C}/gu, '')
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
    .replaceAll('](', '] (')
    .trim();
  return plain.length > mostChars ? `${plain.slice(0, mostChars - 1).replace(/\p{Surrogate}$/u, '')}…` : plain;
}

/** An address for people: only what leads to a page or file is written out. */
export function shownAddress(href: string): string {
  const plain = href.replaceAll(/[\s\p{C}]+/gu, '');
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(plain)?.[1]?.toLowerCase();
  if (scheme !== undefined && !['http', 'https', 'mailto', 'tel'].includes(scheme))
    return `an address of kind ${scheme}`;
  return shown(plain, 200);
}
