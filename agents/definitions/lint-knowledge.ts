import { nearestName } from '#platform';
import { conflictOf, likeness, type Statement, statementOf, statementsOf } from './knowledge-likeness.ts';
import type { KnowledgeItem, KnowledgeRelationType } from './knowledge-pack.ts';
import { type DefinitionProblem, type ProblemDetail, problemAt } from './problems.ts';

export const KNOWLEDGE_LINT_RULES = [
  'orphan',
  'source',
  'stale',
  'relation',
  'cycle',
  'contradiction',
  'duplicate',
] as const;
export type KnowledgeLintRule = (typeof KNOWLEDGE_LINT_RULES)[number];

export interface KnowledgeLintProblem extends DefinitionProblem {
  readonly rule: KnowledgeLintRule;
  readonly path: string;
}

export interface KnowledgeLintOptions {
  /** `YYYY-MM-DD`. */
  readonly today: string;
  /** A source older than this is looked at again, unless its item is `stable`. */
  readonly maxAgeDays?: number;
}

export const DEFAULT_MAX_AGE_DAYS = 730;
/** What rests on nothing but our own practice is not surer than this. */
const MAX_OWN_CONFIDENCE = 0.95;
/** "Kaze SEO pack, from practice", "Our office, from practice". */
const OWN_PRACTICE = /\S, from practice$/;
const ALIKE_TEXTS = 0.75;
const ALIKE_SENTENCES = 0.6;
const DAY_MS = 86_400_000;

/**
 * What is wrong with packs that can be read: items that hang on nothing, sources that are missing or old, relations
 * into the void, circles, statements that cannot both hold, and the same thing said twice. `items` are those of all
 * packs, so that relations between them are known.
 */
export function lintKnowledge(
  items: readonly KnowledgeItem[],
  { today, maxAgeDays = DEFAULT_MAX_AGE_DAYS }: KnowledgeLintOptions,
): KnowledgeLintProblem[] {
  const oldest = new Date(Date.parse(`${today}T00:00:00Z`) - maxAgeDays * DAY_MS).toISOString().slice(0, 10);
  const found = [
    ...orphans(items),
    ...items.flatMap(missingSource),
    ...items.flatMap((item) => stale(item, { oldest, maxAgeDays })),
    ...items.flatMap((item) => brokenRelations(item, items)),
    ...(['requires', 'supersedes'] as const).flatMap((type) => cycles(items, type)),
    ...pairs(items),
  ];
  return found.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line));
}

const problem = (rule: KnowledgeLintRule, item: KnowledgeItem, detail: ProblemDetail): KnowledgeLintProblem => ({
  ...problemAt(item.file, item.position, detail),
  rule,
  path: item.path,
});

const placeOf = ({ path, file, position }: KnowledgeItem): string => `"${path}" (${file}:${position.line})`;

function orphans(items: readonly KnowledgeItem[]): KnowledgeLintProblem[] {
  const named = new Set(
    items.flatMap(({ path, relations }) => relations.map(({ to }) => to).filter((to) => to !== path)),
  );
  return items
    .filter(({ path, relations }) => relations.length === 0 && !named.has(path))
    .map((item) =>
      problem('orphan', item, {
        what: `"${item.path}" has no relation and nothing relates to it`,
        expected: 'at least one of requires, contradicts, supersedes, applies_to',
      }),
    );
}

function missingSource(item: KnowledgeItem): KnowledgeLintProblem[] {
  const { title, url } = item.source;
  if (OWN_PRACTICE.test(title)) {
    if (item.confidence <= MAX_OWN_CONFIDENCE) return [];
    const what = `"${item.path}" rests on our own practice and is surer than that allows`;
    return [problem('source', item, { what, found: `${item.confidence}`, expected: `at most ${MAX_OWN_CONFIDENCE}` })];
  }
  if (url !== undefined || item.stable) return [];
  const what = `the source of "${item.path}" cannot be looked up`;
  const expected = 'an address, `stable: true` for a printed work, or a title such as "Our office, from practice"';
  return [problem('source', item, { what, expected })];
}

function stale(
  item: KnowledgeItem,
  { oldest, maxAgeDays }: { oldest: string; maxAgeDays: number },
): KnowledgeLintProblem[] {
  if (item.stable || item.source.date >= oldest) return [];
  const what = `the source of "${item.path}" is older than ${maxAgeDays} days`;
  const expected = 'a look at what it says today and its date, or `stable: true` for what is not rewritten';
  return [problem('stale', item, { what, found: item.source.date, expected })];
}

