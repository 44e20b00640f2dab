import { type NodeType, type RelationField, unknownType } from '../domain/schema.ts';
import { graphError } from '../errors.ts';
import type { CypherParameters, CypherScalar } from '../ports/graph-engine.ts';
import { decodeCursor } from './cursor.ts';
import type { OrderBy, PageRead, ReadPlan, RelationRead, RootRead, Selection } from './plan.ts';
import type { NodeShape, PageShape, RootShape } from './shape.ts';
import type { TextBuilder } from './text.ts';
import { hop, type Visibility, visibleProperty, visibleRelation, whereText } from './where.ts';

export interface CompiledRead {
  readonly text: string;
  readonly parameters: CypherParameters;
  readonly shapes: readonly RootShape[];
}

export interface CompileOptions {
  readonly visibility: Visibility;
  /** Largest page. */
  readonly maxPage: number;
}

const DEFAULT_PAGE = 50;
const DEFAULT_ORDER: readonly OrderBy[] = [{ property: 'createdAt', direction: 'desc' }];

/**
 * One text for a whole plan. Each relation is a `CALL (parent) { MATCH .. WITH .. ORDER BY .. LIMIT .. CALL .. RETURN
 * collect([values]) }` block, the form that gives the same answer, in the same order, on both engines. Values stand in
 * lists, not in maps: drivers spend two fifths of a read on keys that are the same in every row. Every matched node
 * carries the principal's scope predicate.
 */
export function compileRead(plan: ReadPlan, text: TextBuilder, options: CompileOptions): CompiledRead {
  const compiler = new Compiler(text, options);
  const roots = plan.roots.map((root) => compiler.root(root));
  const shapes = roots.map(({ shape }) => shape);
  const body =
    roots.length === 1
      ? roots[0]!.text
      : `${roots.map((root) => `CALL () {\n${root.text}\n}`).join('\n')}\nRETURN ${shapes
          .flatMap(({ column, totalColumn }) => (totalColumn ? [column, totalColumn] : [column]))
          .map((name) => `${name} AS ${name}`)
          .join(', ')}`;
  return { text: body, parameters: text.parameters, shapes };
}

interface CompiledPage {
  /** ORDER BY and LIMIT after a WITH of the carried variables. */
  readonly cut: string;
  readonly order: string;
  readonly conditions: readonly string[];
  readonly shape: PageShape;
}

class Compiler {
  readonly #text: TextBuilder;
  readonly #options: CompileOptions;

  constructor(text: TextBuilder, options: CompileOptions) {
    this.#text = text;
    this.#options = options;
  }

