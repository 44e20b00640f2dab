import { Tool } from '#graph-schema';
import { derivedId } from '#platform';
import type { SkillDefinition } from '../definitions/index.ts';
import type { SyncContext } from './sync-context.ts';

export const toolId = (name: string): string => derivedId('platform', 'tool', name);

/** One Tool node for each name that a skill requires or that the cell can call, with whether it can. */
export async function syncTools(context: SyncContext, skills: readonly SkillDefinition[]): Promise<number> {
  const { store, principal, availableTools } = context;
  const described = new Map<string, string>(availableTools.map((name) => [name, '']));
  for (const { toolsRequired } of skills) {
    for (const { name, description } of toolsRequired) {
      if (!described.get(name)) described.set(name, description);
    }
  }
  const known = new Map((await store.list(principal, Tool, { limit: 10_000 })).map((tool) => [tool.id, tool]));
  const wanted = [...described].map(([name, description]) => {
    const id = toolId(name);
    // The first description stays: several skills describe one tool each in their own words.
    const said = known.get(id)?.description ?? (description === '' ? null : description);
    return { id, scope: 'platform', name, description: said, available: availableTools.includes(name) };
  });
  const gone = [...known.values()].filter(({ name, available }) => available && !described.has(name));
  const changed = wanted.filter(({ id, available, description }) => {
    const tool = known.get(id);
    return !tool || tool.available !== available || tool.description !== description;
  });
  if (changed.length + gone.length === 0) return 0;
  await store.transact(principal, { why: 'tools of the loaded skills' }, async (unit) => {
    for (const tool of changed) await unit.upsert(Tool, tool);
    for (const { id } of gone) await unit.update(Tool, id, { available: false });
  });
  return changed.length + gone.length;
}
