import type { SkillContext, SkillResult } from './handler.ts';

/**
 * The outputs that a definition declares: the founding document's declare fewer than a handler makes, and the others go
 * to those that ask for them.
 */
export function declaredOutputs(
  outputs: SkillResult['outputs'],
  { outputs: asked }: SkillContext['definition'],
): SkillResult['outputs'] {
  const names = new Set(asked.map(({ name }) => name));
  return Object.fromEntries(Object.entries(outputs).filter(([name]) => names.has(name)));
}
