import { systemPrincipal, Vertical, verticalScope } from '#graph-schema';
import { definitionErrors } from '../definitions/errors.ts';
import {
  checkSkillMetrics,
  type DefinitionProblem,
  type DefinitionWatcher,
  formatProblems,
  type LoadedDefinitions,
  type WatchOptions,
  watchDefinitions,
} from '../definitions/index.ts';
import { syncAgentTemplates } from './agent-templates.ts';
import { syncKnowledge } from './knowledge-packs.ts';
import { syncSkills } from './skills.ts';
import { type RegistryOptions, type SyncContext, verticalId } from './sync-context.ts';
import { syncTools } from './tools.ts';

/** What a sync wrote; all zero when the graph said it already. */
export interface RegistryChanges {
  readonly verticals: number;
  readonly tools: number;
  readonly knowledge: number;
  /** New versions of skills. */
  readonly skillVersions: number;
  readonly skills: number;
  readonly agentTemplates: number;
  readonly agents: number;
  readonly retired: number;
}

export interface Registry {
  /** Makes the graph say what the definitions say. Problems of single files are logged and leave the rest alone. */
  sync(loaded: LoadedDefinitions): Promise<RegistryChanges>;
  /** Reads folders of verticals as one set, syncs it, and goes on doing so when it changes. */
  watch(
    folders: string | readonly string[],
    options?: WatchOptions,
  ): Promise<DefinitionWatcher & { readonly changes: RegistryChanges }>;
}

/** Safe to run in several processes, and again: what is there already is not written. */
export function createRegistry(options: RegistryOptions): Registry {
  const context: SyncContext = { ...options, principal: systemPrincipal('loader') };

  async function sync(loaded: LoadedDefinitions): Promise<RegistryChanges> {
    const problems = [...loaded.problems, ...metricProblems(context, loaded)];
    if (problems.length > 0) options.logger.warn({ problems: formatProblems(problems) }, 'definitions have problems');
    const verticals = await syncVerticals(context, loaded.verticals);
    const tools = await syncTools(context, loaded.skills);
    const knowledge = await syncKnowledge(context, loaded);
    const skills = await syncSkills(context, loaded);
    const agents = await syncAgentTemplates(context, loaded);
    tellRetired(context, [...skills.retired, ...agents.retired].sort());
    return {
      verticals,
      tools,
      knowledge: knowledge.written,
      skillVersions: skills.versions,
      skills: skills.written,
      agentTemplates: agents.templates,
      agents: agents.agents,
      retired: knowledge.retired + skills.retired.length + agents.retired.length,
    };
  }

  return {
    sync,
    async watch(folders, watchOptions = {}) {
      const watcher = await watchDefinitions(
        folders,
        async ({ current }) => {
          const changes = await sync(current);
          options.logger.info({ changes }, 'definitions changed');
        },
        {
          ...watchOptions,
          onError: (error) => {
            options.logger.error({ err: error }, 'definitions could not be read again');
            watchOptions.onError?.(error);
          },
        },
      );
      return { ...watcher, changes: await sync(watcher.initial) };
    },
  };
}

/** A process cannot tell a file that was taken away from one that another process of the cell has and it has not. */
function tellRetired({ logger }: SyncContext, retired: readonly string[]): void {
  if (retired.length === 0) return;
  const gone = definitionErrors(
    'KAZE_DEFINITION_GONE',
    `no folder of this process has ${retired.join(', ')} any more: retired, and new tasks are refused; give every process of a cell the same verticals.folders`,
    { fields: { retired } },
  );
  logger.warn({ code: gone.code, retired }, gone.message);
}

/** An expression over a metric that the handler does not return would never pass. */
function metricProblems({ handlers }: SyncContext, { skills }: LoadedDefinitions): DefinitionProblem[] {
  return skills.flatMap((skill) => {
    const handler = handlers.handler(skill.name);
    return handler ? checkSkillMetrics(skill, Object.keys(handler.metrics)) : [];
  });
}

async function syncVerticals({ store, principal }: SyncContext, names: readonly string[]): Promise<number> {
  const known = new Set((await store.list(principal, Vertical, { limit: 10_000 })).map(({ id }) => id));
  const missing = names.filter((name) => !known.has(verticalId(name)));
  if (missing.length === 0) return 0;
  return store.transact(principal, { why: 'verticals loaded' }, async (unit) => {
    let made = 0;
    for (const name of missing) {
      const title =
        name.length <= 4 ? name.toUpperCase() : name.replaceAll('-', ' ').replace(/^./, (c) => c.toUpperCase());
      const values = { id: verticalId(name), scope: verticalScope(name), name, title };
      const { change } = await unit.upsert(Vertical, values);
      if (change !== 'none') made += 1;
    }
    return made;
  });
}
