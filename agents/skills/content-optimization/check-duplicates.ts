import { type Pace, wordsOf } from '#platform';
import { shown } from '../text/shown.ts';
import { isSelf } from './check-title.ts';
import type { CountedPage } from './density.ts';
import type { Subject } from './subject.ts';
import type { Block, Edit, Finding } from './types.ts';

/** Shorter ones repeat for good reasons: calls to action, prices, addresses. */
const LEAST_WORDS = 12;
const SHINGLE_WORDS = 4;
/** Share of a passage's runs of four words that stand in another one. */
const LIKENESS = 0.7;
/** Against other pages a passage has to say more: sentences about the firm stand on many pages. */
const LEAST_WORDS_ELSEWHERE = 20;
const LEAST_RUN = 0.4;
const MOST_HOLDERS = 50;
const SAME_PAGE = 0.95;

export async function checkDuplicates(subject: Subject, pace: Pace): Promise<Finding[]> {
  return [...(await within(subject, pace)), ...(await elsewhere(subject, pace))];
}

/** Share of the page's words that stand in passages which repeat an earlier one. */
export async function repeatedShare({ page, counted }: Subject, pace: Pace): Promise<number> {
  const repeats = new Set((await repeatsOf(page.blocks, pace)).map(({ block }) => block));
  const passages = counted.passages.filter(({ block: { own, kind } }) => own && kind !== 'heading');
  const sum = (of: CountedPage['passages']) => of.reduce((words, { text }) => words + text.words, 0);
  const all = sum(passages);
  return all === 0 ? 0 : sum(passages.filter(({ block }) => repeats.has(block))) / all;
}

interface Repeat {
  readonly block: Block;
  readonly at: number;
  readonly first: Block;
  readonly exact: boolean;
}

async function repeatsOf(blocks: readonly Block[], pace: Pace): Promise<Repeat[]> {
  /** The passages that hold a shingle; those that many hold tell little. */
  const holders = new Map<string, Block[]>();
  const sizes = new Map<Block, number>();
  const repeats: Repeat[] = [];
  for (const [at, block] of blocks.entries()) {
    if (!block.own || !/^(paragraph|item|caption)$/.test(block.kind)) continue;
    if (pace.isDue()) await pace.rest();
    const words = wordsOf(block.text);
    if (words.length < LEAST_WORDS) continue;
    const shingles = shinglesOf(words);
    const shared = new Map<Block, number>();
    for (const one of shingles)
      for (const holder of holders.get(one) ?? []) shared.set(holder, (shared.get(holder) ?? 0) + 1);
    const twin = [...shared].find(
      ([other, count]) => count >= Math.max(shingles.size, sizes.get(other)!) * LIKENESS,
    )?.[0];
    if (twin) {
      repeats.push({ block, at, first: twin, exact: wordsOf(twin.text).join(' ') === words.join(' ') });
      continue;
    }
    sizes.set(block, shingles.size);
    for (const one of shingles) {
      const known = holders.get(one);
      if (known === undefined) holders.set(one, [block]);
      else if (known.length < MOST_HOLDERS) known.push(block);
    }
  }
  return repeats;
}

async function within({ page }: Subject, pace: Pace): Promise<Finding[]> {
  const { blocks } = page;
  const repeats = await repeatsOf(blocks, pace);
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

async function elsewhere(subject: Subject, pace: Pace): Promise<Finding[]> {
  const { page, material } = subject;
  const passages: Array<{ readonly block: Block; readonly shingles: ReadonlySet<string> }> = [];
  /** Every shingle of the page, with the passages that have it. */
  const all = new Map<string, number[]>();
  for (const block of page.blocks) {
    if (!block.own || block.kind === 'heading') continue;
    if (pace.isDue()) await pace.rest();
    const words = wordsOf(block.text);
    if (words.length < LEAST_WORDS_ELSEWHERE) continue;
    const shingles = shinglesOf(words);
    const at = passages.push({ block, shingles }) - 1;
    for (const one of shingles) {
      const holders = all.get(one);
      if (holders) holders.push(at);
      else all.set(one, [at]);
    }
  }
  const twins = new Map<Block, string>();
  for (const own of material.ownPages) {
    if (pace.isDue()) await pace.rest();
    if (own.text === '' || own.url === undefined || isSelf(own, subject)) continue;
    const shared = sharedWith(all, wordsOf(own.text));
    // A page that says all of this is this page under another name.
    if (shared.size >= all.size * SAME_PAGE && passages.length > 1) continue;
    // Only passages that share something with the page are looked at, in the page's order.
    const met = new Set([...shared].flatMap((one) => all.get(one)!));
    for (const at of [...met].sort((left, right) => left - right)) {
      if (pace.isDue()) await pace.rest();
      const { block, shingles } = passages[at]!;
      if (!twins.has(block) && isTaken(shingles, shared)) twins.set(block, own.name);
    }
  }
  return [...twins].map(([block, name]) => ({
    kind: 'duplicate-passage',
    severity: 'fault',
    at: block.span,
    before: shown(block.text),
    after: null,
    reason: `It stands on ${shown(name, 120)} as well; which page keeps it is for the client to say.`,
    edits: [],
  }));
}

/** Much of it stands there, and a good part of that in one piece: sentences that recur here and there are no passage. */
function isTaken(shingles: ReadonlySet<string>, shared: ReadonlySet<string>): boolean {
  let run = 0;
  let longest = 0;
  for (const one of shingles) {
    run = shared.has(one) ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return covered(shingles, shared) >= LIKENESS && longest >= shingles.size * LEAST_RUN;
}

/** Those of a page's shingles that a text has too; other ones of the text are never kept. */
function sharedWith(shingles: ReadonlyMap<string, unknown>, words: readonly string[]): ReadonlySet<string> {
  const shared = new Set<string>();
  for (let at = 0; at + SHINGLE_WORDS <= words.length; at++) {
    const one = words.slice(at, at + SHINGLE_WORDS).join(' ');
    if (shingles.has(one)) shared.add(one);
  }
  return shared;
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
