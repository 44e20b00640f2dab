import { type GraphStore, type NodeOf, type Principal, SkillVersion } from '#graph-schema';
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
    if (this.#kept.size >= KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    this.#kept.set(versionId, pinned);
    return pinned;
  }
}
