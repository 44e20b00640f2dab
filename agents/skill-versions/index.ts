/** Versions of skills: what differs between two, and which one new tasks run. */
export type { ChangedPart, SkillChange } from './diff-definitions.ts';
export { diffVersions, type SkillDiff, type WantedDiff } from './diff-versions.ts';
export { createPinVerbs, type PinChange, type PinTarget, type PinVerbs } from './pin-verbs.ts';
