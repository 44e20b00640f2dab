import type { KnowledgeItem, SkillKnowledge } from './handler.ts';

/** What the graph holds under these paths, in their order; nothing is asked for where there are none. */
export async function practicesAt(
  knowledge: SkillKnowledge,
  paths: readonly string[],
): Promise<readonly KnowledgeItem[]> {
  if (paths.length === 0) return [];
  const order = ({ path }: KnowledgeItem) => paths.indexOf(path ?? '');
  return [...(await knowledge.items([...new Set(paths)]))].sort((a, b) => order(a) - order(b));
}

export interface ToldPractices {
  /** Markdown; empty when the graph holds nothing of them. */
  readonly text: string;
  /** Ids of the items. */
  readonly knowledge: readonly string[];
}

/** The items as a section of a text. */
export function toldUnder(heading: string, items: readonly KnowledgeItem[]): ToldPractices {
  if (items.length === 0) return { text: '', knowledge: [] };
  const lines = items.map(({ title, text, path }) => `- **${title}** (${path}): ${text.trim().replaceAll('\n', ' ')}`);
  return { text: [`## ${heading}`, '', ...lines].join('\n'), knowledge: items.map(({ id }) => id) };
}
