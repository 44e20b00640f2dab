import { Pace } from '#platform';
import type { SkillContext, SkillHandler, SkillInput, SkillResult } from '../handler.ts';
import { shown } from '../text/shown.ts';
import { listsPart } from './check-links.ts';
import { readMaterial, withGraph } from './material.ts';
import { METRICS, measure } from './metrics.ts';
import { type Optimised, optimise } from './optimise.ts';
import {
  leftOut,
  readabilityFigures,
  scoreTable,
  suggestionList,
  titleAndDescription,
  unansweredQueries,
} from './outputs.ts';
import { practicesFor } from './practices.ts';
import { type PageInput, readPageInput } from './read-page.ts';
import { reportOf } from './report.ts';
import { wordAnew } from './wording.ts';

type Inputs = Readonly<Record<string, SkillInput>>;

/** Edits a page so that it answers what it is asked; `docs/skills/content-optimization.md` has method and limits. */
export const contentOptimization: SkillHandler = {
  skill: 'content-optimization',
  revision: 4,
  standIns: {
    google_search_console: { inputs: ['current_rankings'], lacks: 'anything newer than the export' },
  },
  metrics: METRICS,
  async check(inputs) {
    const { page } = await readPageInput(inputs.page, urlOf(inputs));
    await readMaterial(inputs, page);
  },
  async run(context): Promise<SkillResult> {
    const { inputs, signal } = context;
    context.progress('reading the page');
    const given = await readPageInput(inputs.page, urlOf(inputs));
    const read = await readMaterial(inputs, given.page);
    context.progress('looking into the graph');
    const material = await withGraph(read, given.page, context);
    signal.throwIfAborted();
    context.progress('checking the page');
    const pace = new Pace(signal);
    const computed = await optimise(given, material, { pace });
    const worded = await wordAnew(computed, context);
    const isWorded = Object.keys(worded.wanted).length > 0;
    const result = isWorded ? await optimise(given, material, { pace, wanted: worded.wanted }) : computed;
    signal.throwIfAborted();
    const notes = [
      ...read.notes,
      ...notesOn(given, result),
      ...[leftOut(result) ?? []].flat(),
      ...result.notes,
      ...worded.notes,
    ].map((note) => shown(note, 1_000));
    return report(result, { context, given, notes });
  },
};

async function report(
  result: Optimised,
  { context, given, notes }: { context: SkillContext; given: PageInput; notes: readonly string[] },
): Promise<SkillResult> {
  context.progress('writing the report');
  const practices = await practicesFor(context.knowledge, result.findings);
  const unanswered = await unansweredQueries(result, context);
  const around = { source: given.source, practices };
  const { findings, score, subject } = result;
  const edited = findings.filter(({ inDiff }) => inDiff).length;
  const faults = findings.filter(({ severity, inDiff }) => severity === 'fault' && !inDiff).length;
  return {
    summary: `${shown(subject.page.name, 80)}: ${score.before} of 100 points, ${score.after} with ${edited} edits in the diff; ${faults} faults need the client's facts or decision.`,
    outputs: {
      suggestions: suggestionList(result, around),
      title_and_description: titleAndDescription(result),
      unanswered_queries: unanswered.list,
      diff: result.diff,
      score: scoreTable(result),
      readability: readabilityFigures(result),
      report: reportOf(result, around, notes),
    },
    metrics: measure(result),
    notes,
    citations: { knowledge: practices.items.map(({ id }) => id), chunks: unanswered.chunks },
  };
}

function urlOf({ page_url: input }: Inputs): string | undefined {
  const text = input?.kind === 'text' ? input.text.trim() : '';
  return text === '' ? undefined : text.slice(0, 2_000);
}

/** What could not be judged, and what was assumed. */
function notesOn({ page, encoding }: PageInput, { subject, invented }: Optimised): string[] {
  const { material, language } = subject;
  const declared = page.declared?.toLowerCase().split(/[-_]/)[0];
  const notes: string[] = [];
  if (encoding !== 'utf-8') notes.push(`The page is written in ${encoding}; the diff is in Unicode characters.`);
  if (!page.hasHead)
    notes.push(
      'The file has no head (or front matter): its title and description stand elsewhere and were not judged.',
    );
  if (language === 'unknown')
    notes.push(
      'The language of the page is not known: words are compared as they stand, and readability is not measured.',
    );
  else if (!subject.readability) notes.push('The text is too short to measure how readable it is.');
  if (declared && language !== 'unknown' && declared !== language)
    notes.push(`The page declares the language ${shown(page.declared!, 20)}, and its words are ${language}.`);
  if (material.ownPages.length === 0)
    notes.push(
      'No own pages were given or found in the graph: links to and from them, broken addresses and passages that stand elsewhere were not looked for.',
    );
  else if (listsPart(subject))
    notes.push(
      'Most internal links lead to pages that are not among the own pages given: missing targets were not counted as broken.',
    );
  if (material.rankingPages.length === 0)
    notes.push('No ranking pages were given: topics are those of the client’s own knowledge.');
  const handlers = page.unsafe.filter(({ what }) => !what.startsWith('a link')).length;
  if (handlers > 0) notes.push(`The page holds ${handlers} event handlers; nothing of it was run.`);
  if (invented.length > 0)
    notes.push(
      `Not borne out by the page: ${invented
        .slice(0, 10)
        .map((one) => shown(one, 40))
        .join(', ')}.`,
    );
  return notes;
}
