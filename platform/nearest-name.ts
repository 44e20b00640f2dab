import { distance } from 'fastest-levenshtein';

const MOST_COMPARED = 80;

/**
 * The candidates close enough to `wanted` to be what was meant, best first, at most three: for "did you mean". Up to a
 * third of the longer name may differ, and at most 4 edits; two neighbours that changed places count as one. Case, `_`
 * and `-` do not count. Ties keep the order of the candidates; only the first 80 characters are compared.
 */
export function nearestNames(wanted: string, candidates: Iterable<string>): string[] {
  const folded = fold(wanted);
  return [...candidates]
    .map((name) => ({ name, away: edits(folded, fold(name)) }))
    .filter(({ name, away }) => away <= allowed(folded, name))
    .sort((a, b) => a.away - b.away)
    .slice(0, 3)
    .map(({ name }) => name);
}

/** The best of them. */
export function nearestName(wanted: string, candidates: Iterable<string>): string | undefined {
  return nearestNames(wanted, candidates)[0];
}

/** `; did you mean X or Y?` to end a message with; nothing when no candidate is near. */
export function didYouMean(wanted: string, candidates: Iterable<string>): string {
  const names = nearestNames(wanted, candidates);
  return names.length === 0 ? '' : `; did you mean ${names.join(' or ')}?`;
}

function fold(name: string): string {
  return name.slice(0, MOST_COMPARED).toLowerCase().replace(/[_\s]/g, '-');
}

function allowed(wanted: string, candidate: string): number {
  const longer = Math.max(wanted.length, Math.min(candidate.length, MOST_COMPARED));
  return Math.min(4, Math.max(1, Math.floor(longer / 3)));
}

function edits(a: string, b: string): number {
  const away = distance(a, b);
  return away === 2 && isSwap(a, b) ? 1 : away;
}

function isSwap(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  const at = [...a].findIndex((_, index) => a[index] !== b[index]);
  return a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
}
