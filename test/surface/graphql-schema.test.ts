import { printSchema, validateSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { buildApiSchema } from '#api';
import { schema as graph } from '#graph-schema';

const { schema } = buildApiSchema(graph);
const text = printSchema(schema);

describe('the GraphQL schema', () => {
  it('is valid and is what clients were promised (run vitest -u to accept a change)', async () => {
    expect(validateSchema(schema)).toEqual([]);
    await expect(`${text}\n`).toMatchFileSnapshot('./schema.graphql.txt');
  });

  it('shows nothing that a definition keeps internal', () => {
    for (const { definition, properties, relations } of graph.types.values()) {
      if (definition.internal) {
        // `Token` is also the name of a hand-written view, without the hash.
        if (definition.name !== 'Token') expect(schema.getType(definition.name), definition.name).toBeUndefined();
        expect(schema.getType(`${definition.name}Filter`), definition.name).toBeUndefined();
        continue;
      }
      const block = new RegExp(`^(type|input) ${definition.name}(Filter)? [\\s\\S]*?^}`, 'gm');
      const shown = (text.match(block) ?? []).join('\n');
      const hidden = [
        ...Object.entries(properties).filter(([, property]) => property.internal),
        ...Object.entries(relations).filter(([, relation]) => relation.internal),
      ].map(([name]) => name);
      for (const name of hidden) expect(shown).not.toMatch(new RegExp(`^  ${name}\\b`, 'm'));
      expect(shown.length).toBeGreaterThan(0);
    }
    expect(text).not.toMatch(/leaseOwner|leaseUntil|outbox/i);
  });
});
