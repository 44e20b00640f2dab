/** One step of the tour: the commands of an `sh` block, and what the README says that they print. */
export interface TourStep {
  /** Whole commands; lines that end with a backslash or a pipe are joined with the next. */
  readonly commands: readonly string[];
  /** Lines of the output block that follows; `…` stands for anything. */
  readonly output: readonly string[];
}

interface Block {
  readonly language: string;
  readonly text: string;
}

export interface Tour {
  readonly steps: readonly TourStep[];
  /** The GraphQL operations that the tour shows. */
  readonly operations: readonly string[];
}

/** Reads the section of the tour. Throws when there is none, so that a renamed heading does not pass as an empty tour. */
export function readTour(markdown: string, heading: string): Tour {
  const section = markdown.split(/^## /m).find((text) => text.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`the README has no section "${heading}"`);
  const blocks: Block[] = [...section.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language, text]) => ({
    language: language!,
    text: text!,
  }));
  const steps = blocks.flatMap((block, at): TourStep[] => {
    if (block.language !== 'sh') return [];
    const next = blocks[at + 1];
    const output = next && ['text', 'json'].includes(next.language) ? linesOf(next.text) : [];
    return [{ commands: commandsOf(block.text), output }];
  });
  const operations = blocks.filter(({ language }) => language === 'graphql').map(({ text }) => text);
  return { steps, operations };
}

function commandsOf(text: string): string[] {
  const joined = text.replace(/\\\n\s*/g, ' ').replace(/\|\n\s*/g, '| ');
  return linesOf(joined);
}

const linesOf = (text: string) => text.split('\n').filter((line) => line.trim() !== '');

/** The lines that were documented and not printed. White space does not count: terminals differ in width. */
export function missingLines(expected: readonly string[], printed: string): string[] {
  const bare = (text: string) => text.replace(/\s+/g, '');
  const all = bare(printed);
  return expected.filter((line) => {
    // The tour uses the usual port; a test takes a free one.
    const parts = bare(line).replace('127.0.0.1:4000', '127.0.0.1:…').split('…').map(escaped);
    return !new RegExp(parts.join('.*?')).test(all);
  });
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
