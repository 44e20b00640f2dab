import { wordsOf } from '#platform';
import { isSelf } from './check-title.ts';
import { shown } from './shown.ts';
import type { Subject } from './subject.ts';
import type { Block, Edit, Finding } from './types.ts';

/** Shorter ones repeat for good reasons: calls to action, prices, addresses. */
const LEAST_WORDS = 12;
const SHINGLE_WORDS = 5;
/** Share of a passage's runs of five words that stand in another one. */
const LIKENESS = 0.8;
/** Against other pages a passage has to say more: sentences about the firm stand on many pages. */
const LEAST_WORDS_ELSEWHERE = 20;

export function checkDuplicates(subject: Subject): Finding[] {
  return [...within(subject), ...elsewhere(subject)];
}

/** Share of the page's words that stand in passages which repeat an earlier one. */
export function repeatedShare({ page }: Subject): number {
  const passages = page.blocks.filter(({ own, kind }) => own && kind !== 'heading');
  const all = passages.reduce((sum, { text }) => sum + wordsOf(text).length, 0);
  const repeated = repeatsOf(page.blocks).reduce((sum, { block }) => sum + wordsOf(block.text).length, 0);
  return all === 0 ? 0 : repeated / all;
}

interface Repeat {
  readonly block: Block;
  readonly at: number;
  readonly first: Block;
  readonly exact: boolean;
}

function repeatsOf(blocks: readonly Block[]): Repeat[] {
  const seen: Array<{ block: Block; shingles: ReadonlySet<string> }> = [];
  const repeats: Repeat[] = [];
  for (const [at, block] of blocks.entries()) {
    if (!block.own || !/^(paragraph|item|caption)$/.test(block.kind)) continue;
    const words = wordsOf(block.text);
    if (words.length < LEAST_WORDS) continue;
    const shingles = shinglesOf(words);
    const twin = seen.find((other) => alike(shingles, other.shingles) >= LIKENESS);
    if (!twin) seen.push({ block, shingles });
    else repeats.push({ block, at, first: twin.block, exact: wordsOf(twin.block.text).join(' ') === words.join(' ') });
  }
  return repeats;
}

function within({ page }: Subject): Finding[] {
  const { blocks } = page;
  const repeats = repeatsOf(blocks);
  const removed = new Set(repeats.filter(({ block, exact }) => exact && block.removable).map(({ at }) => at));
  return repeats.map(({ block, at, first, exact }): Finding => {
    const removable = removed.has(at);
    const heading = removable ? emptiedHeading(blocks, at, removed) : undefined;
    const edits = removable ? [block, ...(heading ? [heading] : [])].map(({ span }) => removal(page.source, span)) : [];
    return {
      kind: 'duplicate-passage',
      severity: 'fault',
      at: block.span,
      before: shown(block.text),
      after: removable ? `taken out${heading ? `, with its heading "${shown(heading.text, 80)}"` : ''}` : null,
      reason: `${exact ? 'The same passage' : 'Nearly the same passage'} stands further up: "${shown(first.text, 80)}".${
        removable ? '' : ' Which of them stays is for the writer to say.'
      }`,
      edits: removable ? edits : [],
    };
  });
}

/** The heading above, when all beneath it goes and it has stood before as well. */
function emptiedHeading(blocks: readonly Block[], at: number, removed: ReadonlySet<number>): Block | undefined {
  let above = at - 1;
  while (above >= 0 && removed.has(above)) above--;
  const heading = blocks[above];
  const below = blocks[at + 1];
  if (heading?.kind !== 'heading' || !heading.removable || (below !== undefined && below.kind !== 'heading'))
    return undefined;
  const before = blocks.slice(0, above).some(({ kind, text }) => kind === 'heading' && text === heading.text);
  return before ? heading : undefined;
}

/** The span with its line, when nothing else stands on it, and one of two blank lines around it. */
function removal(source: string, { start, end }: { start: number; end: number }): Edit {
  const before = /[ \t]*$/.exec(source.slice(Math.max(0, start - 200), start))![0].length;
  const behind = /^[ \t]*(?:\n|$)/.exec(source.slice(end))?.[0].length;
  const lineStart = start - before;
  const wholeLine = (lineStart === 0 || source[lineStart - 1] === '\n') && behind !== undefined;
  if (!wholeLine) return { start, end, text: '' };
  const blankBefore = source[lineStart - 2] === '\n';
  const blankBehind = /^[ \t]*\n/.exec(source.slice(end + behind))?.[0].length;
  return {
    start: lineStart,
    end: end + behind + (blankBefore && blankBehind !== undefined ? blankBehind : 0),
    text: '',
  };
}

function elsewhere(subject: Subject): Finding[] {
  const { page, material } = subject;
  const others = material.ownPages
    .filter((own) => own.text !== '' && !isSelf(own, subject))
    .map((own) => ({ name: own.name, shingles: shinglesOf(wordsOf(own.text)) }))
    // A page that says all of this is this page under another name.
    .filter(({ shingles }) => covered(shinglesOf(wordsOf(page.text)), shingles) < 0.95);
  return page.blocks.flatMap((block): Finding[] => {
    const words = wordsOf(block.text);
    if (!block.own || block.kind === 'heading' || words.length < LEAST_WORDS_ELSEWHERE) return [];
    const twin = others.find(({ shingles }) => covered(shinglesOf(words), shingles) >= LIKENESS);
    if (!twin) return [];
    return [
      {
        kind: 'duplicate-passage',
        severity: 'fault',
        at: block.span,
        before: shown(block.text),
        after: null,
        reason: `It stands on ${shown(twin.name, 120)} as well; which page keeps it is for the client to say.`,
        edits: [],
      },
    ];
  });
}

function shinglesOf(words: readonly string[]): ReadonlySet<string> {
  const shingles = new Set<string>();
  for (let at = 0; at + SHINGLE_WORDS <= words.length; at++)
    shingles.add(words.slice(at, at + SHINGLE_WORDS).join(' '));
  return shingles;
}

function covered(part: ReadonlySet<string>, whole: ReadonlySet<string>): number {
  if (part.size === 0) return 0;
  let shared = 0;
  for (const one of part) if (whole.has(one)) shared++;
  return shared / part.size;
}

const alike = (left: ReadonlySet<string>, right: ReadonlySet<string>) =>
  Math.min(covered(left, right), covered(right, left));
