/**
 * From the row that a read's text returns to the bytes of the answer's JSON, without an object in between. Made from the
 * same shapes as the objects, and only for what is plain: where a page has cursors, totals or edges, or the past is
 * asked for, there is no writer and the objects are made.
 */
import type { CypherRow, NodeShape, RelationShape, RootShape } from '#graph-schema';
import { begin, raw, value, written } from './json-bytes.ts';
import { LruMap } from './lru.ts';
import { type PropertyField, type Shaper, type Step, stepsOf } from './shape.ts';

/** The bytes of `{"data":…}`, or undefined where a value is missing that must not be: the objects' way says which. */
export type RowWriter = (row: CypherRow) => Buffer | undefined;

type Values = readonly unknown[];
type ValuesWriter = (values: Values) => void;
type Factory = (constants: readonly unknown[]) => ValuesWriter;

/** By source, as the shapes' own functions. */
const factories = new LruMap<string, Factory>(2_000);

class NotPlain extends Error {}

const bytesOf = (json: string) => new Uint8Array(Buffer.from(json));
const COMMA = bytesOf(',');
const NULL = bytesOf('null');
const END = bytesOf('}');

/** Undefined where the answer is not plain. `shapers` are those of the roots, in the answer's order, by key. */
export function rowWriter(
  shapers: ReadonlyMap<string, Shaper<never>>,
  shapes: readonly RootShape[],
): RowWriter | undefined {
  try {
    return answerWriter(shapers, shapes);
  } catch (error) {
    if (error instanceof NotPlain) return undefined;
    throw error;
  }
}

function answerWriter(shapers: ReadonlyMap<string, Shaper<never>>, shapes: readonly RootShape[]): RowWriter {
  const roots = [...shapers].map(([key, shaper], index) => {
    const shape = shapes.find((one) => one.key === key);
    if (!shape || shape.totalColumn) throw new NotPlain();
    const write = shape.kind === 'one' ? oneWriter(shaper, shape.node) : pageWriter(shaper, { ...shape, edgeKeys: [] });
    const prefix = bytesOf(`${index === 0 ? '{"data":{' : ','}${JSON.stringify(key)}:`);
    return { prefix, column: shape.column, write };
  });
  const end = bytesOf('}}\n');
  return (row) => {
    begin();
    try {
      for (const { prefix, column, write } of roots) {
        raw(prefix);
        write(row[column] as unknown as Values);
      }
    } catch {
      return undefined;
    }
    raw(end);
    return written();
  };
}

/** Of a list of at most one row: its node, or null. */
function oneWriter(shaper: Shaper<never>, shape: NodeShape): ValuesWriter {
  const node = nodeWriter(shaper, shape);
  return (rows) => (rows.length > 0 ? node(rows[0] as Values) : raw(NULL));
}

function pageWriter(
  shaper: Shaper<never>,
  { node, page, edgeKeys, totalKey }: Pick<RelationShape, 'node' | 'page' | 'edgeKeys' | 'totalKey'>,
): ValuesWriter {
  const steps = stepsOf(shaper);
  if (!steps || !page || totalKey || edgeKeys.length > 0 || page.cursorProperties.length > 0) throw new NotPlain();
  const { first } = page;
  const fields = steps.map(([key, field], index): ValuesWriter => {
    const prefix = `${index === 0 ? '{' : ','}${JSON.stringify(key)}:`;
    if (typeof field === 'object' && 'constant' in field) {
      const bytes = bytesOf(prefix + JSON.stringify(field.constant));
      return () => raw(bytes);
    }
    if (typeof field === 'function' || !('list' in field)) throw new NotPlain();
    const item = nodeWriter(field.item, node);
    const open = bytesOf(`${prefix}[`);
    const close = bytesOf(']');
    return (rows) => {
      raw(open);
      const count = Math.min(rows.length, first);
      for (let at = 0; at < count; at++) {
        if (at > 0) raw(COMMA);
        item(rows[at] as Values);
      }
      raw(close);
    };
  });
  return (rows) => {
    for (const field of fields) field(rows);
    raw(END);
  };
}

/** One function per object, written for its fields, as the shapes are. */
function nodeWriter(shaper: Shaper<never>, shape: NodeShape): ValuesWriter {
  const steps = stepsOf(shaper);
  if (!steps || shape.revisionsKey) throw new NotPlain();
  const constants: unknown[] = [raw, value, missing];
  const constant = (given: unknown) => `c${constants.push(given) - 1}`;
  const fields = steps.map(([key, field], index) => {
    const prefix = `${index === 0 ? '{' : ','}${JSON.stringify(key)}:`;
    if (typeof field === 'object' && 'constant' in field) {
      return `c0(${constant(bytesOf(prefix + JSON.stringify(field.constant)))});`;
    }
    return `c0(${constant(bytesOf(prefix))}); ${valueSource(field, shape, constant)}`;
  });
  const end = constant(END);
  const names = constants.map((_, index) => `c${index}`).join(', ');
  // Of a request there is nothing in the source: its keys are among the constants.
  const source = `const [${names}] = constants; return (v) => { let x; ${fields.join(' ')} c0(${end}); };`;
  let factory = factories.get(source);
  if (!factory) {
    factory = new Function('constants', source) as Factory;
    factories.set(source, factory);
  }
  return factory(constants);
}

function valueSource(field: Step<never>[1], shape: NodeShape, constant: (given: unknown) => string): string {
  if (typeof field === 'function' || 'list' in field || 'constant' in field) throw new NotPlain();
  const at = shape.keys.indexOf(field.property);
  if (at < 0) throw new NotPlain();
  const relation = shape.relations.find(({ key }) => key === field.property);
  if (relation) return `${constant(relationWriter(field, relation))}(v[${at}]);`;
  const otherwise = field.required === undefined ? 'c1(null)' : 'c2()';
  const shown = field.convert ? `c1(${constant(field.convert)}(x))` : 'c1(x)';
  return `if ((x = v[${at}]) === null || x === undefined) ${otherwise}; else ${shown};`;
}

function relationWriter({ convert, required }: PropertyField, relation: RelationShape): ValuesWriter {
  if (!convert || relation.totalKey) throw new NotPlain();
  if (relation.kind === 'page') return pageWriter(convert, relation);
  if (required !== undefined) throw new NotPlain();
  return oneWriter(convert, relation.node);
}

function missing(): never {
  throw new Error('a value is missing');
}
