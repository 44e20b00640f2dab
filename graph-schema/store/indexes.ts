import type { GraphSchema } from '../domain/schema.ts';
import type { IndexSpec } from '../ports/graph-engine.ts';

/** The indexes that a schema asks for: one unique key for all nodes, and what its properties declare. */
export function indexesOf(schema: GraphSchema): IndexSpec[] {
  const indexes: IndexSpec[] = [{ name: 'node_id', label: 'Node', property: 'id', kind: 'unique' }];
  for (const { definition, properties } of schema.types.values()) {
    for (const [property, { indexed, ordered }] of Object.entries(properties)) {
      const name = `${definition.name}_${property}`.toLowerCase();
      if (indexed) indexes.push({ name, label: definition.name, property, kind: 'lookup' });
      else if (ordered) indexes.push({ name, label: definition.name, property, kind: 'range' });
    }
  }
  return indexes;
}
