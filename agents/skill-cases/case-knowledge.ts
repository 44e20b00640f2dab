import { tenantScope } from '#graph-schema';
import { languageOf } from '#platform';
import type { KnowledgeItem as PackItem, SkillCase, SkillDefinition } from '../definitions/index.ts';
import { packScope } from '../registry/knowledge-packs.ts';
import { isMeant, knowledgePlace, placesOf } from '../runtime/knowledge.ts';
import type { KnowledgeItem, Passage, SkillKnowledge } from '../skills/handler.ts';
import { Stemmer } from '../skills/text/stems.ts';

export const CASE_CLIENT = 'acme';

const DEFAULT_PASSAGES = 8;

interface Placed extends KnowledgeItem {
  readonly scope: string;
}

/** What the case and the packs know, by the same rules of place as at work; found by words alone. */
export function caseKnowledge(
  definition: SkillDefinition,
  given: Pick<SkillCase, 'knowledge' | 'passages'>,
  packs: readonly PackItem[],
): SkillKnowledge {
  const allowed = placesOf(
    definition.knowledgeDependencies.map(({ path }) => path),
    CASE_CLIENT,
  );
  const own = given.knowledge.map(({ path, title, text }, at): Placed => {
    const shown = path.replaceAll('{client_id}', CASE_CLIENT);
    const scope = knowledgePlace(path, CASE_CLIENT)?.scope ?? tenantScope(CASE_CLIENT);
    return { id: `knowledge-${at + 1}`, path: shown, title, text, scope };
  });
  const shared = packs.map(({ path, vertical, title, text }): Placed => {
    return { id: path, path, title, text, scope: packScope(vertical) };
  });
  // What a case writes down is what its agent was given besides the skill's own paths.
  const items = [...own, ...shared.filter((item) => isMeant(item, allowed))];
  const plain = (found: readonly Placed[]): KnowledgeItem[] => found.map(({ scope: _, ...item }) => item);
  return {
    async items(wanted) {
      const narrowed = wanted ? placesOf(wanted, CASE_CLIENT) : undefined;
      return plain(items.filter((item) => !narrowed || isMeant(item, narrowed)));
    },
    async nearest(question, { limit }) {
      const isOwn = ({ scope }: Placed) => scope === tenantScope(CASE_CLIENT);
      const others = byWords(question, items, ({ title, text }) => `${title} ${text}`).map(({ one }) => one);
      const ranked = [...others, ...items.filter((item) => !others.includes(item))];
      return plain([...ranked.filter(isOwn), ...ranked.filter((item) => !isOwn(item))].slice(0, limit));
    },
    // A case writes down passages; what is drawn from them is for ingestion, which no case runs.
    async entities() {
      return [];
    },
    async passages(question, { limit = DEFAULT_PASSAGES } = {}) {
      const passages = given.passages.map((passage, at) => ({ ...passage, at }));
      const found = byWords(question, passages, ({ text, headings }) => `${headings.join(' ')} ${text}`);
      return found.slice(0, limit).map(
        ({ one: { source, headings, text, at }, share }): Passage => ({
          id: `passage-${at + 1}`,
          text,
          headings,
          sourceId: source,
          sourceName: source,
          page: null,
          line: null,
          score: share,
        }),
      );
    },
  };
}

/** Those that share a content word with the question, best first: by the share of the question's words. */
function byWords<T>(question: string, all: readonly T[], textOf: (one: T) => string): Array<{ one: T; share: number }> {
  const stemmer = new Stemmer(languageOf(question));
  const wanted = new Set(stemmer.stems(question));
  return all
    .map((one) => {
      const held = new Set(stemmer.stems(textOf(one)));
      return { one, share: [...wanted].filter((stem) => held.has(stem)).length / Math.max(1, wanted.size) };
    })
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share);
}
