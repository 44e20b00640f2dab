/** The little of JSON Schema that filling in by rule needs; the whole of it is checked afterwards, by ajv. */
import { Ajv, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Json, JsonObject, JsonSchema } from '../../../../domain/json.ts';
import { modelError } from '../../../../errors.ts';

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

/** Undefined when the value fits, else what does not. Throws KAZE_MODEL_BAD_REQUEST for a schema that is none. */
export function misfit(schema: JsonSchema, value: Json): string | undefined {
  const validate = compiled(schema);
  if (validate(value)) return undefined;
  const [first] = validate.errors ?? [];
  return `${first?.instancePath || 'the value'} ${first?.message ?? 'does not fit'}`;
}

const compiledSchemas = new WeakMap<JsonSchema, ValidateFunction>();

function compiled(schema: JsonSchema): ValidateFunction {
  const known = compiledSchemas.get(schema);
  if (known) return known;
  const options = { strict: false, validateFormats: false, allErrors: false, logger: false } as const;
  try {
    const old = typeof schema.$schema === 'string' && schema.$schema.includes('draft-07');
    const validate = (old ? new Ajv(options) : new Ajv2020(options)).compile(schema);
    compiledSchemas.set(schema, validate);
    return validate;
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 200) : 'unknown';
    throw modelError('KAZE_MODEL_BAD_REQUEST', `a JSON Schema of the request cannot be read: ${reason}`, {
      cause: error,
    });
  }
}
