import { expect, it } from 'vitest';
import { Community, Entity, Knowledge, refreshCommunities } from '#graph-schema';
import { fact, foreignScope, ingestion, operator, type StoreOf, scope, stranger, why } from './fixture.ts';

/** What is computed over a scope. */
export function algorithmsContract(store: StoreOf): void {
  it('finds what hangs together within one scope, and replaces it the next time', async () => {
    const members = await store().transact(ingestion, why, async (unit) =>
      ['red', 'blue'].map((colour) => {
        const entities = [1, 2, 3].map((at) =>
          unit.create(Entity, { scope, name: `${colour} ${at}`, kind: 'term', aliases: [] }),
        );
        const facts = [0, 1, 2].map((at) => {
          const id = unit.create(Knowledge, { ...fact, title: `${colour} fact ${at}`, scope });
          unit.relate(Knowledge, 'entities', id, [entities[at]!, entities[(at + 1) % 3]!]);
          return id;
        });
        return new Set([...entities, ...facts]);
      }),
    );
    const ofColour = async () => {
      const all = await store().list(operator, Community, { where: { scope: { eq: scope } }, limit: 1_000 });
      const related = await store().transact(operator, why, (unit) =>
        Promise.all(
          all.map(async ({ id }) => [
            ...(await unit.related(Community, 'entities', id)),
            ...(await unit.related(Community, 'knowledge', id)),
          ]),
        ),
      );
      return members.map((set) => related.filter((ids) => ids.some((id) => set.has(id))));
    };
    await refreshCommunities(store(), scope);
    for (const [index, communities] of (await ofColour()).entries()) {
      expect(communities).toHaveLength(1);
      expect(new Set(communities[0])).toEqual(members[index]);
    }
    await refreshCommunities(store(), scope);
    expect((await ofColour()).map((communities) => communities.length)).toEqual([1, 1]);
    expect(await store().count(stranger, Community, { scope: { eq: scope } })).toBe(0);
    expect(await refreshCommunities(store(), `${foreignScope}-empty`)).toBe(0);
  });
}
