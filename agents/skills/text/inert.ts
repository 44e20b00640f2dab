import { cut, oneLine } from './shown.ts';

const MOST_CHARS = 500;

/**
 * Text from a file as one line that Markdown and HTML show and do nothing else with: no links, images, tags, emphasis or
 * headings, addresses are not made into links either, and nothing in it is unseen or turns the direction of writing. At
 * most `mostChars` characters of it, 500 when left out.
 */
export function inert(text: string, { mostChars = MOST_CHARS }: { readonly mostChars?: number } = {}): string {
  return unlinked(
    cut(oneLine(text), mostChars)
      .replaceAll(/[\\`*_{}[\]#|!~]/g, '\\$&')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;'),
  );
}

/** Markdown in which nothing becomes a link by itself: no scheme, no www., no address of mail. */
export const unlinked = (markdown: string): string =>
  markdown.replaceAll(/:\/\/|\bwww\.|(?<=\S)@(?=\S)/gi, (mark) => `${mark[0]}\u200b${mark.slice(1)}`);

/** Whether Markdown holds tags, links or pictures, or marks that turn the direction of writing. */
export const acts = (markdown: string): boolean =>
  /<[a-z/!?]|(?<!\\)\](?:\(|\[|:)|[\u202a-\u202e\u2066-\u2069]/i.test(markdown);
