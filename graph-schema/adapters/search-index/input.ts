/**
 * What both engines check before anything becomes part of a query. Both have query languages of their own, so only
 * values of these narrow shapes ever stand in a filter; everything else is refused, never escaped.
 */
import type { SearchDocument, SearchQuery, SearchVector } from '../../ports/search-index.ts';
import { searchError } from './errors.ts';

const SCOPE_TOKEN = /^[0-9a-f]{16,64}$/;
const LABEL = /^[A-Z][A-Za-z0-9]{0,63}$/;
const ID = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}$/;
const MODEL = /^[A-Za-z0-9][A-Za-z0-9_.:/@+-]{0,127}$/;
const LANGUAGE = /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/;
export const MAX_LIMIT = 200;

function check(pattern: RegExp, what: string, value: string): void {
  if (typeof value !== 'string' || !pattern.test(value)) {
    throw searchError('KAZE_SEARCH_INVALID', `${what} of the search index must match ${pattern.source}`, {
      fields: { what },
    });
  }
}

export function checkIds(ids: readonly string[]): void {
  for (const id of ids) check(ID, 'an id', id);
}

export function checkModel(model: string): void {
  check(MODEL, 'a model', model);
}

export function checkDocuments(documents: readonly SearchDocument[]): void {
  for (const document of documents) {
    check(ID, 'an id', document.id);
    check(SCOPE_TOKEN, 'a scope token', document.scopeToken);
    check(LABEL, 'a label', document.label);
    if (document.language !== undefined) check(LANGUAGE, 'a language', document.language);
  }
}

export function checkVectors(vectors: readonly SearchVector[], dimensions: number): void {
  for (const { id, model, vector } of vectors) {
    check(ID, 'an id', id);
    check(MODEL, 'a model', model);
    checkVector(vector, dimensions);
  }
}

/** Neither engine refuses a vector of the wrong length at write time: it would merely never be found. */
function checkVector(vector: Float32Array, dimensions: number): void {
  if (vector.length !== dimensions || !vector.every(Number.isFinite) || !vector.some((value) => value !== 0)) {
    throw searchError(
      'KAZE_SEARCH_INVALID',
      `a vector must hold ${dimensions} finite numbers, not all zero; this one has ${vector.length}`,
      { fields: { what: 'a vector', dimensions, length: vector.length } },
    );
  }
}

export function checkQuery(query: SearchQuery, dimensions: number): void {
  for (const token of query.scopeTokens) check(SCOPE_TOKEN, 'a scope token', token);
  for (const label of query.labels ?? []) check(LABEL, 'a label', label);
  checkLimit(query.limit);
  if (query.vector) {
    check(MODEL, 'a model', query.vector.model);
    checkVector(query.vector.values, dimensions);
  }
}

export function checkLimit(limit: number, max = MAX_LIMIT): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > max) {
    throw searchError('KAZE_SEARCH_INVALID', `a limit must be a whole number from 1 to ${max}, not ${limit}`, {
      fields: { what: 'a limit', limit, max },
    });
  }
}

/** The last document of each id: what a sequence of single upserts would leave. */
export function lastOfEach<T extends { readonly id: string }>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [item.id, item])).values()];
}

export function chunked<T>(items: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size));
  return chunks;
}
