import { stringify } from 'yaml';
import { type NodeOf, Skill, SkillVersion, type UnitOfWork, verticalScope } from '#graph-schema';
import { contentHash, derivedId } from '#platform';
import {
  canonicalJson,
  type LoadedDefinitions,
  matchesKnowledgeGlob,
  type SkillDefinition,
} from '../definitions/index.ts';
import type { SkillHandler } from '../skills/handler.ts';
import { knowledgeId, packScope } from './knowledge-packs.ts';
import { removedFrom } from './removed.ts';
import { type SyncContext, verticalId } from './sync-context.ts';
import { toolId } from './tools.ts';

export const scopeOf = (definition: { readonly vertical?: string }): string =>
  definition.vertical === undefined ? 'platform' : verticalScope(definition.vertical);
export const skillId = (scope: string, name: string): string => derivedId(scope, 'skill', name);

interface SkillState {
  readonly skill: NodeOf<typeof Skill>;
  /** The present version, or the newest one where the skill is pinned to another. */
  readonly newest: { readonly id: string; readonly hash: string; readonly number: number } | undefined;
}

/**
 * Skills and their versions: what says or does something else than the newest version is a new one. Where the skill is
 * pinned, new versions are there and not used.
 */
export async function syncSkills(
  context: SyncContext,
  loaded: LoadedDefinitions,
): Promise<{ versions: number; written: number; retired: readonly string[] }> {
  const { store, principal } = context;
  const states = await readStates(context);
  let versions = 0;
  let written = 0;
  for (const definition of loaded.skills) {
    const handler = context.handlers.handler(definition.name);
    const scope = scopeOf(definition);
    const id = skillId(scope, definition.name);
    const hash = versionHash(definition, handler);
    const status = handler || definition.prompt ? ('implemented' as const) : ('declared' as const);
    const state = states.get(id);
    const same = state?.newest?.hash === hash;
    const { description } = definition;
    if (same && state.skill.status === status && state.skill.description === description) continue;
    await store.transact(principal, { why: 'skill definition loaded' }, async (unit) => {
      const { change } = await unit.upsert(Skill, { id, scope, name: definition.name, description, status });
      if (change === 'created' && definition.vertical !== undefined) {
        unit.relate(Skill, 'vertical', id, verticalId(definition.vertical));
      }
      if (!same) await newVersion(unit, { id, scope, hash, definition, handler, loaded });
    });
    written += 1;
    if (!same) versions += 1;
  }
  return { versions, written, retired: await retireMissing(context, loaded, states) };
}

/** What makes a version: the definition's meaning, and the handler's revision and stand-ins. */
function versionHash(definition: SkillDefinition, handler: SkillHandler | undefined): string {
  const { hash } = definition.source;
  return handler ? contentHash(canonicalJson([hash, handler.revision, handler.standIns])) : hash;
}

async function readStates({ store, principal }: SyncContext): Promise<Map<string, SkillState>> {
  const skills = await store.list(principal, Skill, { limit: 10_000 });
  const current = { currentOf: { some: {} } };
  const versions = await store.list(principal, SkillVersion, { where: current, limit: 10_000 });
  const states = skills.map(async (skill): Promise<[string, SkillState]> => {
    // Names of skills are unique over all loaded folders; the newest number is the present one.
    const own = versions.filter(({ name, scope }) => name === skill.name && scope === skill.scope);
    const [present] = own.sort((a, b) => b.number - a.number);
    const [newest] = skill.pinned === null ? [present] : await store.list(principal, SkillVersion, newestOf(skill));
    return [skill.id, { skill, newest }];
  });
  return new Map(await Promise.all(states));
}

const newestOf = ({ name, scope }: { readonly name: string; readonly scope: string }) => ({
  where: { name: { eq: name }, scope: { eq: scope } },
  orderBy: [{ property: 'number', direction: 'desc' as const }],
  limit: 1,
});

