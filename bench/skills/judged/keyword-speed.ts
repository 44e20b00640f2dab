/** Seconds and peak memory of one large export: argument the seed; answers by a message. */
import { analyse } from '../../../agents/skills/keyword-research/analyse.ts';
import { rankFindings } from '../../../agents/skills/keyword-research/ranking.ts';
import { readInputText } from '../../../agents/skills/read-input.ts';
import { understandContext } from '../../../agents/skills/search-analysis/business-context.ts';
import { readRankings } from '../../../agents/skills/search-analysis/read-rankings.ts';
import { keywordSet } from '../../../test/fixtures/judged/keyword-research/generate.ts';

/** With the second pages that some of them have, a little more than 50,000 rows. */
const QUERIES = 50_000;
const { queryPagesCsv, business } = keywordSet(Number(process.argv[2]), QUERIES);
const rows = queryPagesCsv.trimEnd().split('\n').length - 1;
const context = understandContext(await readInputText('business_context', { kind: 'text', text: business.context }));
const began = performance.now();
const table = await readRankings({ kind: 'text', text: queryPagesCsv });
rankFindings(await analyse(table, { context }));
process.send?.({
  rows,
  seconds: (performance.now() - began) / 1_000,
  megabytes: process.resourceUsage().maxRSS / 1_000,
});
