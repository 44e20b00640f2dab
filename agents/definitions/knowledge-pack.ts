import { isMap, isScalar, type Node } from 'yaml';
import { contentHash } from '#platform';
import { canonicalJson } from './canonical.ts';
import { MapReader } from './map-reader.ts';
import type { Parsed, Position } from './problems.ts';
import { describeNode, readYamlSource, type YamlSource } from './yaml-source.ts';

export const KNOWLEDGE_KINDS = ['concept', 'practice', 'tool', 'pattern', 'fact'] as const;
export type KnowledgeKind = (typeof KNOWLEDGE_KINDS)[number];
export const KNOWLEDGE_RELATIONS = ['requires', 'contradicts', 'supersedes', 'applies_to'] as const;
export type KnowledgeRelationType = (typeof KNOWLEDGE_RELATIONS)[number];

/** The pack of patterns that hold in several verticals; its items stand in the scope `platform`. */
export const SHARED_PACK = 'platform';

export interface KnowledgeRelation {
  readonly type: KnowledgeRelationType;
  /** Path of the other item, in any loaded pack. */
  readonly to: string;
}

/** One item of a vertical's starter knowledge. */
export interface KnowledgeItem {
  /** `seo/domain-concepts/search-intent`: vertical, one or more topics, name. */
  readonly path: string;
  /** The last part of the path. */
  readonly name: string;
  /** The vertical, or `platform` where it belongs to all. */
  readonly vertical: string;
  readonly kind: KnowledgeKind;
  readonly title: string;
  readonly text: string;
  readonly source: { readonly title: string; readonly url?: string; readonly date: string };
  /** 0 to 1: how sure the pack's author is that the text holds. */
  readonly confidence: number;
  /** What one would have to see to give the item up. */
  readonly refutation?: string;
  /** The source will not be rewritten (a standard, a law, a paper, a dated announcement): its age says nothing. */
  readonly stable: boolean;
  readonly relations: readonly KnowledgeRelation[];
  /** SHA-256 over all of the above but `stable`. */
  readonly hash: string;
  readonly file: string;
  readonly position: Position;
}

const PATH_RULE = {
  maxLength: 200,
  pattern: /^[a-z0-9][a-z0-9-]{0,62}(?:\/[a-z0-9][a-z0-9-]{0,62}){2,5}$/,
  expected: 'a path such as seo/domain-concepts/search-intent',
};
const ITEM_KEYS = ['path', 'kind', 'title', 'text', 'source', 'confidence', 'refutation', 'stable', 'relations'];

export interface KnowledgePackOptions {
  /** Latest date that a source may bear, `YYYY-MM-DD`; today (UTC) when absent. */
  readonly today?: string;
}

/** Reads one file of a pack: `pack: <vertical>` and its `items`. Relations to other files are checked by the loader. */
export function parseKnowledgePack(
  text: string,
  file: string,
  options: KnowledgePackOptions = {},
): Parsed<readonly KnowledgeItem[]> {
  const { source, problems } = readYamlSource(text, file);
  const today = options.today ?? new Date().toISOString().slice(0, 10);
  const items: KnowledgeItem[] = [];
  if (source) {
    const reader = new MapReader({ source, map: source.root, keys: ['pack', 'items'], what: 'a knowledge pack' });
    reader.require('pack', 'the name of the vertical');
    reader.require('items', 'a list of knowledge items');
    const vertical = reader.text('pack', {
      maxLength: 63,
      pattern: /^[a-z0-9][a-z0-9-]*$/,
      expected: 'the name of a vertical',
    });
    for (const node of reader.list('items', { max: 1000, of: 'knowledge items' }) ?? []) {
      const item = readItem(source, node, { vertical, today });
      const twin = item && items.find((other) => other.path === item.path);
      if (twin)
        problems.add(source.at(node), {
          what: `path "${item.path}" stands twice`,
          expected: `one item a path (the first is in line ${twin.position.line})`,
        });
      else if (item) items.push(item);
    }
  }
  if (problems.isEmpty) return { definition: items, problems: [] };
  return { definition: undefined, problems: problems.toArray() };
}

