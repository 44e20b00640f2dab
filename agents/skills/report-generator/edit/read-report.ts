/** A part of a report's Markdown between blank lines; tables go with their captions, items of a numbered list together. */
export interface TextBlock {
  readonly raw: string;
  /** The same for blocks that differ in white space only. */
  readonly key: string;
  /** Of its first line, from 1. */
  readonly line: number;
}

/** An entry of the list of sources: `[^s8]: Sum of ...`. */
export interface TextEntry {
  readonly label: string;
  readonly words: string;
  readonly line: number;
}

export interface ReportText {
  readonly lines: readonly string[];
  readonly blocks: readonly TextBlock[];
  readonly entries: readonly TextEntry[];
}

const ENTRY = /^\[\^([^\]\s]{1,64})\]:[ \t]*(.*)$/;
/** What goes on over a blank line: how it begins, and what the block before it is. */
const GOES_ON: ReadonlyArray<readonly [block: RegExp, before: RegExp]> = [
  [/^\|/, /^\*[^*].*\*$/],
  [/^\d+[.)] /, /^\d+[.)] /],
];

export const keyOf = (raw: string): string => raw.replaceAll(/\s+/g, ' ').replaceAll(/-{2,}/g, '--').trim();

/** A report's Markdown as its blocks and the entries of its list of sources. */
export function readReport(markdown: string): ReportText {
  const lines = markdown.replaceAll(/\r\n?/g, '\n').split('\n');
  const blocks: TextBlock[] = [];
  const entries: TextEntry[] = [];
  let open: string[] = [];
  const close = (end: number) => {
    if (open.length === 0) return;
    const raw = open.join('\n');
    const last = blocks.at(-1)?.raw ?? '';
    const before = GOES_ON.some(([one, other]) => one.test(raw) && other.test(last)) ? blocks.pop() : undefined;
    // All lines since then: numbers are told by their lines.
    const whole = before
      ? lines
          .slice(before.line - 1, end)
          .join('\n')
          .trimEnd()
      : raw;
    blocks.push({ raw: whole, key: keyOf(whole), line: before?.line ?? end - open.length + 1 });
    open = [];
  };
  for (const [at, line] of lines.entries()) {
    const entry = ENTRY.exec(line);
    if (entry || line.trim() === '') close(at);
    if (entry) entries.push({ label: entry[1]!, words: entry[2]!.trim(), line: at + 1 });
    else if (line.trim() !== '') open.push(line);
  }
  close(lines.length);
  return { lines, blocks, entries };
}
