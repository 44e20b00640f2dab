import { nearestName } from '#platform';
import type { OutputDefinition } from '../../definitions/index.ts';
import { readAs } from './field-values.ts';

/** What does not fit between outputs and their declaration; empty when all is well. */
export function outputProblems(
  declared: readonly Pick<OutputDefinition, 'name' | 'type' | 'required'>[],
  outputs: Readonly<Record<string, unknown>>,
): string[] {
  const problems: string[] = [];
  const names = declared.map(({ name }) => name);
  for (const name of Object.keys(outputs)) {
    if (names.includes(name)) continue;
    const nearest = nearestName(name, names);
    problems.push(`${JSON.stringify(name.slice(0, 80))} is no output${nearest ? `; did you mean ${nearest}?` : ''}`);
  }
  for (const { name, type, required } of declared) {
    const value = outputs[name];
    if (value === undefined || value === null) {
      if (required) problems.push(`${name} is missing`);
      continue;
    }
    // What a program returns is taken as it is: a number written as text is not a number.
    const read = readAs(type, value);
    if ('problem' in read) problems.push(`${name} ${read.problem}`);
    else if (typeof value === 'string' && typeof read.value !== 'string') problems.push(`${name} takes a ${type}`);
  }
  return problems;
}