interface NewVersion {
  readonly id: string;
  readonly scope: string;
  readonly hash: string;
  readonly definition: SkillDefinition;
  readonly handler: SkillHandler | undefined;
  readonly loaded: LoadedDefinitions;
}

async function newVersion(
  unit: UnitOfWork,
  { id, scope, hash, definition, handler, loaded }: NewVersion,
): Promise<void> {
  const { name } = definition;
  // The skill is locked by now, so numbers do not collide between processes.
  const pinned = ((await unit.get(Skill, id))?.pinned ?? null) !== null;
  const present = await unit.related(Skill, 'current', id);
  const [before] = pinned
    ? await unit.list(SkillVersion, newestOf({ name, scope }))
    : present[0]
      ? [await unit.get(SkillVersion, present[0])]
      : [];
  if (before?.hash === hash) return;
  const number = (before?.number ?? 0) + 1;
  const versionId = derivedId(scope, 'skill-version', name, String(number));
  const { positions: _, ...said } = definition;
  const compiled = JSON.stringify({ ...said, positions: {} });
  unit.create(SkillVersion, {
    id: versionId,
    scope,
    name,
    number,
    hash,
    definition: stringify(readable(definition)),
    inputs: canonicalJson(definition.inputs),
    outputs: canonicalJson(definition.outputs),
    criteria: canonicalJson(
      definition.qualityCriteria.map(({ kind, text, description }) => ({ kind, text, description })),
    ),
    ...(handler ? { handlerRevision: handler.revision } : {}),
    compiled,
    risk: definition.risk ?? 'medium',
    irreversible: definition.irreversible ?? false,
  });
  unit.relate(SkillVersion, 'skill', versionId, id);
  unit.relate(
    SkillVersion,
    'tools',
    versionId,
    definition.toolsRequired.map((tool) => toolId(tool.name)),
  );
  unit.relate(SkillVersion, 'knowledge', versionId, dependencies(definition, loaded));
  if (pinned) return;
  if (before) await unit.unrelate(Skill, 'current', id);
  unit.relate(Skill, 'current', id, versionId);
}

/** The definition for people to read: what it says, without places and parsed expressions. */
function readable({ positions: _, source, qualityCriteria, knowledgeDependencies, ...rest }: SkillDefinition) {
  const criteria = qualityCriteria.map(({ text }) => text);
  return {
    ...rest,
    qualityCriteria: criteria,
    knowledge: knowledgeDependencies.map(({ path }) => path),
    // Within its folder of verticals; where that lies is nobody's business who reads the graph.
    file: source.file.split('/').slice(-3).join('/'),
  };
}

function dependencies(definition: SkillDefinition, { knowledge }: LoadedDefinitions): string[] {
  const places = definition.knowledgeDependencies.filter(({ scopeTemplate }) => !scopeTemplate.startsWith('tenant:'));
  const items = knowledge.filter((item) =>
    places.some(
      ({ scopeTemplate, glob }) =>
        scopeTemplate === packScope(item.vertical) &&
        matchesKnowledgeGlob(glob, item.path.slice(item.vertical.length + 1)),
    ),
  );
  return items.map(({ path, vertical }) => knowledgeId(vertical, path));
}

async function retireMissing(
  { store, principal }: SyncContext,
  loaded: LoadedDefinitions,
  states: ReadonlyMap<string, SkillState>,
): Promise<readonly string[]> {
  const present = new Set(loaded.skills.map((definition) => skillId(scopeOf(definition), definition.name)));
  const known = [...states.values()].map(({ skill }) => skill);
  const gone = removedFrom(loaded, known, present);
  if (gone.length === 0) return [];
  await store.transact(principal, { why: 'skill definition removed' }, async (unit) => {
    for (const { id } of gone) await unit.update(Skill, id, { status: 'retired' });
  });
  return gone.map(({ name }) => `skill ${name}`);
}
