/**
 * From what the store gives to what the client asked for. A shape is made once per compiled operation and then only
 * walks values: no resolver and no lookup per field. Each object's shape is a function written for its fields, as
 * graphql-jit does it: an object literal costs a third of adding its keys one by one.
 */
import type { ReadConnection } from '#graph-schema';
import { LruMap } from './lru.ts';

export type Shaper<T> = (value: T) => unknown;

/** A field that is a property of the value: as it is, or converted. */
export interface PropertyField {
  readonly property: string;
  readonly convert?: Shaper<never> | undefined;
  /** Name of the field in the error where a value must not be missing; without it a missing one is null. */
  readonly required?: string | undefined;
}

/** A field that shapes each item of a list. */
export interface ListField {
  readonly list: string;
  readonly item: Shaper<never>;
}

/** A field that is the same in every object of a selection. */
export interface ConstantField {
  readonly constant: string;
}

export type Step<T> = readonly [key: string, field: Shaper<T> | PropertyField | ListField | ConstantField];

/** A value that the definition promises is missing; the nearest nullable field above becomes null. */
export class MissingValue extends Error {
  constructor(readonly field: string) {
    super(`${field} has no value, though its definition says that it always has one`);
  }
}

const stepsByShaper = new WeakMap<Shaper<never>, ReadonlyArray<Step<never>>>();

/** What a shape was made of; undefined for any other function. */
export const stepsOf = (shaper: Shaper<never>): ReadonlyArray<Step<never>> | undefined => stepsByShaper.get(shaper);

type Factory = (constants: readonly unknown[]) => Shaper<unknown>;

/** By source: operations that show the same fields share the function, warm as it is. */
const factories = new LruMap<string, Factory>(2_000);

/** The object with these keys, in this order. Errors while shaping: MissingValue. */
export function shapeObject<T>(steps: ReadonlyArray<Step<T>>): Shaper<T> {
  const constants: unknown[] = [];
  const constant = (value: unknown) => `c${constants.push(value) - 1}`;
  const fields = steps.map(([key, field]) => `${keySource(key)}: ${fieldSource(field, constant)}`);
  const names = constants.map((_, index) => `c${index}`).join(', ');
  const source = `const [${names}] = constants; return (v) => { let x; return { ${fields.join(', ')} }; };`;
  let factory = factories.get(source);
  if (!factory) {
    // Of a request there are only keys in the source, which are GraphQL names and stand in it as JSON texts.
    factory = new Function('constants', source) as Factory;
    factories.set(source, factory);
  }
  const shaper = factory(constants);
  stepsByShaper.set(shaper, steps);
  return shaper;
}

// As a plain key this one would set the object's prototype.
const keySource = (key: string) => (key === '__proto__' ? '["__proto__"]' : JSON.stringify(key));

function fieldSource<T>(field: Step<T>[1], constant: (value: unknown) => string): string {
  if (typeof field === 'function') return `${constant(field)}(v)`;
  if ('constant' in field) return JSON.stringify(field.constant);
  if ('list' in field) return `v[${JSON.stringify(field.list)}].map((item) => ${constant(field.item)}(item))`;
  const { property, convert, required } = field;
  const otherwise = required === undefined ? 'null' : `${constant(missing(required))}()`;
  const value = `v[${JSON.stringify(property)}]`;
  return convert
    ? `(x = ${value}) === null || x === undefined ? ${otherwise} : ${constant(convert)}(x)`
    : `${value} ?? ${otherwise}`;
}

function missing(field: string): () => never {
  return () => {
    throw new MissingValue(field);
  };
}

export const pageInfoFields: Readonly<Record<string, (after: boolean) => Shaper<ReadConnection>>> = {
  __typename: () => () => 'PageInfo',
  hasNextPage: () => (page) => page.hasNextPage,
  hasPreviousPage: (after) => () => after,
  startCursor: () => (page) => page.cursors?.[0] ?? null,
  endCursor: () => (page) => page.cursors?.at(-1) ?? null,
};
