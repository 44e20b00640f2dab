/**
 * Fills a JSON Schema with what a text says. Never invents: what the text does not say is null where the schema allows
 * null, left out where it is optional, and otherwise missing, which the caller reports.
 */
import type { Json, JsonSchema } from '../../../../domain/json.ts';
import {
  booleanIn,
  formattedIn,
  knowsFormat,
  labelled,
  namedIn,
  numberIn,
  type Source,
  stemsOfName,
} from './scalars.ts';
import { allowsNull, alternatives, isObject, resolved, typesOf } from './schema.ts';

export interface FillOptions {
  /** Values known by the property's name, whatever the text says: `answer`, `citations`, `query`. */
  readonly known: (property: string, schema: JsonSchema) => Json | undefined;
}

export interface Filled {
  /** Undefined when nothing could be said at all. */
  readonly value: Json | undefined;
  /** Paths of required values that the text does not say. */
  readonly missing: readonly string[];
}

const MAX_DEPTH = 8;

export function fill(schema: JsonSchema, source: Source, options: FillOptions): Filled {
  const missing: string[] = [];
  const value = new Filler(schema, source, { ...options, missing }).at(schema, '', 0);
  return { value, missing };
}

class Filler {
  constructor(
    private readonly root: JsonSchema,
    private readonly source: Source,
    private readonly options: FillOptions & { readonly missing: string[] },
  ) {}

  at(raw: Json | undefined, path: string, depth: number): Json | undefined {
    const schema = resolved(raw, this.root);
    if (depth > MAX_DEPTH) return undefined;
    if (schema.const !== undefined) return schema.const;
    const name = path.slice(path.lastIndexOf('/') + 1);
    const known = name === '' ? undefined : this.options.known(name, schema);
    if (known !== undefined) return known;
    if (Array.isArray(schema.enum)) return this.oneOf(schema.enum);
    for (const one of alternatives(schema)) {
      const value = this.at(one, path, depth + 1);
      if (value !== undefined && value !== null) return value;
    }
    return this.ofType(schema, path, depth);
  }

  private ofType(schema: JsonSchema, path: string, depth: number): Json | undefined {
    const types = typesOf(schema);
    const stems = stemsOfName(path.slice(path.lastIndexOf('/') + 1));
    if (types.includes('object')) return this.object(schema, path, depth);
    if (types.includes('array')) return this.array(schema, stems);
    if (types.includes('integer')) return numberIn(this.source, stems, true);
    if (types.includes('number')) return numberIn(this.source, stems, false);
    if (types.includes('boolean')) return booleanIn(this.source, stems);
    if (types.includes('string')) return this.string(schema, stems);
    return undefined;
  }

  private object(schema: JsonSchema, path: string, depth: number): Json | undefined {
    const required = new Set(Array.isArray(schema.required) ? schema.required.map(String) : []);
    const entries: [string, Json][] = [];
    for (const [name, raw] of Object.entries(isObject(schema.properties) ? schema.properties : {})) {
      const own = resolved(raw, this.root);
      const before = this.options.missing.length;
      const value = this.at(raw, `${path}/${name}`, depth + 1) ?? own.default;
      const whole = this.options.missing.length === before;
      if (value !== undefined && whole) entries.push([name, value]);
      else if (allowsNull(own, this.root)) entries.push([name, null]);
      else if (required.has(name) && whole) this.options.missing.push(`${path}/${name}`);
      // Of a value that may be left out nothing is missing, nor of one that is null instead.
      if (!required.has(name) || allowsNull(own, this.root)) this.options.missing.length = before;
    }
    return Object.fromEntries(entries);
  }

  private array(schema: JsonSchema, stems: readonly string[]): Json | undefined {
    const items = resolved(schema.items, this.root);
    if (Array.isArray(items.enum)) {
      const named = namedIn(
        this.source,
        items.enum.filter((one) => typeof one === 'string'),
      );
      return named.length > 0 ? named : undefined;
    }
    if (!typesOf(items).includes('string')) return undefined;
    const list = labelled(this.source, stems)
      ?.split(/,|;|\band\b|\bund\b/u)
      .map((one) => one.trim())
      .filter((one) => one !== '');
    return list && list.length > 0 ? list : undefined;
  }

  private string(schema: JsonSchema, stems: readonly string[]): string | undefined {
    const format = typeof schema.format === 'string' ? schema.format : '';
    if (knowsFormat(format)) return formattedIn(this.source, format);
    for (const name of ['email', 'uri', 'date']) {
      const alias = name === 'uri' ? ['uri', 'url', 'link'] : [name, ...(name === 'email' ? ['mail'] : [])];
      const value = stems.some((stem) => alias.includes(stem)) ? formattedIn(this.source, name) : undefined;
      if (value !== undefined) return value;
    }
    if (typeof schema.pattern === 'string') return undefined;
    return labelled(this.source, stems);
  }

  private oneOf(allowed: readonly Json[]): Json | undefined {
    const [first] = namedIn(
      this.source,
      allowed.filter((one) => typeof one === 'string'),
    );
    return first;
  }
}
