import { createTwoFilesPatch } from 'diff';
import type { GraphStore, Principal } from '#graph-schema';
import { agentError } from '../errors.ts';
import { asPinned } from '../runtime/skill-versions.ts';
import { diffDefinitions, type SkillChange } from './diff-definitions.ts';
import { findSkill, presentVersion, requireVersion, type SkillVersionNode, versionsOf } from './find-skill.ts';

export interface SkillDiff {
  /** Ids. */
  readonly skill: string;
  readonly from: string;
  readonly to: string;
  readonly changes: readonly SkillChange[];
  /** Unified diff of the definitions as the graph keeps them; empty when they say the same. */
  readonly unified: string;
}

export interface WantedDiff {
  /** Id or name. */
  readonly skill: string;
  readonly from?: number;
  readonly to?: number;
}

const CONTEXT_LINES = 3;

/**
 * Two versions of a skill side by side. Without numbers: the version in use and the newest one, or, where these are
 * one, that before and this. With one number: that version and the one in use. Errors: KAZE_SKILL_UNKNOWN,
 * KAZE_SKILL_VERSION_UNKNOWN.
 */
export async function diffVersions(store: GraphStore, principal: Principal, wanted: WantedDiff): Promise<SkillDiff> {
  const skill = await findSkill(store, principal, wanted.skill);
  const versions = await versionsOf(store, principal, skill);
  const numbers = wantedNumbers(wanted, {
    inUse: (await presentVersion(store, principal, skill))?.number,
    newest: versions[0]?.number ?? 0,
  });
  if (numbers === undefined) {
    throw agentError('KAZE_SKILL_VERSION_UNKNOWN', `${skill.name} has one version only; there is nothing to compare`, {
      fields: { skill: skill.name, newest: versions[0]?.number ?? 0 },
    });
  }
  const [from, to] = numbers.map((number) => requireVersion(skill, versions, number)) as [
    SkillVersionNode,
    SkillVersionNode,
  ];
  const [before, after] = [asPinned(from), asPinned(to)];
  const title = (version: SkillVersionNode) => `${skill.name} version ${version.number}`;
  const isSame = from.definition === to.definition;
  return {
    skill: skill.id,
    from: from.id,
    to: to.id,
    changes: before && after ? diffDefinitions(before, after) : [],
    unified: isSame
      ? ''
      : createTwoFilesPatch(title(from), title(to), from.definition, to.definition, undefined, undefined, {
          context: CONTEXT_LINES,
        }),
  };
}

function wantedNumbers(
  { from, to }: WantedDiff,
  { inUse, newest }: { readonly inUse: number | undefined; readonly newest: number },
): readonly [number, number] | undefined {
  const used = inUse ?? newest;
  if (from !== undefined) return [from, to ?? used];
  if (to !== undefined) return [used, to];
  if (used !== newest) return [used, newest];
  return newest > 1 ? [newest - 1, newest] : undefined;
}
