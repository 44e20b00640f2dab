/** Whether a value fits a JSON Schema: of draft-07 when it says so, else of 2020-12. */
import { Ajv, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { modelError } from '../errors.ts';
import type { Json, JsonSchema } from './json.ts';

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
