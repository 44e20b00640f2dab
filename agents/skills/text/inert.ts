const MOST_CHARS = 500;

/**
 * Text from a file as one line that Markdown and HTML show and do nothing else with: no links, images, tags, emphasis or
 * headings, and addresses are not made into links either. At most 500 characters.
 */
export function inert(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .slice(0, MOST_CHARS)
    .replaceAll(/[\\`*_{}[\]#|!~]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/(https?):\/\//gi, '$1:\u200b//');
}
