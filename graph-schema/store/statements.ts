import type { NodeType } from '../domain/schema.ts';

/**
 * The texts of writes. Rules that both engines need: the key stands first in WHERE, the scope predicate before the first
 * SET, one hop a pattern, and whatever decides on a node's state locks it first by setting a property on it.
 */
export const CREATE = (label: string) => `UNWIND $rows AS row CREATE (n:Node:${label}) SET n += row`;

export const GET = (type: NodeType, scope: string) =>
  `MATCH (n:Node) WHERE n.id = $id AND n:${type.definition.name} AND ${scope} RETURN {${properties(type)}} AS node`;

export const LOCK = (type: NodeType, scope: string) =>
  `MATCH (n:Node) WHERE n.id = $id AND n:${type.definition.name} AND ${scope} SET n.lock = $token WITH n RETURN {${properties(type)}} AS node`;

export const LOCK_ALL = (type: NodeType, scope: string) =>
  `UNWIND $ids AS id MATCH (n:Node) WHERE n.id = id AND n:${type.definition.name} AND ${scope} SET n.lock = $token WITH n RETURN {${properties(type)}} AS node`;

/** Looks at the version under the lock: before it, another writer could come between. */
export const LOCK_VERSION = (label: string, scope: string) =>
  `MATCH (n:Node) WHERE n.id = $id AND n:${label} AND ${scope} SET n.lock = $token WITH n RETURN n.version AS version`;

/** Only for nodes that this transaction has locked. */
export const PATCH = (label: string, scope: string) =>
  `UNWIND $rows AS row MATCH (n:Node) WHERE n.id = row.id AND n:${label} AND ${scope} SET n += row.patch`;

export const REMOVE = (label: string, scope: string) =>
  `UNWIND $ids AS id MATCH (n:Node) WHERE n.id = id AND n:${label} AND ${scope} WITH n, n.id AS gone DETACH DELETE n RETURN count(gone) AS removed`;

export const RELATE = (type: string, from: string, to: string, scopes: { from: string; to: string }) =>
  `UNWIND $rows AS row MATCH (a:Node) WHERE a.id = row.from AND a:${from} AND ${scopes.from} MATCH (b:Node) WHERE b.id = row.to AND b:${to} AND ${scopes.to} MERGE (a)-[r:${type}]->(b) SET r += row.properties RETURN count(r) AS joined`;

export const UNRELATE = (type: string, from: string, to: string, scope: string) =>
  `MATCH (a:Node) WHERE a.id = $id AND a:${from} AND ${scope} MATCH (a)-[r:${type}]->(b:${to}) WHERE $to IS NULL OR b.id = $to DELETE r`;

export const RELATED = (type: string, from: string, to: string, scopes: { from: string; to: string }) =>
  `MATCH (a:Node) WHERE a.id = $id AND a:${from} AND ${scopes.from} MATCH (a)-[:${type}]->(b:${to}) WHERE ${scopes.to} RETURN b.id AS id ORDER BY id`;

export const LABELS = (scope: string) =>
  `MATCH (n:Node) WHERE n.id IN $ids AND ${scope} RETURN n.id AS id, labels(n) AS labels`;

export const COUNT = (label: string, scope: string, where: string) =>
  `MATCH (n:${label}) WHERE ${scope} AND ${where} RETURN count(n) AS total`;

export const RECEIPT = 'MATCH (n:Node) WHERE n.id = $id RETURN count(n) AS found';

const propertyTexts = new WeakMap<NodeType, string>();

function properties(type: NodeType): string {
  let text = propertyTexts.get(type);
  if (text === undefined) {
    text = Object.keys(type.properties)
      .map((name) => `\`${name}\`: n.${name}`)
      .join(', ');
    propertyTexts.set(type, text);
  }
  return text;
}
