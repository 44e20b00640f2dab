import { type GraphStore, type Principal, type ReadConnection, type ReadNode, SourceRoot } from '#graph-schema';
import { admitRoot, type RootName } from './admission.ts';
import { type IngestionContext, writerFor } from './context.ts';
import { retireSource } from './retire-source.ts';

export interface FinishedRun extends RootName {
  /** Every file that the root has now, those included that could not be read. */
  readonly names: readonly string[];
  /** Retire what is gone, however much it is. */
  readonly prune: boolean;
}

export interface FinishedRoot {
  /** Sources that the root had before. */
  readonly total: number;
  readonly missing: number;
  readonly retired: number;
  /** Whether so much is missing that nothing was retired. */
  readonly held: boolean;
}

const PAGE = 1_000;

/**
 * Ends a complete run of a root: what it no longer has is retired, with its history kept. When more than a fifth would
 * go, as when a disk was not mounted, nothing goes unless the caller says `prune`.
 */
export async function finishRoot(
  context: IngestionContext,
  caller: Principal,
  run: FinishedRun,
  signal?: AbortSignal,
): Promise<FinishedRoot> {
  const root = await admitRoot(context.store, caller, run);
  const writer = writerFor(run.tenant, { onBehalfOf: caller.id, why: 'a complete run did not find it', signal });
  const sources = await sourcesOf(context.store, writer.principal, root.id);
  const names = new Set(run.names);
  const missing = sources.filter(({ name }) => !names.has(name));
  const held = !run.prune && missing.length > sources.length * context.limits.missingShare;
  for (const { id } of held ? [] : missing) {
    signal?.throwIfAborted();
    await retireSource(context, writer, id);
  }
  await context.store.transact(caller, { why: 'a run of a root ends' }, async (unit) => {
    const state = held ? { state: 'interrupted' as const } : { state: 'complete' as const, completedAt: unit.now };
    await unit.update(SourceRoot, root.id, state);
  });
  return { total: sources.length, missing: missing.length, retired: held ? 0 : missing.length, held };
}

async function sourcesOf(store: GraphStore, principal: Principal, root: string) {
  const found: Array<{ id: string; name: string }> = [];
  for (let after = ''; ; ) {
    const where = { id: { gt: after }, state: { in: ['pending', 'active', 'failed'] } };
    const result = await store.read(principal, {
      roots: [
        {
          key: 'root',
          node: 'SourceRoot',
          find: { by: 'id', id: root },
          select: {
            properties: { id: 'id' },
            relations: {
              sources: {
                field: 'sources',
                select: { properties: { id: 'id', name: 'name' } },
                page: { where, orderBy: [{ property: 'id', direction: 'asc' }], first: PAGE },
              },
            },
          },
        },
      ],
    });
    const page = ((result.root as ReadNode | null)?.sources as ReadConnection | undefined)?.nodes ?? [];
    found.push(...page.map(({ id, name }) => ({ id: id as string, name: name as string })));
    if (page.length < PAGE) return found;
    after = page.at(-1)!.id as string;
  }
}
