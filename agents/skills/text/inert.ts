const MOST_CHARS = 500;

/**
 * Text from a file as one line that Markdown and HTML show and do nothing else with: no links, images, tags, emphasis or
 * headings, and addresses are not made into links either. At most `mostChars` characters of it, 500 when left out.
 */
export function inert(text: string, { mostChars = MOST_CHARS }: { readonly mostChars?: number } = {}): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .slice(0, mostChars)
    .replaceAll(/[\\`*_{}[\]#|!~]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/(https?):\/\//gi, '$1:\u200b//');
}
