import { describe, expect, it } from 'vitest';
import type { NodeDefinition } from '../../../graph-schema/domain/definition.ts';
import { buildSchema } from '../../../graph-schema/domain/schema.ts';
import type { GraphEngine } from '../../../graph-schema/ports/graph-engine.ts';
import { freshPrefix, insert, write } from './harness.ts';

/** Every word that openCypher, GQL or an engine gives a meaning, as far as it looks like a name of ours. */
const WORDS =
  `ACCESS ADD ALL ALTER AND ANY ARRAY AS ASC ASCENDING ASSERT BETWEEN BOOLEAN BOTH BREAK BY CALL CASE COLLECT COMMIT
CONSTRAINT CONTAINS COPY COUNT CREATE CSV CURRENT CYPHER DATA DATABASE DATE DATETIME DEFAULT DELETE DENY DESC DESCENDING DETACH DISTINCT
DO DROP DURATION EACH ELEMENT ELSE END ENDS EXECUTE EXISTS EXPLAIN FALSE FILTER FINISH FLOAT FOR FOREACH FROM FULLTEXT FUNCTION GRANT
GRAPH GROUP HEADERS IF IN INDEX INSERT INTEGER IS JOIN KEY LABEL LABELS LEADING LET LIMIT LIST LOAD LOOKUP MANDATORY MAP MATCH MERGE NEW
NEXT NODETACH NONE NORMALIZE NOT NOTHING NULL OF OFFSET ON ONLY OPTIONAL OPTIONS OR ORDER OVER PATH PERIODIC POINT PRIMARY PROFILE
PROPERTY RANGE READ REDUCE RELATIONSHIP REMOVE RENAME REPLACE REQUIRE RESTRICT RETURN REVOKE ROLE ROW ROWS SCALAR SCAN SELECT SET SHOW
SHORTEST SINGLE SKIP START STARTS STATUS STOP STRING TABLE TARGET TERMINATE TEXT THEN TIME TO TRAILING TRANSACTION TRIM TRUE TYPE TYPED
UNION UNIQUE UNWIND USE USER USING VALUE VALUES VECTOR VERTEX WAIT WHEN WHERE WITH WITHOUT WRITE XOR YIELD ZONE`.split(
    /\s+/,
  );

const base = { plural: 'things', family: 'work', describe: 'x' } as const;

/** The name of the type, of its property and of its relationship: which of them the schema takes. */
function taken(word: string): { label?: string; property?: string; relationship?: string } {
  const allows = (definition: object) => {
    try {
      buildSchema([{ ...base, name: 'Thing', properties: {}, edges: {}, ...definition } as NodeDefinition]);
      return true;
    } catch {
      return false;
    }
  };
  const name = `${word[0]}${word.slice(1).toLowerCase()}`;
  const property = word.toLowerCase();
  const edge = { type: word, to: 'Thing', many: true, inverse: { field: 'others', many: true }, describe: 'x' };
  return {
    ...(allows({ name }) ? { label: name } : {}),
    ...(allows({ properties: { [property]: { kind: 'string', describe: 'x' } } }) ? { property } : {}),
    ...(allows({ edges: { ones: edge } }) ? { relationship: word } : {}),
  };
}

/** Whatever name the schema takes, this engine takes too, in the shapes of text that the store writes. */
export function graphEngineNames(engineOf: () => GraphEngine): void {
  describe('names that a definition may use work', () => {
    const all = WORDS.map(taken);
    const labels = all.flatMap(({ label }) => label ?? []);
    const properties = all.flatMap(({ property }) => property ?? []);
    const relationships = all.flatMap(({ relationship }) => relationship ?? []);
    const probes = async () => {
      const engine = engineOf();
      const [a, b] = [`${freshPrefix()}a`, `${freshPrefix()}b`];
      await insert(engine, { id: a }, { id: b });
      return { engine, a, b };
    };

    it('as node types', async () => {
      const { engine, a } = await probes();
      await write(engine, `UNWIND $rows AS row CREATE (n:Node:${labels.join(':')}) SET n += row`, {
        rows: [{ id: `${a}1` }],
      });
      const held = labels.map((label) => `n:${label}`).join(', ');
      const text = `MATCH (n:Node) WHERE n.id = $id WITH n RETURN [${held}] AS held`;
      expect(await engine.read(text, { id: `${a}1` })).toEqual([{ held: labels.map(() => true) }]);
    });

    it('as properties', async () => {
      const { engine, a } = await probes();
      const patch = Object.fromEntries(properties.map((property) => [property, property]));
      await write(engine, 'MATCH (n:Node) WHERE n.id = $id SET n += $patch', { id: a, patch });
      const map = properties.map((property) => `\`${property}\`: n.${property}`).join(', ');
      const held = properties.map((property) => `n.${property} IS NOT NULL`).join(' AND ');
      const order = properties.map((property) => `n.${property} DESC`).join(', ');
      const text = `MATCH (n:Node) WHERE n.id = $id AND ${held} WITH n ORDER BY ${order} LIMIT 1 RETURN {${map}} AS node`;
      expect(await engine.read(text, { id: a })).toEqual([{ node: patch }]);
    });

    it('as relationships', async () => {
      const { engine, a, b } = await probes();
      const joins = relationships.map((type) => `(a)-[:${type}]->(b)`).join(', ');
      await write(engine, `MATCH (a:Node) WHERE a.id = $a MATCH (b:Node) WHERE b.id = $b CREATE ${joins}`, { a, b });
      const any = `MATCH (a:Node) WHERE a.id = $a MATCH (a)-[r:${relationships.join('|')}]->(b:Probe) RETURN type(r) AS type`;
      const found = (await engine.read(any, { a })).map(({ type }) => type as string);
      expect(found.sort()).toEqual([...relationships].sort());
    });
  });
}
