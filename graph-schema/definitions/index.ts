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
    .filter((name) => /\.[tj]s$/.test(name))
    .sort();
  const modules = await Promise.all(files.map((name) => import(new URL(name, folder).href)));
  return modules.flatMap((module: Record<string, unknown>) => Object.values(module).filter(isDefinition));
}

/** These are modules, so they are looked for beside this one as it runs, which may be its translation. */
const HERE = import.meta.url;

/** The schema of a cell: everything in `definitions/nodes/`. */
export const schema: GraphSchema = buildSchema(await loadDefinitions(new URL('./nodes/', HERE)));
