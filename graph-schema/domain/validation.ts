import { didYouMean } from '#platform';
import { graphError } from '../errors.ts';
import type { CypherValue } from '../ports/graph-engine.ts';
import type { PropertyDefinition, PropertyDefinitions } from './definition.ts';

const DEFAULT_MAX = { string: 200, enum: 200, text: 1_000_000, strings: 1_000, json: 1_000_000 } as const;
const MAX_LIST_ITEM = 2_000;

function shown(value: unknown): string {
  const text = typeof value === 'string' ? `"${value}"` : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** What is wrong with one value, or undefined. */
function problem(value: unknown, property: PropertyDefinition): string | undefined {
  const { kind } = property;
  switch (kind) {
    case 'string':
    case 'text':
    case 'enum':
    case 'json': {
      if (typeof value !== 'string') return `takes text, not ${shown(value)}`;
      const max = property.max ?? DEFAULT_MAX[kind];
      if (value.length > max) return `takes at most ${max} characters, not ${value.length}`;
      if (value.includes('\u0000')) return 'may not contain the character U+0000';
      if (!value.isWellFormed()) return 'contains half of a surrogate pair';
      if (property.pattern && !property.pattern.test(value))
        return `must match ${property.pattern.source}; ${shown(value)} does not`;
      if (kind === 'enum' && !property.values?.includes(value)) {
        return `takes ${property.values?.join(', ')}; not ${shown(value)}${didYouMean(value, property.values ?? [])}`;
      }
      if (kind === 'json') {
        try {
          JSON.parse(value);
        } catch {
          return 'takes the text of a JSON value';
        }
      }
      return undefined;
    }
    case 'int':
    case 'instant':
    case 'float': {
      if (typeof value !== 'number' || !Number.isFinite(value)) return `takes a number, not ${shown(value)}`;
      if (kind !== 'float' && !Number.isSafeInteger(value)) return `takes a whole number, not ${shown(value)}`;
      if (property.min !== undefined && value < property.min) return `is at least ${property.min}, not ${value}`;
      if (property.max !== undefined && value > property.max) return `is at most ${property.max}, not ${value}`;
      return undefined;
    }
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `takes true or false, not ${shown(value)}`;
    case 'strings': {
      if (!Array.isArray(value) || value.some((item) => typeof item !== 'string')) return 'takes a list of texts';
      const max = property.max ?? DEFAULT_MAX.strings;
      if (value.length > max) return `takes at most ${max} texts, not ${value.length}`;
      const bad = value.find(
        (item: string) => item.length > MAX_LIST_ITEM || item.includes('\u0000') || !item.isWellFormed(),
      );
      return bad === undefined ? undefined : `takes well-formed texts of at most ${MAX_LIST_ITEM} characters`;
    }
  }
}

interface Subject {
  /** For messages: `Task`, or `Agent.skills (HAS_SKILL)`. */
  readonly what: string;
  readonly mode: 'create' | 'update';
}

/**
 * Checks values against their declarations and gives them as the engine takes them: on create without nulls, on update
 * with null for what is removed. Errors: KAZE_GRAPH_INVALID naming every problem at once.
 */
export function validated(
  values: Readonly<Record<string, unknown>>,
  properties: PropertyDefinitions,
  { what, mode }: Subject,
): Record<string, CypherValue> {
  const problems: string[] = [];
  const result: Record<string, CypherValue> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (!property) {
      problems.push(`${name} is not declared${didYouMean(name, Object.keys(properties))}`);
    } else if (mode === 'update' && property.immutable) {
      problems.push(`${name} never changes`);
    } else if (value === null) {
      if (!property.optional) problems.push(`${name} is required`);
      else if (mode === 'update') result[name] = null;
    } else {
      const wrong = problem(value, property);
      if (wrong) problems.push(`${name} ${wrong}`);
      else result[name] = value as CypherValue;
    }
  }
  if (mode === 'create') {
    for (const [name, property] of Object.entries(properties)) {
      if (
        !property.optional &&
        (values[name] === undefined || values[name] === null) &&
        !problems.some((p) => p.startsWith(`${name} `))
      ) {
        problems.push(`${name} is required`);
      }
    }
  }
  if (problems.length > 0) {
    throw graphError('KAZE_GRAPH_INVALID', `${what}: ${problems.join('; ')}`, { fields: { subject: what, problems } });
  }
  return result;
}
