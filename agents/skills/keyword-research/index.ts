import { Pace } from '#platform';
import { declaredOutputs } from '../declared-outputs.ts';
import type { SkillHandler, SkillResult } from '../handler.ts';
import { rewordMarkdown } from '../reword.ts';
import { understandContext } from '../search-analysis/business-context.ts';
import { readContext } from '../search-analysis/read-context.ts';
import { inline } from '../search-analysis/spelling.ts';
import { shown } from '../text/shown.ts';
import { analyse } from './analyse.ts';
import { readMaterial } from './material.ts';
import { METRICS, measure } from './metrics.ts';
import { opportunityList, priorityList } from './outputs.ts';
import { practicesFor } from './practices.ts';
import { rankFindings } from './ranking.ts';
import { explain } from './reasoning.ts';
import { widerOutputs } from './wider-outputs.ts';
import { WORDING } from './wording.ts';

const LACKS_VOLUME =
  "search volume and other domains' positions: impressions of the site's own results are used, which miss searches for which it is not shown";

/** Finds keyword opportunities in exports of Search Console and of keyword tools; `docs/skills/keyword-research.md` has method and limits. */
export const keywordResearch: SkillHandler = {
  skill: 'keyword-research',
  revision: 4,
  standIns: {
    google_search_console: { inputs: ['current_rankings'], lacks: 'anything newer than the export' },
    semrush_api: { inputs: ['current_rankings'], lacks: LACKS_VOLUME },
  },
  metrics: METRICS,
  async check(inputs) {
    await readMaterial(inputs);
    await readContext('keyword-research', inputs.business_context);
  },
  async run(context): Promise<SkillResult> {
    const { inputs, signal } = context;
    context.progress('reading the exports');
    const { table, competitors, notes: materialNotes, ...material } = await readMaterial(inputs);
    const business = understandContext(await readContext('keyword-research', inputs.business_context, signal));
    signal.throwIfAborted();
    context.progress(`analysing ${table.queries.length} queries`);
    const analysis = await analyse(table, {
      context: business,
      material,
      competitors,
      embed: context.embed,
      pace: new Pace(signal),
    });
    signal.throwIfAborted();
    const ranked = rankFindings(analysis);
    const metrics = measure(analysis, ranked);
    const notes = [
      ...table.notes,
      ...materialNotes,
      ...(table.hasPages
        ? []
        : [
            'Whether own pages compete for a query (cannibalisation) is not testable without pages; give an export of query with page for that.',
          ]),
      ...(material.plan || material.tracker
        ? []
        : [`Stood in for by the export, semrush_api would add: ${LACKS_VOLUME}.`]),
      ...analysis.fit.notes,
    ].map((note) => shown(note, 1_000));
    const practices = await practicesFor(context.knowledge, ranked);
    const computed = [explain(analysis, { ranked, notes }), practices.text].filter(Boolean).join('\n\n');
    context.progress('writing the reasoning');
    const worded = await rewordMarkdown(computed, WORDING, context);
    const best = ranked.slice(0, 3).map(({ finding }) => `"${inline(table.queries[finding.index]!.query)}"`);
    return {
      summary:
        ranked.length === 0
          ? `No opportunity worth ${Math.round(analysis.floorClicks)} clicks or more among ${table.queries.length} queries.`
          : `${ranked.length} opportunities among ${table.queries.length} queries, about ${metrics.extra_clicks} extra clicks in the export's period; first ${best.join(', ')}.`,
      outputs: {
        keyword_opportunities: opportunityList(analysis, { ranked, competitors }),
        priority_ranking: priorityList(analysis, ranked),
        reasoning: worded.text ?? computed,
        ...declaredOutputs(widerOutputs(analysis), context.definition),
      },
      metrics,
      notes: worded.note ? [...notes, worded.note] : notes,
      citations: { knowledge: practices.knowledge },
    };
  },
};
