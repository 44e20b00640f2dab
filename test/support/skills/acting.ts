import { marked } from 'marked';

const TEXT = /^(?:p|br|hr|h[1-6]|ul|ol|li|strong|em|code|pre|blockquote|table|thead|tbody|tr|th|td)$/;
const TURNS = /[\u202a-\u202e\u2066-\u2069]|(?!\n|\t)\p{Cc}/u;

/** What a reader's program would do something with: elements of rendered Markdown that are no text, and marks of direction. */
export function actingParts(markdown: string): string[] {
  const html = marked.parse(markdown, { async: false, gfm: true });
  const elements = [...html.matchAll(/<\/?([a-z!?][^\s/>]*)[^>]*>?/gi)].filter(([, name]) => !TEXT.test(name!));
  return [...elements.map(([element]) => element), ...(TURNS.test(markdown) ? ['a mark of direction or control'] : [])];
}
