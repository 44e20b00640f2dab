import { type GraphStore, type NodeOf, type Principal, type ReadNode, SkillVersion } from '#graph-schema';
import type { SkillDefinition } from '../definitions/index.ts';

const KEPT = 500;

export interface PinnedVersion {
  readonly definition: SkillDefinition;
  /** From 1. */
  readonly number: number;
  /** Revision of the handler that it was made for; null when a model runs it. */
  readonly handlerRevision: number | null;
}

/** A version as the runtime reads it; undefined for one that was written before definitions were kept. */
export function asPinned({
  compiled,
  number,
  handlerRevision,
}: NodeOf<typeof SkillVersion>): PinnedVersion | undefined {
  if (!compiled) return undefined;
  return { definition: JSON.parse(compiled) as SkillDefinition, number, handlerRevision };
}

/** Definitions by version id. A version never changes, so what was read once stays right. */
export class SkillVersions {
  readonly #store: GraphStore;
  readonly #kept = new Map<string, PinnedVersion>();
  readonly #skills = new Map<string, string>();

  constructor(store: GraphStore) {
    this.#store = store;
  }

  async definition(principal: Principal, versionId: string): Promise<SkillDefinition | undefined> {
    return (await this.pinned(principal, versionId))?.definition;
  }

  async pinned(principal: Principal, versionId: string): Promise<PinnedVersion | undefined> {
    const known = this.#kept.get(versionId);
    if (known) return known;
    const version = await this.#store.get(principal, SkillVersion, versionId);
    const pinned = version && asPinned(version);
    if (!pinned) return undefined;
    keep(this.#kept, versionId, pinned);
    return pinned;
  }

  /** Id of the skill that it is a version of. */
  async skillOf(principal: Principal, versionId: string): Promise<string | undefined> {
    const known = this.#skills.get(versionId);
    if (known !== undefined) return known;
    const skill = { field: 'skill', select: { properties: { id: 'id' } } };
    const find = { by: 'id' as const, id: versionId };
    const select = { properties: { id: 'id' }, relations: { skill } };
    const { found } = await this.#store.read(principal, {
      roots: [{ key: 'found', node: 'SkillVersion', find, select }],
    });
    const id = ((found as ReadNode | null)?.skill as { id: string } | null | undefined)?.id;
    if (id !== undefined) keep(this.#skills, versionId, id);
    return id;
  }
}

function keep<T>(kept: Map<string, T>, versionId: string, value: T): void {
  if (kept.size >= KEPT) kept.delete(kept.keys().next().value!);
  kept.set(versionId, value);
}