function readItem(
  source: YamlSource,
  node: Node,
  context: { vertical: string | undefined; today: string },
): KnowledgeItem | undefined {
  if (!isMap(node)) {
    source.problems.add(source.at(node), {
      what: 'wrong item of "items"',
      found: describeNode(node),
      expected: `a mapping of ${ITEM_KEYS.join(', ')}`,
    });
    return undefined;
  }
  const reader = new MapReader({ source, map: node, keys: ITEM_KEYS, what: 'a knowledge item' });
  for (const key of ['path', 'kind', 'title', 'text', 'source', 'confidence']) reader.require(key, `a ${key}`);
  const path = reader.text('path', PATH_RULE);
  const kind = reader.oneOf('kind', KNOWLEDGE_KINDS);
  const title = reader.text('title', { maxLength: 120 });
  const text = reader.text('text', { maxLength: 1200 });
  const origin = readOrigin(source, reader, context.today);
  const confidence = reader.number('confidence', { min: 0, max: 1 });
  const refutation = reader.text('refutation', { maxLength: 600 });
  const stable = reader.boolean('stable') ?? false;
  const relations = readRelations(source, reader);
  const vertical = path?.split('/')[0];
  if (path !== undefined && context.vertical !== undefined && vertical !== context.vertical) {
    source.problems.add(reader.at('path'), {
      what: `path "${path}" in the pack "${context.vertical}"`,
      expected: `a path that begins with ${context.vertical}/`,
    });
  }
  if (path === undefined || vertical === undefined || kind === undefined || title === undefined || text === undefined)
    return undefined;
  if (origin === undefined || confidence === undefined) return undefined;
  const said = {
    path,
    name: path.split('/').at(-1)!,
    vertical,
    kind,
    title,
    text,
    source: origin,
    confidence,
    ...(refutation === undefined ? {} : { refutation }),
    relations,
  };
  // Whether the source may grow old is the lint's business: it makes no other item.
  return { ...said, stable, hash: contentHash(canonicalJson(said)), file: source.file, position: reader.at('path') };
}

function readOrigin(source: YamlSource, item: MapReader, today: string): KnowledgeItem['source'] | undefined {
  const map = item.map('source');
  if (!map) return undefined;
  const reader = new MapReader({ source, map, keys: ['title', 'url', 'date'], what: '"source"' });
  reader.require('title', 'the name of the document');
  reader.require('date', 'a date such as 2026-11-22');
  const title = reader.text('title', { maxLength: 200 });
  const url = reader.text('url', {
    maxLength: 500,
    pattern: /^https:\/\/[^\s]+$/,
    expected: 'an address that begins with https://',
  });
  const date = reader.text('date', {
    maxLength: 10,
    pattern: /^\d{4}-\d{2}-\d{2}$/,
    expected: 'a date such as 2026-11-22',
  });
  if (date !== undefined) {
    const time = Date.parse(`${date}T00:00:00Z`);
    if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== date) {
      source.problems.add(reader.at('date'), {
        what: `"${date}" is no day of the calendar`,
        expected: 'a date such as 2026-11-22',
      });
    } else if (date > today) {
      source.problems.add(reader.at('date'), { what: `"${date}" lies in the future`, expected: `at most ${today}` });
    }
  }
  if (title === undefined || date === undefined) return undefined;
  return { title, ...(url === undefined ? {} : { url }), date };
}

function readRelations(source: YamlSource, item: MapReader): KnowledgeRelation[] {
  const relations: KnowledgeRelation[] = [];
  const map = item.map('relations');
  if (!map) return relations;
  const reader = new MapReader({ source, map, keys: KNOWLEDGE_RELATIONS, what: '"relations"' });
  for (const type of KNOWLEDGE_RELATIONS) {
    for (const node of reader.list(type, { max: 20, of: 'paths' }) ?? []) {
      const to = isScalar(node) ? node.value : undefined;
      if (typeof to === 'string' && PATH_RULE.pattern.test(to)) relations.push({ type, to });
      else
        source.problems.add(source.at(node), {
          what: `wrong item of "${type}"`,
          found: describeNode(node),
          expected: PATH_RULE.expected,
        });
    }
  }
  return relations;
}
