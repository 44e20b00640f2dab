/**
 * From the row that a read's text returns to the answer's JSON, without an object in between: a page of hundreds of
 * nodes would otherwise be made twice and then serialised. Made from the same shapes as the objects, and only for what
 * is plain: where a page has cursors, totals or edges, or the past is asked for, there is no writer and the objects are
 * made.
 */
import type { CypherRow, NodeShape, RelationShape, RootShape } from '#graph-schema';
import { LruMap } from './lru.ts';
import { type PropertyField, type Shaper, type Step, stepsOf } from './shape.ts';

/** The JSON of all roots, or undefined where a value is missing that must not be: the objects' way says which. */
export type RowWriter = (row: CypherRow) => string | undefined;

type Values = readonly unknown[];
type ValuesWriter = (values: Values) => string;
type Factory = (constants: readonly unknown[]) => ValuesWriter;

/** By source, as the shapes' own functions. */
const factories = new LruMap<string, Factory>(2_000);

/** Longer texts are searched faster by the engine of the language itself. */
const SHORT = 64;

const MISSING = new Error('a value is missing');

class NotPlain extends Error {}

/** A value as JSON. A text without anything to escape, which most are, needs no more than its quotes. */
export function jsonOf(value: unknown): string {
  if (typeof value === 'string') {
    const { length } = value;
    if (length > SHORT) return JSON.stringify(value);
    for (let at = 0; at < length; at++) {
      const code = value.charCodeAt(at);
      // Control characters, quote, backslash, and from the surrogates on.
      if (code < 0x20 || code === 0x22 || code === 0x5c || code >= 0xd800) return JSON.stringify(value);
    }
    return `"${value}"`;
  }
  if (typeof value === 'number') return Number.isFinite(value) ? `${value}` : 'null';
  if (value === null || value === undefined) return 'null';
  return JSON.stringify(value) ?? 'null';
}

/** Undefined where the answer is not plain. `shapers` are those of the roots, in the answer's order, by key. */
export function rowWriter(
  shapers: ReadonlyMap<string, Shaper<never>>,
  shapes: readonly RootShape[],
): RowWriter | undefined {
  try {
    const roots = [...shapers].map(([key, shaper]) => {
      const shape = shapes.find((one) => one.key === key);
      if (!shape || shape.totalColumn) throw new NotPlain();
      const write =
        shape.kind === 'one' ? oneWriter(shaper, shape.node) : pageWriter(shaper, { ...shape, edgeKeys: [] });
      return { prefix: `${JSON.stringify(key)}:`, column: shape.column, write };
    });
    return (row) => {
      try {
        let text = '{';
        for (const { prefix, column, write } of roots) {
          text += (text === '{' ? '' : ',') + prefix + (write(row[column] as unknown as Values) ?? 'null');
        }
        // A text of thousands of pieces, kept as such across the rest of the request, costs the collector several times
        // what was saved: a copy through bytes is one piece.
        return Buffer.from(`${text}}`).toString();
      } catch (error) {
        if (error === MISSING) return undefined;
        throw error;
      }
    };
  } catch (error) {
    if (error instanceof NotPlain) return undefined;
    throw error;
  }
}

/** Of a list of at most one row: its node, or undefined. */
function oneWriter(shaper: Shaper<never>, shape: NodeShape): (rows: Values) => string | undefined {
  const node = nodeWriter(shaper, shape);
  return (rows) => (rows.length > 0 ? node(rows[0] as Values) : undefined);
}

function pageWriter(
  shaper: Shaper<never>,
  { node, page, edgeKeys, totalKey }: Pick<RelationShape, 'node' | 'page' | 'edgeKeys' | 'totalKey'>,
): ValuesWriter {
  const steps = stepsOf(shaper);
  if (!steps || !page || totalKey || edgeKeys.length > 0 || page.cursorProperties.length > 0) throw new NotPlain();
  const { first } = page;
  const fields = steps.map(([key, field], index) => {
    const prefix = `${index === 0 ? '' : ','}${JSON.stringify(key)}:`;
    if (typeof field === 'object' && 'constant' in field) {
      const text = prefix + JSON.stringify(field.constant);
      return () => text;
    }
    if (typeof field === 'function' || !('list' in field)) throw new NotPlain();
    const item = nodeWriter(field.item, node);
    return (rows: Values) => {
      const count = Math.min(rows.length, first);
      let text = `${prefix}[`;
      for (let at = 0; at < count; at++) text += (at === 0 ? '' : ',') + item(rows[at] as Values);
      return `${text}]`;
    };
  });
  return (rows) => {
    let text = '{';
    for (const field of fields) text += field(rows);
    return `${text}}`;
  };
}

/** One expression per object, written for its fields, as the shapes are. */
function nodeWriter(shaper: Shaper<never>, shape: NodeShape): ValuesWriter {
  const steps = stepsOf(shaper);
  if (!steps || shape.revisionsKey) throw new NotPlain();
  const constants: unknown[] = [jsonOf, missing];
  const constant = (value: unknown) => `c${constants.push(value) - 1}`;
  const parts = steps.map(([key, field], index) => {
    // Of a request there are only keys in the source, which are GraphQL names and stand in it as JSON texts.
    const prefix = JSON.stringify(`${index === 0 ? '{' : ','}${JSON.stringify(key)}:`);
    return `${prefix} + ${valueSource(field, shape, constant)}`;
  });
  const names = constants.map((_, index) => `c${index}`).join(', ');
  const source = `const [${names}] = constants; return (v) => { let x; return ${parts.join(' + ')} + "}"; };`;
  let factory = factories.get(source);
  if (!factory) {
    factory = new Function('constants', source) as Factory;
    factories.set(source, factory);
  }
  return factory(constants);
}

function valueSource(field: Step<never>[1], shape: NodeShape, constant: (value: unknown) => string): string {
  if (typeof field === 'function' || 'list' in field) throw new NotPlain();
  if ('constant' in field) return JSON.stringify(JSON.stringify(field.constant));
  const at = shape.keys.indexOf(field.property);
  if (at < 0) throw new NotPlain();
  const relation = shape.relations.find(({ key }) => key === field.property);
  const value = `v[${at}]`;
  if (relation) return relationSource(field, relation, value, constant);
  const otherwise = field.required === undefined ? '"null"' : 'c1()';
  const shown = field.convert ? `c0(${constant(field.convert)}(x))` : 'c0(x)';
  return `((x = ${value}) === null || x === undefined ? ${otherwise} : ${shown})`;
}

function relationSource(
  { convert, required }: PropertyField,
  relation: RelationShape,
  value: string,
  constant: (value: unknown) => string,
): string {
  if (!convert || relation.totalKey) throw new NotPlain();
  if (relation.kind === 'page') return `${constant(pageWriter(convert, relation))}(${value})`;
  const otherwise = required === undefined ? '"null"' : 'c1()';
  return `(${constant(oneWriter(convert, relation.node))}(${value}) ?? ${otherwise})`;
}

function missing(): never {
  throw MISSING;
}

class WrittenData {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  static textOf(data: unknown): string | undefined {
    return data instanceof WrittenData ? data.#text : undefined;
  }

  toJSON(): unknown {
    return JSON.parse(this.#text);
  }
}

/** Stands for data whose text is made already. Serialised by any other hand it is what its text says. */
export const writtenData = (text: string) => new WrittenData(text) as unknown as Record<string, unknown>;

/** The text of such data; undefined for any other. */
export const textOfData = (data: unknown): string | undefined => WrittenData.textOf(data);
