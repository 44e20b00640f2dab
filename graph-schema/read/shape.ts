import type { CypherRow, CypherScalar } from '../ports/graph-engine.ts';
import { encodeCursor } from './cursor.ts';
import type { OrderBy, ReadConnection, ReadNode, ReadResult } from './plan.ts';

/** How the lists that a compiled text returns become the result: what to name, unwrap, cut and overlay. */
export interface NodeShape {
  /** Of the values of a row, in their order. */
  readonly keys: readonly string[];
  readonly relations: ReadonlyArray<RelationShape>;
  /** Under this key stand the `before` values of later revisions, newest first. */
  readonly revisionsKey?: string;
  readonly properties?: Readonly<Record<string, string>>;
}

export interface RelationShape {
  readonly key: string;
  readonly kind: 'one' | 'page';
  readonly node: NodeShape;
  readonly page?: PageShape;
  readonly edgeKeys: readonly string[];
  readonly totalKey?: string;
}

export interface PageShape {
  readonly first: number;
  readonly order: readonly OrderBy[];
  readonly cursorProperties: readonly string[];
}

export interface RootShape {
  readonly key: string;
  readonly column: string;
  readonly totalColumn?: string;
  readonly kind: 'one' | 'page';
  readonly node: NodeShape;
  readonly page?: PageShape;
}

type Mutable = { [key: string]: unknown };
type Values = readonly unknown[];

function named(values: Values, { keys }: NodeShape): Mutable {
  const node: Mutable = {};
  for (let index = 0; index < keys.length; index += 1) node[keys[index]!] = values[index];
  return node;
}

export function shapeResult(row: CypherRow, shapes: readonly RootShape[]): ReadResult {
  const result: ReadResult = {};
  for (const shape of shapes) {
    const items = row[shape.column] as unknown as Values[];
    if (shape.kind === 'one') {
      result[shape.key] = items[0] ? shapeNode(named(items[0], shape.node), shape.node) : null;
    } else {
      const total = shape.totalColumn ? (row[shape.totalColumn] as number) : undefined;
      result[shape.key] = connection(items, { node: shape.node, page: shape.page!, edgeKeys: [], total });
    }
  }
  return result;
}

function shapeNode(node: Mutable, shape: NodeShape): ReadNode {
  if (shape.revisionsKey) overlay(node, shape);
  for (const relation of shape.relations) {
    const items = node[relation.key] as Values[];
    if (relation.kind === 'one') {
      node[relation.key] = items[0] ? shapeNode(named(items[0], relation.node), relation.node) : null;
    } else {
      const total = relation.totalKey ? (node[relation.totalKey] as number) : undefined;
      if (relation.totalKey) delete node[relation.totalKey];
      node[relation.key] = connection(items, {
        node: relation.node,
        page: relation.page!,
        edgeKeys: relation.edgeKeys,
        total,
      });
    }
  }
  return node;
}

/** Puts back what later changes replaced, oldest change last, so that its values win. */
function overlay(node: Mutable, shape: NodeShape): void {
  const changes = node[shape.revisionsKey!] as Array<string | null>;
  delete node[shape.revisionsKey!];
  for (const change of changes) {
    if (change === null) continue;
    const before = JSON.parse(change) as Record<string, unknown>;
    for (const [key, property] of Object.entries(shape.properties ?? {})) {
      if (Object.hasOwn(before, property)) node[key] = before[property];
    }
  }
}

interface ConnectionShape {
  readonly node: NodeShape;
  readonly page: PageShape;
  readonly edgeKeys: readonly string[];
  readonly total: number | undefined;
}

function connection(rows: readonly Values[], { node, page, edgeKeys, total }: ConnectionShape): ReadConnection {
  const hasNextPage = rows.length > page.first;
  const items = (hasNextPage ? rows.slice(0, page.first) : rows).map((row) => named(row, node));
  const cursors = page.cursorProperties.length > 0 ? items.map((item) => takeCursor(item, page)) : undefined;
  const edges = edgeKeys.length > 0 ? items.map((item) => takeEdge(item, edgeKeys)) : undefined;
  for (const item of items) shapeNode(item, node);
  return {
    nodes: items,
    hasNextPage,
    ...(cursors ? { cursors } : {}),
    ...(edges ? { edges } : {}),
    ...(total === undefined ? {} : { totalCount: total }),
  };
}

function takeCursor(item: Mutable, page: PageShape): string {
  const values = page.cursorProperties.map((_, index) => {
    const key = `~o${index}`;
    const value = item[key] as CypherScalar;
    delete item[key];
    return value;
  });
  return encodeCursor(page.order, values);
}

function takeEdge(item: Mutable, keys: readonly string[]): ReadNode {
  const edge: ReadNode = {};
  for (const key of keys) {
    edge[key] = item[`~e${key}`];
    delete item[`~e${key}`];
  }
  return edge;
}
