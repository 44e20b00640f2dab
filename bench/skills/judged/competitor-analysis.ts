import { COMPETITOR_SEEDS, competitorSet } from '../../../test/fixtures/judged/competitor-analysis/generate.ts';
import {
  analyseCompetitors,
  COMPETITOR_KINDS,
  judgeCompetitors,
} from '../../../test/support/skills/competitor-truth.ts';
import { type Judge, KindTallies, seedsOf } from './parts.ts';

const SKILL = 'competitor-analysis';

/** Topics by kind, and what sets winning pages apart, recall and precision. */
export const judgeCompetitorAnalysis: Judge = {
  skill: SKILL,
  async judge(part, tell) {
    const tallies = new KindTallies();
    const byKind = Object.fromEntries(COMPETITOR_KINDS.map((kind) => [kind, tallies.of(kind)])) as Parameters<
      typeof judgeCompetitors
    >[2];
    for (const seed of seedsOf(COMPETITOR_SEEDS, part)) {
      const set = competitorSet(seed);
      judgeCompetitors(await analyseCompetitors(set), set, byKind);
    }
    return tallies.figures(SKILL, part, tell);
  },
};
