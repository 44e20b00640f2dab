import { shown } from '../text/shown.ts';
import type { Subject } from './subject.ts';
import type { Finding, Heading } from './types.ts';
import { Vocabulary } from './words.ts';

/** One h1, no level left out. Levels change together, so that the outline beneath a changed heading stays as it was. */
export function checkHeadings(subject: Subject): Finding[] {
  const { headings: all } = subject.page;
  const headings = all.filter(({ text }) => text !== '');
  const findings: Finding[] = all
    .filter(({ text }) => text === '')
    .map(({ span, level }) => ({
      kind: 'heading-empty',
      severity: 'notice',
      at: span,
      before: `an h${level} without words`,
      after: null,
      reason: 'Screen readers announce it and say nothing.',
      edits: [],
    }));
  const tops = headings.filter(({ level }) => level === 1);
  const promote = tops.length === 0 && standsForTop(subject, headings);
  const levels = wantedLevels(headings.map(({ level }, at) => (promote && at === 0 ? 1 : level)));
  const editsOf = (from: number, to: number) =>
    headings
      .slice(from, to)
      .flatMap((heading, at) => (levels[from + at] === heading.level ? [] : heading.relevel(levels[from + at]!)));
  const groupEnd = (from: number) => {
    let end = from + 1;
    while (end < headings.length && !beginsFinding(headings, end)) end++;
    return end;
  };
  if (tops.length === 0) findings.push(missingTop(headings[0], promote ? editsOf(0, groupEnd(0)) : []));
  let first = true;
  for (let at = 0; at < headings.length; at++) {
    const heading = headings[at]!;
    const extra = heading.level === 1 && !first;
    if (heading.level === 1) first = false;
    const before = headings[at - 1];
    const skipped = before !== undefined && heading.level > before.level + 1;
    if (!extra && !skipped) continue;
    findings.push({
      kind: extra ? 'several-h1' : 'heading-skipped',
      severity: 'fault',
      at: heading.span,
      before: `h${heading.level}: ${shown(heading.text)}`,
      after: `h${levels[at]}: ${shown(heading.text)}`,
      reason: extra
        ? `The page has ${tops.length} headings of the first level; "${shown(tops[0]!.text, 80)}" names it.`
        : `An h${heading.level} follows an h${before!.level}: people who hear the page miss a level.`,
      // What belongs to this finding ends where the next one begins.
      edits: editsOf(at, groupEnd(at)),
    });
  }
  return findings;
}

function beginsFinding(headings: readonly Heading[], at: number): boolean {
  const [heading, before] = [headings[at]!, headings[at - 1]!];
  return heading.level === 1 || heading.level > before.level + 1;
}

/** Levels in which only the first h1 is one, its like and what is beneath them move down, and none is left out. */
function wantedLevels(levels: readonly number[]): number[] {
  let tops = 0;
  const lowered = levels.map((level) => {
    if (level === 1) tops++;
    return tops > 1 ? level + 1 : level;
  });
  const open: Array<{ given: number; wanted: number }> = [];
  return lowered.map((given) => {
    while (open.length > 0 && open.at(-1)!.given >= given) open.pop();
    const above = open.at(-1);
    const wanted = Math.min(above ? above.wanted + 1 : given, 6);
    open.push({ given, wanted });
    return wanted;
  });
}

/** The first heading does what an h1 does when it says what the title says, or stands alone on its level. */
function standsForTop({ page, stemmer }: Subject, headings: readonly Heading[]): boolean {
  const [first] = headings;
  if (first === undefined) return false;
  const title = page.titles[0]?.text ?? '';
  const alone = headings.filter(({ level }) => level <= first.level).length === 1;
  const alike = title !== '' && new Vocabulary(title, stemmer).share(first.text) >= 0.6;
  return alone || (alike && first.level <= 2);
}

function missingTop(first: Heading | undefined, edits: Finding['edits']): Finding {
  const promoted = first !== undefined && edits.length > 0;
  return {
    kind: 'h1-missing',
    severity: 'fault',
    at: first?.span ?? null,
    before: first ? `h${first.level}: ${shown(first.text)}` : 'no heading',
    after: promoted ? `h1: ${shown(first.text)}` : null,
    reason: `No heading names the page as a whole.${promoted ? ' The first one does what an h1 does.' : ''}`,
    edits,
  };
}
