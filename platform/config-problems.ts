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
