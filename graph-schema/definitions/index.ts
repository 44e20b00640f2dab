import { readdirSync } from 'node:fs';
import type { NodeDefinition } from '../domain/definition.ts';
import { buildSchema, type GraphSchema } from '../domain/schema.ts';

function isDefinition(value: unknown): value is NodeDefinition {
  return typeof value === 'object' && value !== null && 'plural' in value && 'edges' in value;
}

/**
 * Reads every definition of a folder: one file, one node type.
 *
 * @param folder URL of a folder, with a slash at its end
 */
export async function loadDefinitions(folder: URL): Promise<NodeDefinition[]> {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .sort();
  const modules = await Promise.all(files.map((name) => import(new URL(name, folder).href)));
  return modules.flatMap((module: Record<string, unknown>) => Object.values(module).filter(isDefinition));
}

/** The schema of a cell: everything in `definitions/nodes/`. */
export const schema: GraphSchema = buildSchema(await loadDefinitions(new URL('./nodes/', import.meta.url)));
