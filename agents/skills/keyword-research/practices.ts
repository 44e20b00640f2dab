import type { SkillKnowledge } from '../handler.ts';
import { practicesAt, type ToldPractices, toldUnder } from '../practices.ts';
import type { OpportunityKind } from '../search-analysis/types.ts';
import type { Ranked } from './ranking.ts';

/** What the vertical knows about each kind of finding: what it is, and what one does about it. */
const PATHS: Readonly<Record<OpportunityKind, readonly string[]>> = {
  striking_distance: ['seo/domain-concepts/striking-distance', 'seo/best-practices/internal-links'],
  under_clicked: [
    'seo/domain-concepts/click-through-by-position',
    'seo/best-practices/title-element',
    'seo/best-practices/meta-description',
  ],
  cannibalised: ['seo/domain-concepts/cannibalisation', 'seo/domain-concepts/canonical-url'],
};

/** Reads from the graph what bears on the kinds that were found, and nothing else. */
export async function practicesFor(knowledge: SkillKnowledge, ranked: readonly Ranked[]): Promise<ToldPractices> {
  const kinds = new Set(ranked.flatMap(({ finding }) => finding.kinds));
  const paths = Object.entries(PATHS).flatMap(([kind, list]) => (kinds.has(kind as OpportunityKind) ? list : []));
  return toldUnder('What to do about it', await practicesAt(knowledge, paths));
}
