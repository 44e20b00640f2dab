import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { analyse } from '../../../agents/skills/keyword-research/analyse.ts';
import { readMaterial } from '../../../agents/skills/keyword-research/material.ts';
import { readInputText } from '../../../agents/skills/read-input.ts';
import { understandContext } from '../../../agents/skills/search-analysis/business-context.ts';
import { KEYWORD_SEEDS, type KeywordSet, keywordSet } from '../../../test/fixtures/judged/keyword-research/generate.ts';
import { fileInput, textInput } from '../../../test/support/skills/context.ts';
import { type Judge, type Judged, KindTallies, seedsOf } from './parts.ts';

const SKILL = 'keyword-research';
const MOST = { seconds: 5, megabytes: 300 };

const KINDS = {
  striking_distance: 'striking-distance',
  under_clicked: 'under-clicked',
  cannibalised: 'cannibalised',
} as const;

export async function analyseSet({ business, queriesCsv, queryPagesCsv }: KeywordSet) {
  const {
    table,
    notes: _,
    ...material
  } = await readMaterial({
    current_rankings: fileInput('Queries.csv', queriesCsv),
    rankings_by_page: fileInput('query-pages.csv', queryPagesCsv),
  });
  const context = understandContext(await readInputText('business_context', textInput(business.context)));
  return analyse(table, { context, material });
}

export const judgeKeywordResearch: Judge = {
  skill: SKILL,
  async judge(part, tell) {
    const tallies = new KindTallies();
    for (const seed of seedsOf(KEYWORD_SEEDS, part)) {
      const set = keywordSet(seed);
      const { table, findings, brand } = await analyseSet(set);
      const found = (kind: string): Set<string> =>
        new Set(
          kind === 'branded'
            ? table.queries.filter((_, at) => brand.branded[at]).map(({ query }) => query)
            : findings
                .filter(({ kinds }) => kinds.some((one) => KINDS[one as keyof typeof KINDS] === kind))
                .map(({ index }) => table.queries[index]!.query),
        );
      for (const kind of [...Object.values(KINDS), 'branded']) {
        const of = (rows: KeywordSet['truth']) =>
          new Set(rows.filter((row) => row.kind === kind).map(({ query }) => query));
        tallies.of(kind).count(of(set.truth), found(kind), of(set.accepted));
      }
    }
    return [...tallies.figures(SKILL, part, tell), await speed(seedsOf(KEYWORD_SEEDS, part)[0]!, part)];
  },
};

/** In a process of its own, so that the memory is that of the skill. */
async function speed(seed: number, part: Judged['part']): Promise<Judged> {
  const child = fork(fileURLToPath(new URL('./keyword-speed.ts', import.meta.url)), [String(seed)]);
  const [[figures], [code]] = (await Promise.all([once(child, 'message'), once(child, 'exit')])) as [
    [{ rows: number; seconds: number; megabytes: number }],
    [number],
  ];
  if (code !== 0) throw new Error(`keyword-speed of the judged sets ended with ${code}`);
  const { rows, seconds, megabytes } = figures;
  return {
    skill: SKILL,
    what: `${rows.toLocaleString('en')} rows of query with page`,
    bar: 'under 5 s, 300 MB',
    part,
    value: `${seconds.toFixed(1)} s, ${megabytes.toFixed(0)} MB`,
    met: seconds < MOST.seconds && megabytes < MOST.megabytes,
  };
}
