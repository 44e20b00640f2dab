import { type GraphStore, type Principal, SkillVersion } from '#graph-schema';
import type { SkillDefinition } from '../definitions/index.ts';

const KEPT = 500;

/** Definitions by version id. A version never changes, so what was read once stays right. */
export class SkillVersions {
  readonly #store: GraphStore;
  readonly #kept = new Map<string, SkillDefinition>();

  constructor(store: GraphStore) {
    this.#store = store;
  }

  async definition(principal: Principal, versionId: string): Promise<SkillDefinition | undefined> {
    const known = this.#kept.get(versionId);
    if (known) return known;
    const version = await this.#store.get(principal, SkillVersion, versionId);
    if (!version?.compiled) return undefined;
    const definition = JSON.parse(version.compiled) as SkillDefinition;
    if (this.#kept.size >= KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    this.#kept.set(versionId, definition);
    return definition;
  }
}
