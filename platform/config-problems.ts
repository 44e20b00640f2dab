import { distance as editDistance } from 'fastest-levenshtein';
import { platformErrors } from './errors-platform.ts';

export interface Problem {
  /** A variable, a flag, or `kaze.yaml:3`. */
  readonly source: string;
  readonly text: string;
}

export function configProblems(problems: readonly Problem[]): Error {
  const lines = problems.map(({ source, text }) => `${source}: ${text}`);
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  return platformErrors('KAZE_CONFIG_INVALID', `the configuration has ${count}:\n  ${lines.join('\n  ')}`, {
    fields: { problems: lines },
  });
}

/** `; did you mean X?` when one of the names is near enough, else nothing. */
export function nearest(name: string, names: readonly string[]): string {
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const candidate of names) {
    const distance = editDistance(name, candidate);
    if (!best || distance < best.distance) best = { name: candidate, distance };
  }
  const allowed = Math.max(2, Math.floor(name.length / 3));
  return best && best.distance <= allowed ? `; did you mean ${best.name}?` : '';
}
