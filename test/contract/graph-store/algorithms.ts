import { expect, it } from 'vitest';
import { Community, Entity, Knowledge, refreshCommunities, systemPrincipal } from '#graph-schema';
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

  it('leaves none out of a community that is larger than what is read at once', async () => {
    const many = `${scope}-many`;
    await store().transact(ingestion, why, async (unit) => {
      const hub = unit.create(Entity, { scope: many, name: 'hub', kind: 'term', aliases: [] });
      for (let at = 0; at < 1_100; at++) {
        const id = unit.create(Knowledge, { ...fact, title: `fact ${at}`, scope: many });
        unit.relate(Knowledge, 'entities', id, hub);
      }
    });
    expect(await refreshCommunities(store(), many)).toBe(1);
    const [community] = await store().list(systemPrincipal('curation'), Community, { where: { scope: { eq: many } } });
    expect(community).toMatchObject({ size: 1_101, title: expect.stringContaining('hub') });
  });

  it('follows nothing from what too much hangs on, by what the principal may see of it, and can give ids alone', async () => {
    const { hub, seed, far, shared } = await store().transact(ingestion, why, async (unit) => {
      const entity = (name: string) => unit.create(Entity, { scope, name, kind: 'term', aliases: [] });
      const [hub, small] = [entity('hub'), entity('small')];
      const about = (title: string, ends: string[], where = scope) => {
        const id = unit.create(Knowledge, { ...fact, title, scope: where });
        unit.relate(Knowledge, 'entities', id, ends);
        return id;
      };
      const seed = about('seed', [hub, small]);
      const far = about('far', [small]);
      for (let at = 0; at < 5; at++) about(`of the hub ${at}`, [hub]);
      return { hub, seed, far, shared: small };
    });
    const walked = await store().subgraph(operator, [seed], { depth: 2, maxDegree: 4, idsOnly: true });
    expect(new Set(walked.nodes.map(({ id }) => id))).toEqual(new Set([seed, hub, shared, far]));
    expect(walked.nodes.every(({ label, caption }) => label === '' && caption === '')).toBe(true);
    const pairs = walked.edges.map(({ from, to }) => [from, to].sort().join(' '));
    expect(pairs.sort()).toEqual(
      [
        [seed, hub],
        [seed, shared],
        [far, shared],
      ]
        .map((pair) => pair.sort().join(' '))
        .sort(),
    );
    const whole = await store().subgraph(operator, [seed], { depth: 2, maxDegree: 6 });
    expect(whole.nodes).toHaveLength(9);
    expect(whole.nodes.find(({ id }) => id === hub)).toMatchObject({ label: 'Entity', caption: 'hub' });
  });
}
