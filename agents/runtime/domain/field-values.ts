import type { FieldType } from '../../definitions/index.ts';
import type { Json } from '../../skills/handler.ts';

/** What a value of a type looks like, for messages. */
const EXPECTED: Readonly<Record<FieldType, string>> = {
  any: 'any value',
  text: 'a text',
  number: 'a number',
  boolean: 'true or false',
  date: 'a date such as 2026-11-22',
  file: 'a file',
  list: 'a list',
  object: 'an object',
};

const DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/;

export function isJson(value: unknown, depth = 0): value is Json {
  if (depth > 64) return false;
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return false;
  return Array.isArray(value)
    ? value.every((item) => isJson(item, depth + 1))
    : Object.values(value).every((item) => isJson(item, depth + 1));
}

function fits(type: FieldType, value: Json): boolean {
  switch (type) {
    case 'any':
    case 'file':
      return true;
    case 'text':
      return typeof value === 'string';
    case 'number':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    case 'date':
      return typeof value === 'string' && DATE.test(value) && !Number.isNaN(Date.parse(value));
    case 'list':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
  }
}

/** The value as its type wants it, or what was expected and found. Text that writes a number or a list is read as one. */
export function readAs(type: FieldType, value: unknown): { value: Json } | { problem: string } {
  if (!isJson(value)) return { problem: 'is no JSON value' };
  if (fits(type, value)) return { value };
  if (typeof value === 'string' && type !== 'text' && type !== 'date') {
    try {
      const parsed = JSON.parse(value) as Json;
      if (fits(type, parsed)) return { value: parsed };
    } catch {
      // Not JSON: told below.
    }
  }
  return { problem: `takes ${EXPECTED[type]}, not ${shown(value)}` };
}

function shown(value: Json): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 37)}...` : value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
