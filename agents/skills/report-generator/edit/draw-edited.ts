import { inert } from '../../text/inert.ts';
import { checkPage } from '../check-page.ts';
import { escaped, pageOf, sourcesSection } from '../render-html.ts';
import type { SourceEntry } from '../source-list.ts';
import { unsourced } from '../sourced.ts';
import { TEXTS } from '../texts/index.ts';
import { drawBlock, wordsOf } from './draw-block.ts';
import { type KeptBlocks, keptBlocks } from './kept-blocks.ts';
import { NumberRegister, type Target } from './number-register.ts';
import { type Piece, piecesOf } from './pieces.ts';
import { type ReportText, readReport, type TextBlock } from './read-report.ts';

export interface Edit {
  /** The report's Markdown as it was made, and as a person gave it back. */
  readonly made: string;
  readonly edited: string;
  /** The page as it was made; null where there is none. */
  readonly page: string | null;
  /** Where the person's own numbers come from. */
  readonly approval: { readonly id: string; readonly by: string };
}

export interface Drawn {
  readonly markdown: string;
  readonly page: string | null;
  /** What cannot be printed, a line each; then the others are not to be used. */
  readonly problems: readonly string[];
  /** Charts that went because the tables behind them were edited or taken out. */
  readonly chartsGone: number;
}

/**
 * Draws a report anew from its edited Markdown. Blocks that were not touched stay as they were drawn, byte for byte; the
 * others are drawn from the Markdown, each number as a link to its entry in the list of sources. Entries that a person adds
 * lead to the approval, under the person's name.
 */
export function drawEdited({ made, edited, page, approval }: Edit): Drawn {
  const [before, after] = [readReport(made), readReport(edited)];
  const texts = Object.values(TEXTS).find((one) => made.includes(`\n## ${one.sources.title}\n`)) ?? TEXTS.en;
  const own = texts.sources.entered(approval.id, approval.by);
  const targets = targetsOf(before, after);
  const register = new NumberRegister(targets);
  register.problems.push(...entryProblems(before, after));
  for (const block of before.blocks) for (const pieces of wordsOf(block)) register.learn(pieces);
  // The heading and the first words of the list of sources are the last blocks.
  const closing = before.blocks.slice(-2).map(({ key }) => key);
  const kept = keptBlocks(before.blocks.slice(0, -2), page ?? '');
  const body = drawBody(
    after.blocks.filter(({ key }) => !closing.includes(key)),
    { kept, register },
  );
  const entries = after.entries.map((entry) => {
    const pieces = piecesOf(entry.words, entry.line);
    register.requireEntries(pieces);
    return entryOf(pieces, targets.get(entry.label)!, { targets, own });
  });
  const language = /<html lang="([\w-]+)"/.exec(page ?? '')?.[1] ?? 'en';
  const html = pageOf([...body.html, sourcesSection(entries, texts)], { language, title: titleOf(after) });
  const { problems } = register;
  const [unlinked] = problems.length > 0 ? [] : checkPage(html).unlinked;
  if (unlinked !== undefined) throw unsourced(`the edited page says ${unlinked} without a source`);
  return {
    markdown: withOwn(after, targets, inert(own)),
    page: page === null ? null : html,
    problems,
    chartsGone: body.chartsGone,
  };
}

/** Where marks lead: the report's own entries by their numbers, those of the person by the next ones. */
function targetsOf(before: ReportText, after: ReportText): ReadonlyMap<string, Target> {
  const numbers = new Map(before.entries.map(({ label }) => [label, Number(label.slice(1))]));
  let next = Math.max(0, ...numbers.values());
  return new Map(
    after.entries.map(({ label }) => {
      const number = numbers.get(label);
      return [label, number === undefined ? { number: ++next, isOwn: true } : { number, isOwn: false }];
    }),
  );
}

function entryProblems(before: ReportText, after: ReportText): string[] {
  const known = new Map(before.entries.map(({ label, words }) => [label, words]));
  const seen = new Set<string>();
  return after.entries.flatMap(({ label, words, line }) => {
    const name = `line ${line}: the entry [^${label}]`;
    const isKnown = known.has(label);
    if (isKnown && words !== known.get(label)) return [`${name} is not as the report has it`];
    if (seen.has(label)) return [`${name} stands twice`];
    seen.add(label);
    if (words === '') return [`${name} does not say where the number is from`];
    return [];
  });
}

function drawBody(
  blocks: readonly TextBlock[],
  { kept, register }: { readonly kept: KeptBlocks; readonly register: NumberRegister },
): { html: string[]; chartsGone: number } {
  const left = new Map([...kept.blocks].map(([key, all]) => [key, [...all]]));
  const header: string[] = [];
  const sections: string[][] = [];
  for (const block of blocks) {
    const old = left.get(block.key)?.shift();
    // Also what stays must have its entries: one may have been taken out.
    if (old !== undefined) for (const pieces of wordsOf(block)) register.requireEntries(pieces);
    const html = old ?? drawBlock(block, register, kept.tiles);
    if (block.raw.startsWith('## ')) {
      const id = kept.sections.get(block.key);
      sections.push([id === undefined ? '<section>' : `<section id="${escaped(id)}">`, html]);
    } else if (sections.length > 0) sections.at(-1)!.push(html);
    else header.push(old ?? html.replace(/^<p>/, `<p class="${header.length === 1 ? 'sub' : 'facts'}">`));
  }
  const main = sections.map((parts) => `${parts.join('')}</section>`);
  const gone = [...left.values()].flat().filter((html) => html.startsWith('<figure'));
  return { html: [`<header>${header.join('')}</header><main>`, ...main, '</main>'], chartsGone: gone.length };
}

function entryOf(
  pieces: readonly Piece[],
  { number, isOwn }: Target,
  { targets, own }: { readonly targets: ReadonlyMap<string, Target>; readonly own: string },
): SourceEntry {
  const parts: Array<SourceEntry['parts'][number]> = isOwn ? [{ words: `${own}:` }] : [];
  let said = '';
  const close = () => {
    if (said.trim() !== '') parts.push({ words: said.trim() });
    said = '';
  };
  for (const piece of pieces) {
    const to = piece.kind === 'mark' ? targets.get(piece.label)?.number : undefined;
    const last = parts.at(-1);
    if (piece.kind === 'words' || piece.kind === 'number') said += piece.text;
    else if (to === undefined) continue;
    else if (said === '–' && last && 'to' in last) {
      parts[parts.length - 1] = { to: last.to, until: to };
      said = '';
    } else {
      close();
      parts.push({ to });
    }
  }
  close();
  return { number, parts };
}

/** The Markdown as it was given, with what the person's own entries rest on. */
function withOwn({ lines, entries }: ReportText, targets: ReadonlyMap<string, Target>, own: string): string {
  const told = [...lines];
  for (const { label, words, line } of entries) {
    if (targets.get(label)!.isOwn) told[line - 1] = `[^${label}]: ${own}: ${words}`;
  }
  return told.join('\n');
}

function titleOf({ blocks }: ReportText): string {
  const [title] = blocks;
  const pieces = title ? piecesOf(title.raw.replace(/^#+ /, ''), 1) : [];
  return escaped(pieces.map((piece) => ('text' in piece ? piece.text : '')).join(''));
}
