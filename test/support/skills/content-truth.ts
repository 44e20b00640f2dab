import { contentOptimization } from '../../../agents/skills/content-optimization/index.ts';
import type { ContentFault, ContentSet } from '../../fixtures/judged/content-optimization/generate.ts';
import { fakeSkillContext, fileInput, jsonInput, textInput } from './context.ts';
import { Tally } from './keyword-truth.ts';

export const CONTENT_KINDS: readonly ContentFault[] = [
  ...(['title-missing', 'title-too-long', 'description-missing', 'several-h1', 'heading-skipped'] as const),
  ...(['image-without-alt', 'jsonld-invalid', 'jsonld-missing-field', 'duplicate-passage'] as const),
  ...(['broken-internal-link', 'generic-anchor', 'missing-internal-link'] as const),
  ...(['query-not-covered', 'keyword-stuffed'] as const),
];

export interface ContentTallies {
  readonly kinds: Readonly<Record<ContentFault, Tally>>;
  pages: number;
  clean: number;
  /** Clean pages with a finding of these kinds. */
  alarmed: number;
  invented: number;
  /** Pages whose score is lower with the diff than without. */
  lowered: number;
}

export function emptyContentTallies(): ContentTallies {
  const kinds = Object.fromEntries(CONTENT_KINDS.map((kind) => [kind, new Tally()])) as ContentTallies['kinds'];
  return { kinds, pages: 0, clean: 0, alarmed: 0, invented: 0, lowered: 0 };
}

/** Each page of a set as a task would give it, against what was planted in it. */
export async function judgeContent(set: ContentSet, tallies: ContentTallies): Promise<void> {
  const site = set.sitePages.map(({ url, format, text }) => ({ url, [format]: text }));
  for (const { id, url, format, text, targetQueries, truth } of set.pages) {
    const inputs = {
      page: fileInput(`page.${format === 'html' ? 'html' : 'md'}`, text),
      page_url: textInput(url),
      target_queries: jsonInput(targetQueries),
      own_pages: jsonInput(site),
    };
    const { outputs, metrics } = await contentOptimization.run(fakeSkillContext({ inputs }));
    const said = outputs.suggestions as ReadonlyArray<{ kind: string; before: string; reason: string }>;
    const found = new Map(said.map(({ kind, before, reason }) => [kind, `${before} (${reason})`]));
    for (const kind of CONTENT_KINDS) {
      const planted = truth.find((fault) => fault.kind === kind);
      const told = found.get(kind);
      const tally = tallies.kinds[kind];
      if (planted && told !== undefined) tally.hits++;
      else if (planted) tally.misses.push(`${id} ${format}: ${planted.where}`);
      else if (told !== undefined) {
        tally.falseAlarms++;
        tally.alarms.push(`${id} ${format}: ${told}`);
      }
    }
    tallies.pages++;
    tallies.invented += metrics.invented_facts!;
    if (metrics.score_after! < metrics.score_before!) tallies.lowered++;
    if (truth.length > 0) continue;
    tallies.clean++;
    if (CONTENT_KINDS.some((kind) => found.has(kind))) tallies.alarmed++;
  }
}