  root(root: RootRead): { text: string; shape: RootShape } {
    const type = this.#text.schema.type(root.node);
    if (type.definition.internal && this.#options.visibility === 'public')
      throw unknownType(root.node, this.#text.schema.types);
    const node = this.#text.variable('n');
    const column = this.#text.variable('r');
    const scope = this.#text.scope(node, type.definition);
    const held = this.#asOfText(type, node, root.asOf);

    if (root.find.by === 'id') {
      const selected = this.#selection(root.select, type, node, root.asOf);
      const match = `MATCH (${node}:Node) WHERE ${node}.id = ${this.#text.bind(root.find.id)} AND ${node}:${root.node} AND ${scope}${held}`;
      return {
        text: [match, ...selected.calls, `RETURN collect(${selected.list}) AS ${column}`].join('\n'),
        shape: { key: root.key, column, kind: 'one', node: selected.shape },
      };
    }

    const { page } = root.find;
    const where = page.where ? `${whereText(page.where, type, node, this.#whereContext())} AND ` : '';
    const byId = page.where && 'id' in page.where;
    const matched = `MATCH (${node}:${byId ? 'Node' : root.node}) WHERE ${where}${byId ? `${node}:${root.node} AND ` : ''}${scope}${held}`;
    const compiled = this.#page(page, type, node, 'root');
    const selected = this.#selection(root.select, type, node, root.asOf, compiled.shape);
    const lines = [
      [matched, ...compiled.conditions].join(' AND '),
      `WITH ${node} ${compiled.cut}`,
      ...selected.calls,
      `WITH ${[node, ...selected.columns].join(', ')} ${compiled.order}`,
      `RETURN collect(${selected.list}) AS ${column}`,
    ];
    if (!page.totalCount) {
      return {
        text: lines.join('\n'),
        shape: { key: root.key, column, kind: 'page', node: selected.shape, page: compiled.shape },
      };
    }
    const totalColumn = this.#text.variable('t');
    const counted = `${matched}\nRETURN count(${node}) AS ${totalColumn}`;
    return {
      text: `CALL () {\n${lines.join('\n')}\n}\nCALL () {\n${counted}\n}\nRETURN ${column} AS ${column}, ${totalColumn} AS ${totalColumn}`,
      shape: { key: root.key, column, totalColumn, kind: 'page', node: selected.shape, page: compiled.shape },
    };
  }

  #whereContext() {
    return { text: this.#text, visibility: this.#options.visibility };
  }

  #asOfText(type: NodeType, node: string, asOf: number | undefined): string {
    if (asOf === undefined || !type.properties.recordedAt || !type.properties.retiredAt) return '';
    const at = this.#text.bind(asOf);
    return ` AND ${node}.recordedAt <= ${at} AND (${node}.retiredAt IS NULL OR ${node}.retiredAt > ${at})`;
  }

  #selection(
    select: Selection,
    type: NodeType,
    node: string,
    asOf: number | undefined,
    page?: PageShape,
    edge?: { name: string; read: RelationRead; relation: RelationField },
  ) {
    const keys: string[] = [];
    const values: string[] = [];
    const add = (key: string, value: string) => {
      keys.push(key);
      values.push(value);
    };
    const calls: string[] = [];
    const columns: string[] = [];
    const relations: NodeShape['relations'][number][] = [];
    for (const [key, name] of Object.entries(select.properties)) {
      visibleProperty(type, name, this.#options.visibility);
      add(key, `${node}.${name}`);
    }
    for (const [key, read] of Object.entries(select.relations ?? {})) {
      const relation = visibleRelation(type, read.field, this.#options.visibility);
      const child = this.#relation(read, relation, node, asOf);
      calls.push(...child.calls);
      columns.push(...child.columns);
      add(key, child.column);
      if (child.totalColumn) add(`~${child.totalColumn}`, child.totalColumn);
      relations.push({ key, ...child.shape, ...(child.totalColumn ? { totalKey: `~${child.totalColumn}` } : {}) });
    }
    let revisionsKey: string | undefined;
    if (asOf !== undefined && type.definition.revisioned) {
      const revision = this.#text.variable('v');
      const column = this.#text.variable('b');
      const readable = this.#text.scope(revision, this.#text.schema.type('Revision').definition);
      calls.push(
        `CALL (${node}) {\nMATCH (${revision}:Revision) WHERE ${revision}.subject = ${node}.id AND ${revision}.createdAt > ${this.#text.bind(asOf)} AND ${readable}\nWITH ${revision} ORDER BY ${revision}.number DESC\nRETURN collect(${revision}.before) AS ${column}\n}`,
      );
      columns.push(column);
      revisionsKey = `~${column}`;
      add(revisionsKey, column);
    }
    for (const [index, property] of (page?.cursorProperties ?? []).entries()) {
      add(`~o${index}`, `${node}.${property}`);
    }
    if (edge) {
      for (const [key, name] of Object.entries(edge.read.edgeProperties ?? {})) {
        if (!Object.hasOwn(edge.relation.properties, name)) {
          throw graphError('KAZE_GRAPH_BAD_FILTER', `the relation ${edge.relation.name} has no property "${name}"`);
        }
        add(`~e${key}`, `${edge.name}.${name}`);
      }
    }
    const shape: NodeShape = {
      keys,
      relations,
      ...(revisionsKey ? { revisionsKey, properties: select.properties } : {}),
    };
    return { calls, columns, shape, list: `[${values.join(', ')}]` };
  }

  #relation(read: RelationRead, relation: RelationField, parent: string, asOf: number | undefined) {
    const type = this.#text.schema.type(relation.target);
    const node = this.#text.variable('n');
    const edge = this.#text.variable('e');
    const column = this.#text.variable('c');
    const scope = this.#text.scope(node, type.definition);
    const page = relation.many ? (read.page ?? {}) : { first: 1 };
    const where = page.where ? ` AND ${whereText(page.where, type, node, this.#whereContext())}` : '';
    const matched = `MATCH ${hop(parent, relation, edge, node)} WHERE ${scope}${this.#asOfText(type, node, asOf)}${where}`;
    const compiled = this.#page(page, type, node, relation.many ? 'relation' : 'single');
    const carriesEdge = Object.keys(read.edgeProperties ?? {}).length > 0;
    const selected = this.#selection(
      read.select,
      type,
      node,
      asOf,
      relation.many ? compiled.shape : undefined,
      carriesEdge ? { name: edge, read, relation } : undefined,
    );
    const kept = carriesEdge ? [node, edge] : [node];
    const body = [
      [matched, ...compiled.conditions].join(' AND '),
      `WITH ${kept.join(', ')} ${compiled.cut}`,
      ...selected.calls,
      ...(relation.many ? [`WITH ${[...kept, ...selected.columns].join(', ')} ${compiled.order}`] : []),
      `RETURN collect(${selected.list}) AS ${column}`,
    ];
    const calls = [`CALL (${parent}) {\n${body.join('\n')}\n}`];
    const columns = [column];
    let totalColumn: string | undefined;
    if (page.totalCount) {
      totalColumn = this.#text.variable('t');
      calls.push(`CALL (${parent}) {\n${matched}\nRETURN count(${node}) AS ${totalColumn}\n}`);
      columns.push(totalColumn);
    }
    const edgeKeys = Object.keys(read.edgeProperties ?? {});
    const shape = relation.many
      ? { kind: 'page' as const, node: selected.shape, page: compiled.shape, edgeKeys }
      : { kind: 'one' as const, node: selected.shape, edgeKeys };
    return { calls, columns, column, totalColumn, shape };
  }

