import { newId } from '#platform';
import { graphError } from '../errors.ts';
import { migrations as allMigrations, type Migration } from '../migrations/index.ts';
import type { GraphStore } from '../ports/graph-store.ts';
import { createGraphStore, type GraphStoreOptions } from './graph-store.ts';
import { indexesOf } from './indexes.ts';

const META_ID = 'graph';

const FIND = `MATCH (n:Node) WHERE n.id = $id RETURN {\`schemaVersion\`: n.schemaVersion, \`storeId\`: n.storeId, \`generation\`: n.generation} AS meta`;
const MAKE = 'CREATE (n:Node:GraphMeta) SET n += $values';
const LOCK_VERSION = `MATCH (n:Node) WHERE n.id = $id SET n.lock = $token WITH n RETURN n.schemaVersion AS version`;
const SET_VERSION = 'MATCH (n:Node) WHERE n.id = $id SET n.schemaVersion = $version, n.updatedAt = $now';

export interface OpenedGraph {
  readonly store: GraphStore;
  /** Identity of the graph, kept by restores. */
  readonly storeId: string;
  /** Counts restores; a search index of another generation is rebuilt. */
  readonly generation: number;
  /** Names of the migrations that ran now. */
  readonly migrated: readonly string[];
}

/**
 * Brings a graph to this version and opens it: indexes first, then one transaction a migration, each behind a lock on
 * the version so that several processes may open at once. Errors: KAZE_GRAPH_NEWER, and what the engine says.
 */
export async function openGraph(
  options: GraphStoreOptions,
  migrations: readonly Migration[] = allMigrations,
): Promise<OpenedGraph> {
  const { engine, clock, schema } = options;
  await engine.ensureIndexes(indexesOf(schema));
  let meta = await findMeta(options);
  if (!meta) {
    const now = clock.now();
    const common = {
      id: META_ID,
      scope: 'platform',
      createdAt: now,
      createdBy: 'system:cell',
      updatedAt: now,
      version: 1,
    };
    const values = { ...common, storeId: newId(), schemaVersion: 0, generation: 0 };
    await engine
      .transaction((transaction) => transaction.run(MAKE, { values }))
      .catch(async (error: unknown) => {
        // Another process made it in this moment; any other failure shows when it is read.
        if (!(await findMeta(options))) throw error;
      });
    meta = (await findMeta(options))!;
  }
  const newest = migrations.at(-1)?.number ?? 0;
  if (meta.schemaVersion > newest) {
    throw graphError(
      'KAZE_GRAPH_NEWER',
      `this graph has schema version ${meta.schemaVersion}, this Kaze knows ${newest}; start the newer version`,
      { fields: { found: meta.schemaVersion, known: newest } },
    );
  }
  const migrated: string[] = [];
  for (const migration of migrations) {
    const ran = await engine.transaction(async (transaction) => {
      const [row] = await transaction.run(LOCK_VERSION, { id: META_ID, token: newId() });
      if ((row!.version as number) >= migration.number) return false;
      await migration.run(transaction);
      await transaction.run(SET_VERSION, { id: META_ID, version: migration.number, now: clock.now() });
      return true;
    });
    if (ran) migrated.push(`${migration.number} ${migration.name}`);
  }
  return { store: createGraphStore(options), storeId: meta.storeId, generation: meta.generation, migrated };
}

async function findMeta({ engine }: GraphStoreOptions) {
  const [row] = await engine.read(FIND, { id: META_ID });
  return row?.meta as { schemaVersion: number; storeId: string; generation: number } | undefined;
}
