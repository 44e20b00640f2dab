import { Pace } from '#platform';
import { declaredOutputs } from '../declared-outputs.ts';
import type { SkillHandler, SkillResult } from '../handler.ts';
import { rewordMarkdown } from '../reword.ts';
import { understandContext } from '../search-analysis/business-context.ts';
import { readContext } from '../search-analysis/read-context.ts';
import { inert } from '../text/inert.ts';
import { shown } from '../text/shown.ts';
import { analyse } from './analyse.ts';
import { fetchPages } from './fetch-pages.ts';
import { METRICS, measure } from './metrics.ts';
import { MOST_LISTED, outputLists } from './outputs.ts';
import { allPageSources, type PageSource } from './page-sources.ts';
import { practicesFor } from './practices.ts';
import { readRankingInputs } from './read-material.ts';
import { readPages } from './read-pages.ts';
import { explain } from './reasoning.ts';
import { WORDING } from './wording.ts';

const LACKS = {
  own: 'anything newer than the export',
  rivals: 'keywords that are not in the table: what competitors are found for beyond it is not known',
};

/** Compares a client with competitors in search; `docs/skills/competitor-analysis.md` has method and limits. */
export const competitorAnalysis: SkillHandler = {
  skill: 'competitor-analysis',
  revision: 3,
  standIns: {
    google_search_console: { inputs: ['current_rankings', 'rank_tracker'], lacks: LACKS.own },
    semrush_api: { inputs: ['competitor_rankings'], lacks: LACKS.rivals },
  },
  metrics: METRICS,
  async check(inputs) {
    await readRankingInputs(inputs);
    await readContext('competitor-analysis', inputs.business_context);
    for (const name of ['own_pages', 'competitor_pages']) {
      // Reading finds a file of the wrong kind; what the pages say is looked at later.
      const sources = await allPageSources(inputs, name);
      if (sources.length === 1) await readPages(sources, { today: '9999-12-31' });
    }
  },
  async run(context): Promise<SkillResult> {
    const { inputs, signal, clock } = context;
    context.progress('reading the rankings');
    const rankings = await readRankingInputs(inputs);
    const business = understandContext(await readContext('competitor-analysis', inputs.business_context, signal));
    const today = new Date(clock.now()).toISOString().slice(0, 10);
    const fetched = await fetchPages(context, rankings);
    const read = async (name: string, more: readonly PageSource[]) =>
      readPages([...(await allPageSources(inputs, name)), ...more], { today, signal });
    context.progress('reading the pages');
    const [own, rivals] = [await read('own_pages', fetched.own), await read('competitor_pages', fetched.rivals)];
    signal.throwIfAborted();
    context.progress(`comparing ${rankings.rivals.keywords.length} rows`);
    const analysis = await analyse(rankings, {
      context: business,
      ownPages: own.pages,
      rivalPages: rivals.pages,
      pace: new Pace(signal),
    });
    signal.throwIfAborted();
    const metrics = measure(analysis);
    const told = [...rankings.notes, ...fetched.notes, ...own.notes, ...rivals.notes, ...notesOn(analysis)];
    const notes = told.map((note) => shown(note, 1_000));
    const practices = await practicesFor(context.knowledge, analysis);
    const computed = [explain(analysis, notes), practices.text].filter(Boolean).join('\n\n');
    context.progress('writing the reasoning');
    const worded = await rewordMarkdown(computed, WORDING, context);
    return {
      summary: summaryOf(analysis, metrics),
      outputs: declaredOutputs({ ...outputLists(analysis), reasoning: worded.text ?? computed }, context.definition),
      metrics,
      notes: worded.note ? [...notes, worded.note] : notes,
      citations: { knowledge: practices.knowledge },
    };
  },
};

type Analysis = Awaited<ReturnType<typeof analyse>>;

function summaryOf({ gaps, shared, strengths, rankings }: Analysis, metrics: ReturnType<typeof measure>): string {
  const behind = shared.filter(({ standing }) => standing === 'behind').length;
  const first = gaps.slice(0, 3).map(({ name }) => `"${inert(name)}"`);
  const clicks = metrics.gap_clicks > 0 ? `, worth about ${metrics.gap_clicks} clicks a month` : '';
  return `Against ${rankings.domains.length} ${rankings.domains.length === 1 ? 'competitor' : 'competitors'} the client has ${Math.round(metrics.share_of_voice * 100)} % of the visibility: ${gaps.length} topics that only they are found for${clicks}${first.length > 0 ? ` (first ${first.join(', ')})` : ''}, ${behind} where they stand clearly before the client, ${strengths.length} where the client leads.`;
}

function notesOn({ market, winning, gaps, shared, strengths, pages, rankings }: Analysis): string[] {
  const measured = market.keywords.filter(({ isMeasured }) => isMeasured);
  const without = measured.filter(({ volume }) => volume === null).length;
  const cut = [gaps, shared, strengths].some(({ length }) => length > MOST_LISTED);
  const noOwn = winning.filter(({ own }) => own === null).length;
  return [
    without === measured.length
      ? 'No table has searches a month: every keyword counts the same, and no clicks are estimated.'
      : without > 0
        ? `${without} of ${measured.length} keywords have no searches a month; they count as the smallest that has.`
        : '',
    rankings.own === null
      ? 'Without an export of Search Console click rates are a published average, and searches for the client by name are told by its business context alone.'
      : '',
    pages.rivals.length === 0 ? 'No pages of competitors were given: why their pages win was not looked at.' : '',
    pages.rivals.length > 0 && winning.length === 0
      ? 'None of the given pages of competitors is found for a topic on which they stand before the client.'
      : '',
    noOwn > 0 ? `For ${noOwn} winning pages no page of the client on their topic was given.` : '',
    cut ? `Lists hold ${MOST_LISTED} items at most.` : '',
  ].filter(Boolean);
}
