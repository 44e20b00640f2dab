import { z } from 'zod';

export interface Field<T = unknown> {
  /** Reads text (from the environment and flags) and typed values (from the file) alike. */
  readonly schema: z.ZodType<T>;
  /** For people: `whole number from 0 to 65535`. */
  readonly type: string;
  readonly default: T | undefined;
  readonly required: boolean;
  /** Never shown; may be given as `…_FILE`. */
  readonly secret: boolean;
  readonly meaning: string;
}

export type FieldMap = Readonly<Record<string, Field>>;

export interface ConfigSection<Area extends string = string, Fields extends FieldMap = FieldMap> {
  readonly area: Area;
  readonly fields: Fields;
}

export type ConfigValues<Sections extends readonly ConfigSection[]> = {
  readonly [S in Sections[number] as S['area']]: {
    readonly [F in keyof S['fields']]: S['fields'][F] extends Field<infer T> ? T : never;
  };
};

/** @param area lower-case letters and digits; environment names are `KAZE_<AREA>_<FIELD>` */
export function defineConfig<const Area extends string, Fields extends FieldMap>(
  area: Area,
  fields: Fields,
): ConfigSection<Area, Fields> {
  if (!/^[a-z][a-z0-9]*$/.test(area)) throw new TypeError(`"${area}" is no name of a configuration area`);
  for (const name of Object.keys(fields)) {
    if (!/^[a-z][A-Za-z0-9]*$/.test(name)) throw new TypeError(`"${area}.${name}" is no name of a setting`);
  }
  return { area, fields };
}

interface Common<T> {
  /** Say the unit and what it is for. */
  readonly meaning: string;
  /** Without a default the field is undefined unless set; `required: true` makes leaving it out an error. */
  readonly default?: T;
  readonly required?: boolean;
  readonly secret?: boolean;
}

/** What a field gives: never undefined when it has a default or must be set. */
type Given<T, O extends Common<T>> = O extends { default: T } | { required: true } ? T : T | undefined;

function build<T, O extends Common<T>>(schema: z.ZodType<T>, type: string, options: O): Field<Given<T, O>> {
  if (options.default !== undefined && !schema.safeParse(options.default).success) {
    throw new TypeError(`the default ${String(options.default)} is no ${type}`);
  }
  return {
    schema: schema as unknown as z.ZodType<Given<T, O>>,
    type,
    default: options.default as Given<T, O> | undefined,
    required: options.required ?? false,
    secret: options.secret ?? false,
    meaning: options.meaning,
  };
}

interface Range {
  readonly least?: number;
  readonly most?: number;
}

/** The kinds of fields. All take text as well, as it comes from the environment. */
export const field = {
  integer<const O extends Common<number> & Range>(options: O): Field<Given<number, O>> {
    const { least = Number.MIN_SAFE_INTEGER, most = Number.MAX_SAFE_INTEGER } = options;
    const schema = z.preprocess(toNumber, z.number().int().min(least).max(most)) as z.ZodType<number>;
    return build<number, O>(schema, `whole number${rangeText(options)}`, options);
  },
  number<const O extends Common<number> & Range>(options: O): Field<Given<number, O>> {
    const { least = -Number.MAX_VALUE, most = Number.MAX_VALUE } = options;
    const schema = z.preprocess(toNumber, z.number().min(least).max(most)) as z.ZodType<number>;
    return build<number, O>(schema, `number${rangeText(options)}`, options);
  },
  boolean<const O extends Common<boolean>>(options: O): Field<Given<boolean, O>> {
    const schema = z.preprocess(toBoolean, z.boolean()) as z.ZodType<boolean>;
    return build<boolean, O>(schema, 'true or false', options);
  },
  text<const O extends Common<string> & { pattern?: RegExp; mostCharacters?: number; form?: string }>(
    options: O,
  ): Field<Given<string, O>> {
    const { pattern = /^/, mostCharacters = 4_096, form = 'text' } = options;
    const schema = z.preprocess(
      numberToText,
      z.string().min(1).max(mostCharacters).regex(pattern),
    ) as z.ZodType<string>;
    return build<string, O>(schema, form, options);
  },
  url<const O extends Common<string> & { protocols: readonly string[] }>(options: O): Field<Given<string, O>> {
    const fits = (value: string) => {
      const url = URL.canParse(value) ? new URL(value) : undefined;
      return url !== undefined && options.protocols.includes(url.protocol.slice(0, -1));
    };
    const type = `address beginning with ${options.protocols.map((protocol) => `${protocol}://`).join(' or ')}`;
    return build<string, O>(z.string().refine(fits), type, options);
  },
  oneOf<const V extends readonly [string, ...string[]], const O extends Common<V[number]>>(
    allowed: V,
    options: O,
  ): Field<Given<V[number], O>> {
    return build<V[number], O>(z.enum(allowed) as z.ZodType<V[number]>, `one of ${allowed.join(', ')}`, options);
  },
  /** Comma-separated as text. */
  list<const O extends Common<readonly string[]>>(options: O): Field<Given<readonly string[], O>> {
    const schema = z.preprocess(toList, z.array(z.string().min(1)).readonly()) as z.ZodType<readonly string[]>;
    return build<readonly string[], O>(schema, 'list, separated by commas', options);
  },
};

/** `api.maxBodyBytes` is `KAZE_API_MAX_BODY_BYTES`. */
export function envName(key: string): string {
  return `KAZE_${key.replaceAll('.', '_').replace(/[A-Z]/g, '_$&').toUpperCase()}`;
}

/** What is wrong and what would be right; a secret's value is not repeated. */
export function valueError(key: string, definition: Field, value: unknown): string {
  const shown = definition.secret ? 'the value given' : JSON.stringify(value);
  const example =
    definition.default === undefined || definition.secret ? '' : ` (default ${String(definition.default)})`;
  const article = /^(one of|true)/.test(definition.type) ? '' : /^[aeio]/.test(definition.type) ? 'an ' : 'a ';
  return `${key} must be ${article}${definition.type}${example}, not ${shown}`;
}

function toNumber(value: unknown): unknown {
  return typeof value === 'string' && /^\s*-?\d[\d_]*(\.\d+)?\s*$/.test(value)
    ? Number(value.replaceAll('_', ''))
    : value;
}

function toBoolean(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const text = value.trim().toLowerCase();
  if (['true', '1', 'yes', 'on'].includes(text)) return true;
  return ['false', '0', 'no', 'off'].includes(text) ? false : value;
}

function toList(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** YAML reads an unquoted 1234 as a number where text is meant. */
function numberToText(value: unknown): unknown {
  return typeof value === 'number' ? String(value) : value;
}

function rangeText({ least, most }: Range): string {
  if (least !== undefined && most !== undefined) return ` from ${least} to ${most}`;
  if (least !== undefined) return ` from ${least}`;
  return most === undefined ? '' : ` up to ${most}`;
}
