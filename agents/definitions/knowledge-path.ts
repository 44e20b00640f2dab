import { NAME_PATTERN } from '#platform';
import type { ProblemDetail } from './problems.ts';
import type { KnowledgeReference } from './types.ts';

const SEGMENT = /^(?:\*|[a-z0-9][a-z0-9-]{0,62})$/;

/**
 * Reads `seo/*`, `seo/domain-concepts`, `client/{client_id}/business-context`, `platform/*`. The first part names the
 * scope: `client` with its placeholder the client's own, `platform` what all may read, any other name a vertical's.
 */
export function parseKnowledgePath(path: string): { reference: KnowledgeReference } | { problem: ProblemDetail } {
  const expected = 'such as seo/*, seo/domain-concepts or client/{client_id}/business-context';
  const segments = path.split('/');
  const [first, ...rest] = segments;
  let scopeTemplate: KnowledgeReference['scopeTemplate'];
  if (first === 'client') {
    const id = rest.shift();
    // A definition serves every client; one that names a client could lead from one tenant into another's knowledge.
    if (id !== '{client_id}')
      return {
        problem: {
          what: `knowledge path "${path}"`,
          found: `client "${id ?? ''}"`,
          expected: 'client/{client_id}/… with the placeholder as it is',
        },
      };
    scopeTemplate = 'tenant:{client_id}';
  } else if (first === 'platform') {
    scopeTemplate = 'platform';
  } else if (NAME_PATTERN.test(first ?? '')) {
    scopeTemplate = `vertical:${first}`;
  } else {
    return { problem: { what: `knowledge path "${path}" does not begin with a vertical's name`, expected } };
  }
  if (rest.length === 0)
    return { problem: { what: `knowledge path "${path}" names no items`, expected: `${path}/* for all of it` } };
  const bad = rest.length > 6 ? path : rest.find((segment) => !SEGMENT.test(segment));
  if (bad !== undefined) return { problem: { what: `knowledge path "${path}"`, found: `"${bad}"`, expected } };
  return { reference: { path, scopeTemplate, glob: rest.join('/') } };
}

/** The scope for one client; `tenant` must be a checked name. */
export function knowledgeScope(reference: KnowledgeReference, tenant: string): string {
  if (!NAME_PATTERN.test(tenant)) throw new RangeError(`"${tenant}" is no tenant name`);
  return reference.scopeTemplate.replace('{client_id}', tenant);
}

/**
 * Whether an item's path inside the scope is meant: `*` in the middle stands for one part, at the end for one or more,
 * and a path without it means itself and everything beneath it.
 */
export function matchesKnowledgeGlob(glob: string, itemPath: string): boolean {
  const wanted = glob.split('/');
  const parts = itemPath.split('/');
  return wanted.length <= parts.length && wanted.every((segment, index) => segment === '*' || segment === parts[index]);
}