  #page(page: PageRead, type: NodeType, node: string, place: 'root' | 'relation' | 'single'): CompiledPage {
    const first = page.first ?? DEFAULT_PAGE;
    if (!Number.isInteger(first) || first < 0 || first > this.#options.maxPage) {
      throw graphError(
        'KAZE_GRAPH_BAD_FILTER',
        `a page has 0 to ${this.#options.maxPage} items; ${first} were asked for`,
        {
          fields: { first, max: this.#options.maxPage },
        },
      );
    }
    const asked = page.orderBy && page.orderBy.length > 0 ? page.orderBy : DEFAULT_ORDER;
    const order: OrderBy[] = asked.some(({ property }) => property === 'id')
      ? [...asked]
      : [...asked, { property: 'id', direction: asked.at(-1)!.direction }];
    for (const [at, { property }] of order.entries()) {
      if (order.findIndex((one) => one.property === property) < at) {
        throw graphError('KAZE_GRAPH_BAD_FILTER', `the order names ${property} twice; name each property once`, {
          fields: { property },
        });
      }
      const kind = visibleProperty(type, property, this.#options.visibility).kind;
      if (kind === 'strings' || kind === 'json') {
        throw graphError('KAZE_GRAPH_BAD_FILTER', `${type.definition.name} cannot be ordered by ${property} (${kind})`);
      }
    }
    const conditions: string[] = [];
    // An index on the sort key is only used beside a predicate on it. Behind a relation it must not be: planned before the
    // index has been sampled, Neo4j scans all of it for every parent and keeps that plan, 3 s instead of 20 ms.
    const leading = order[0]!.property;
    if (place === 'root' && !type.properties[leading]!.optional && leading !== 'id')
      conditions.push(`${node}.${leading} IS NOT NULL`);
    if (page.after !== undefined) conditions.push(this.#after(page.after, order, node));
    const orderText = `ORDER BY ${order.map(({ property, direction }) => `${node}.${property}${direction === 'desc' ? ' DESC' : ''}`).join(', ')}`;
    return {
      cut: `${orderText} LIMIT ${this.#text.bind(place === 'single' ? 1 : first + 1)}`,
      order: orderText,
      conditions,
      shape: { first, order, cursorProperties: page.cursors ? order.map(({ property }) => property) : [] },
    };
  }

  /** Everything behind the item of the cursor; nulls come last ascending and first descending, on both engines. */
  #after(cursor: string, order: readonly OrderBy[], node: string): string {
    const values = decodeCursor(cursor, order);
    const alternatives = order.map(({ property, direction }, index) => {
      const equal = order
        .slice(0, index)
        .map((earlier, at) => this.#equals(`${node}.${earlier.property}`, values[at]!));
      return [...equal, this.#behind(`${node}.${property}`, values[index]!, direction)].join(' AND ');
    });
    return `(${alternatives.map((text) => `(${text})`).join(' OR ')})`;
  }

  #equals(column: string, value: CypherScalar): string {
    return value === null ? `${column} IS NULL` : `${column} = ${this.#text.bind(value)}`;
  }

  #behind(column: string, value: CypherScalar, direction: 'asc' | 'desc'): string {
    if (direction === 'asc')
      return value === null ? 'false' : `(${column} > ${this.#text.bind(value)} OR ${column} IS NULL)`;
    return value === null ? `${column} IS NOT NULL` : `${column} < ${this.#text.bind(value)}`;
  }
}
