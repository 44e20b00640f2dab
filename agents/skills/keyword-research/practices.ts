import type { KnowledgeItem, SkillKnowledge } from '../handler.ts';
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

export interface Practices {
  /** Markdown; empty when the graph holds nothing about these kinds. */
  readonly text: string;
  readonly knowledge: readonly string[];
}

/** Reads from the graph what bears on the kinds that were found, and nothing else. */
export async function practicesFor(knowledge: SkillKnowledge, ranked: readonly Ranked[]): Promise<Practices> {
  const kinds = new Set(ranked.flatMap(({ finding }) => finding.kinds));
  const paths = Object.entries(PATHS).flatMap(([kind, list]) => (kinds.has(kind as OpportunityKind) ? list : []));
  if (paths.length === 0) return { text: '', knowledge: [] };
  const order = (item: KnowledgeItem) => paths.indexOf(item.path ?? '');
  const items = [...(await knowledge.items(paths))].sort((a, b) => order(a) - order(b));
  if (items.length === 0) return { text: '', knowledge: [] };
  const lines = items.map(({ title, text, path }) => `- **${title}** (${path}): ${text.trim().replaceAll('\n', ' ')}`);
  return { text: ['## What to do about it', '', ...lines].join('\n'), knowledge: items.map(({ id }) => id) };
}
