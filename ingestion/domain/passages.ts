import { contentHash, guessLanguage } from '#platform';
import type { Block } from '#platform/formats';
import type { IdentifiedPassage, Passage, PassageKind } from './passage.ts';
import { cutText, sizeOf } from './text-pieces.ts';

export interface PassageSizes {
  readonly targetWords: number;
  readonly maxWords: number;
}

interface Part {
  readonly kind: PassageKind;
  readonly text: string;
  readonly size: number;
  readonly start: number;
  readonly end: number;
  readonly line?: number;
  readonly page?: number;
  /** Stands alone: a table is not mixed with the prose around it. */
  readonly alone: boolean;
}

const KINDS: Readonly<Record<string, PassageKind>> = { table: 'table', row: 'rows', code: 'code' };
const MAX_HEADINGS = 12;
const MAX_HEADING_CHARS = 300;

/**
 * Joins blocks to passages of about `targetWords`, never across a heading: tables stand alone with their header row
 * repeated, rows of a sheet are grouped, blocks that are too long are cut between sentences.
 */
export async function* passagesOf(blocks: AsyncIterable<Block>, sizes: PassageSizes): AsyncGenerator<Passage> {
  let open: Part[] = [];
  let words = 0;
  let headings: readonly string[] = [];
  let position = 0;
  let language = 'unknown';

  function close(): Passage[] {
    if (open.length === 0) return [];
    const [first] = open;
    const kind = open.every((part) => part.kind === first!.kind) ? first!.kind : 'prose';
    const text = open.map((part) => part.text).join(kind === 'rows' ? '\n' : '\n\n');
    const guessed = guessLanguage(text);
    // A short passage rarely tells its language; its neighbours do.
    if (guessed !== 'unknown') language = guessed;
    const passage: Passage = {
      kind,
      text,
      headings,
      startOffset: first!.start,
      endOffset: Math.max(first!.start, ...open.map((part) => part.end)),
      ...(first!.page === undefined ? {} : { page: first!.page }),
      ...(first!.line === undefined ? {} : { line: first!.line }),
      language,
      position: position++,
    };
    open = [];
    words = 0;
    return [passage];
  }

  for await (const block of blocks) {
    if (block.kind === 'heading') {
      yield* close();
      continue;
    }
    const path = block.headingPath.slice(0, MAX_HEADINGS).map((heading) => heading.slice(0, MAX_HEADING_CHARS));
    if (path.join('\n') !== headings.join('\n')) yield* close();
    headings = path;
    for (const part of partsOf(block, sizes, language)) {
      const unlike =
        open.length > 0 && (part.alone || open[0]!.alone || (part.kind === 'rows') !== (open[0]!.kind === 'rows'));
      if (unlike || (open.length > 0 && words + part.size > sizes.maxWords)) yield* close();
      open.push(part);
      words += part.size;
      if (words >= sizes.targetWords) yield* close();
    }
  }
  yield* close();
}

function partsOf(block: Block, { maxWords }: PassageSizes, language: string): Part[] {
  const kind = KINDS[block.kind] ?? 'prose';
  const common = { kind, alone: kind === 'table', line: block.line, page: block.page };
  const { start, end } = block.offset;
  const text = block.text.trim();
  if (text === '') return [];
  const size = sizeOf(text);
  if (size <= maxWords) return [{ ...common, text, size, start, end }];
  // Where the text is the slice of the file itself, places within it are exact; else the block's own place is given.
  const exact = block.text.length === end - start;
  const header = kind === 'table' ? block.text.slice(0, block.text.indexOf('\n') + 1) : '';
  const headed = header !== '' && sizeOf(header) < maxWords / 3 ? header : '';
  const body = block.text.slice(headed.length);
  return cutText(body, maxWords - sizeOf(headed), language).flatMap((piece): Part[] => {
    const trimmed = piece.text.trim();
    if (trimmed === '') return [];
    const at = headed.length + piece.start;
    const lines = exact ? block.text.slice(0, at).split('\n').length - 1 : 0;
    return [
      {
        ...common,
        text: `${headed}${trimmed}`,
        size: sizeOf(trimmed) + sizeOf(headed),
        start: exact ? start + at : start,
        end: exact ? start + at + piece.text.length : end,
        line: block.line === undefined ? undefined : block.line + lines,
      },
    ];
  });
}

/** Gives passages their identity: what they say and under which headings, counted where the same is said twice. */
export async function* identified(passages: AsyncIterable<Passage>): AsyncGenerator<IdentifiedPassage> {
  const counts = new Map<string, number>();
  for await (const passage of passages) {
    const hash = passageHash(passage);
    // Eight bytes are enough to count by, and a file of a million passages stays small in memory.
    const key = hash.slice(0, 16);
    const occurrence = counts.get(key) ?? 0;
    counts.set(key, occurrence + 1);
    yield { ...passage, contentHash: hash, occurrence };
  }
}

export function passageHash({ kind, headings, text }: Pick<Passage, 'kind' | 'headings' | 'text'>): string {
  return contentHash(JSON.stringify([kind, headings, text]));
}