function brokenRelations(item: KnowledgeItem, items: readonly KnowledgeItem[]): KnowledgeLintProblem[] {
  const contradicted = item.relations.filter(({ type }) => type === 'contradicts').map(({ to }) => to);
  return item.relations.flatMap(({ type, to }) => {
    const other = items.find(({ path }) => path === to);
    if (to === item.path)
      return [problem('relation', item, { what: `"${to}" ${type} itself`, expected: 'another item' })];
    if (!other) {
      const nearest = nearestName(
        to,
        items.map(({ path }) => path),
      );
      const what = `"${item.path}" ${type} the unknown item "${to}"`;
      return [
        problem('relation', item, { what, expected: 'the path of a loaded item', ...(nearest ? { nearest } : {}) }),
      ];
    }
    if (type !== 'requires') return [];
    if (
      contradicted.includes(to) ||
      other.relations.some((back) => back.type === 'contradicts' && back.to === item.path)
    )
      return [problem('contradiction', item, { what: `"${item.path}" requires ${placeOf(other)} and contradicts it` })];
    const heir = items.find(({ relations }) => relations.some((one) => one.type === 'supersedes' && one.to === to));
    if (!heir || heir.path === item.path) return [];
    const what = `"${item.path}" requires "${to}", which is superseded`;
    return [problem('stale', item, { what, expected: placeOf(heir) })];
  });
}

/** One problem a circle, at its first item in the order of the files. */
function cycles(items: readonly KnowledgeItem[], type: KnowledgeRelationType): KnowledgeLintProblem[] {
  const byPath = new Map(items.map((item) => [item.path, item]));
  const state = new Map<string, 'open' | 'done'>();
  const found: KnowledgeLintProblem[] = [];
  const visit = (item: KnowledgeItem, trail: readonly string[]): void => {
    state.set(item.path, 'open');
    for (const relation of item.relations) {
      const next = relation.type === type ? byPath.get(relation.to) : undefined;
      if (!next || next === item) continue;
      if (state.get(next.path) === 'open') {
        const circle = [...trail.slice([...trail, item.path].indexOf(next.path)), item.path, next.path];
        found.push(problem('cycle', next, { what: `${type} runs in a circle: ${circle.join(' → ')}` }));
      } else if (!state.has(next.path)) visit(next, [...trail, item.path]);
    }
    state.set(item.path, 'done');
  };
  for (const item of items) if (!state.has(item.path)) visit(item, []);
  return found;
}

interface Read {
  readonly item: KnowledgeItem;
  readonly whole: Statement;
  readonly sentences: readonly Statement[];
}

/** Every pair once; within one vertical, since verticals may say the same thing in their own words. */
function pairs(items: readonly KnowledgeItem[]): KnowledgeLintProblem[] {
  const read = items.map((item) => ({ item, whole: statementOf(item.text), sentences: statementsOf(item.text) }));
  return read.flatMap((left, at) =>
    read
      .slice(at + 1)
      .filter(({ item }) => item.vertical === left.item.vertical)
      .flatMap((right) => compare(left, right)),
  );
}

function compare(left: Read, right: Read): KnowledgeLintProblem[] {
  const settled = (from: KnowledgeItem, to: KnowledgeItem): boolean =>
    from.relations.some((one) => ['contradicts', 'supersedes'].includes(one.type) && one.to === to.path);
  if (settled(left.item, right.item) || settled(right.item, left.item)) return [];
  for (const mine of left.sentences)
    for (const other of right.sentences) {
      if (likeness(mine.stems, other.stems) < ALIKE_SENTENCES) continue;
      const conflict = conflictOf(mine, other);
      if (conflict === undefined) continue;
      const what = `"${right.item.path}" and ${placeOf(left.item)} cannot both hold: ${conflict}`;
      return [problem('contradiction', right.item, { what, expected: '`contradicts` or `supersedes` between them' })];
    }
  const sameTitle = left.item.title.toLowerCase() === right.item.title.toLowerCase();
  if (!sameTitle && likeness(left.whole.stems, right.whole.stems) < ALIKE_TEXTS) return [];
  const says = sameTitle ? 'bears the same title as' : 'says nearly the same as';
  const what = `"${right.item.path}" ${says} ${placeOf(left.item)}`;
  return [problem('duplicate', right.item, { what, expected: 'one item, or `supersedes`' })];
}
