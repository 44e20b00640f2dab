/** The little of JSON Schema that filling in by rule needs; `domain/schema-fit.ts` checks the whole of it afterwards. */
import type { Json, JsonObject, JsonSchema } from '../../../../domain/json.ts';

const MAX_DEPTH = 12;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Follows local references (`#/$defs/x`). */
export function resolved(schema: Json | undefined, root: JsonSchema): JsonSchema {
  let current: Json | undefined = schema;
  for (let hops = 0; hops < MAX_DEPTH && isObject(current); hops += 1) {
    const reference: Json | undefined = current.$ref;
    if (typeof reference !== 'string') return current;
    current = reference
      .replace(/^#\/?/, '')
      .split('/')
      .filter((step) => step !== '')
      .reduce<Json | undefined>((at, step) => (isObject(at) && Object.hasOwn(at, step) ? at[step] : undefined), root);
  }
  return {};
}

/** The types a schema allows; empty when it does not say. */
export function typesOf(schema: JsonSchema): readonly string[] {
  if (typeof schema.type === 'string') return [schema.type];
  if (Array.isArray(schema.type)) return schema.type.map(String);
  if (isObject(schema.properties)) return ['object'];
  return [];
}

export function allowsNull(schema: JsonSchema, root: JsonSchema): boolean {
  if (typesOf(schema).includes('null') || schema.const === null) return true;
  if (Array.isArray(schema.enum) && schema.enum.includes(null)) return true;
  return alternatives(schema).some((one) => typesOf(resolved(one, root)).includes('null'));
}

export function alternatives(schema: JsonSchema): readonly Json[] {
  if (Array.isArray(schema.anyOf)) return schema.anyOf;
  return Array.isArray(schema.oneOf) ? schema.oneOf : [];
}
