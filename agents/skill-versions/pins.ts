/** A version that an agent is pinned to. */
export interface Pin {
  readonly id: string;
  /** Of the skill. */
  readonly name: string;
  readonly scope: string;
}

const MOST = 200;

/** What a read of an agent needs besides its skills to know which version of each it runs. */
export const pinsRead = (properties: readonly string[] = []) => ({
  field: 'pinned',
  page: { first: MOST },
  select: { properties: Object.fromEntries(['id', 'name', 'scope', ...properties].map((name) => [name, name])) },
});

/** The version of a skill that an agent runs: the one it is pinned to, else the present one. */
export function versionInUse<Version>(
  skill: { readonly name: string; readonly scope: string; readonly current: Version | null },
  pins: readonly (Pin & Version)[],
): Version | null {
  return pins.find(({ name, scope }) => name === skill.name && scope === skill.scope) ?? skill.current;
}
