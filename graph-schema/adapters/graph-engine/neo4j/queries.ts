import type { IndexSpec } from '../../../ports/graph-engine.ts';
import { quotedName } from '../shared/statement-text.ts';

export const AWAIT_INDEXES = 'CALL db.awaitIndexes(300)';

/** One statement for each specification: a unique constraint brings its index and must not find another one there. */
export function indexStatements(indexes: readonly IndexSpec[]): readonly string[] {
  return indexes.map(({ name, label, property, kind }) => {
    const target = `FOR (n:${quotedName(label)})`;
    const key = `n.${quotedName(property)}`;
    return kind === 'unique'
      ? `CREATE CONSTRAINT ${quotedName(name)} IF NOT EXISTS ${target} REQUIRE ${key} IS UNIQUE`
      : `CREATE RANGE INDEX ${quotedName(name)} IF NOT EXISTS ${target} ON (${key})`;
  });
}

/** Keyset pages over the unique key, which its index serves in order. */
export const DUMP_IDS = 'MATCH (n:Node) WHERE n.id > $after RETURN n.id AS id ORDER BY n.id LIMIT $count';
export const DUMP_NODES = 'MATCH (n:Node) WHERE n.id IN $ids RETURN labels(n) AS labels, properties(n) AS properties';
export const DUMP_RELATIONSHIPS =
  'UNWIND $ids AS id MATCH (a:Node {id: id})-[r]->(b:Node) RETURN type(r) AS type, a.id AS `from`, b.id AS `to`, properties(r) AS properties';
