import { agentError } from '../errors.ts';
import type { PinnedVersion } from '../runtime/skill-versions.ts';
import type { SkillHandler } from '../skills/handler.ts';

/**
 * Why this build cannot run a version, or undefined when it can. Definitions are kept, code is not: a version that was
 * made for another revision of the handler would be run by code that did not make it.
 */
export function whyNotRunnable(version: PinnedVersion, handler: SkillHandler | undefined): string | undefined {
  const revision = handler?.revision ?? null;
  if (version.handlerRevision !== revision)
    return `made for ${named(version.handlerRevision)}; this Kaze has ${named(revision)}`;
  if (!handler && !version.definition.prompt) return 'it has neither a handler nor a prompt';
  return undefined;
}

const named = (revision: number | null) =>
  revision === null ? 'a model alone' : `revision ${revision} of its handler`;

/** Errors: KAZE_SKILL_HANDLER_CHANGED, before anything is queued that could not be run. */
export function requireRunnable(skill: string, version: PinnedVersion, handler: SkillHandler | undefined): void {
  const why = whyNotRunnable(version, handler);
  if (why === undefined) return;
  throw agentError(
    'KAZE_SKILL_HANDLER_CHANGED',
    `version ${version.number} of ${skill} cannot be run: ${why}. \`kaze skills pin\` chooses another version, \`kaze skills unpin\` the newest`,
    { fields: { skill, version: version.number } },
  );
}
