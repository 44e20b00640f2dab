/** The engines with nothing of ours around them: what the store is measured against. */
import grafeo from '@grafeo-db/js';
import neo4j from 'neo4j-driver';
import type { CypherParameters, CypherRow, CypherValue, IndexSpec } from '#graph-schema';
import { indexStatements } from '../../graph-schema/adapters/graph-engine/grafeo/queries.ts';
import { type Loadable, loadGraph } from './data.ts';

export interface Bare {
  readonly what: string;
  read(text: string, parameters: CypherParameters): Promise<readonly object[]>;
  close(): Promise<void>;
}

/** Grafeo in this very process, in memory, with the same indexes and the bench's graph. */
export async function bareGrafeo(indexes: readonly IndexSpec[]): Promise<Bare> {
  const database = grafeo.GrafeoDB.create();
  const run = async (text: string, parameters: CypherParameters = {}) =>
    (await database.executeCypher(text, parameters)).toArray() as CypherRow[];
  for (const text of indexStatements(indexes)) await run(text);
  const loadable: Loadable = { read: run, transaction: (work) => work({ run }) };
  await loadGraph(loadable);
  return { what: '@grafeo-db/js in process', read: run, close: async () => database.close() };
}

/** The driver's own session, numbers as numbers, records as objects. */
export async function bareNeo4j(url: string): Promise<Bare> {
  const driver = neo4j.driver(url, undefined, { disableLosslessIntegers: true });
  // LIMIT takes no float, and the driver sends every number as one.
  const native = (value: CypherValue): unknown =>
    typeof value === 'number' && Number.isInteger(value) ? neo4j.int(value) : value;
  return {
    what: 'neo4j-driver',
    async read(text, parameters) {
      const session = driver.session({ defaultAccessMode: neo4j.session.READ });
      try {
        const wrapped = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, native(value)]));
        const { records } = await session.run(text, wrapped);
        return records.map((record) => record.toObject());
      } finally {
        await session.close();
      }
    },
    close: () => driver.close(),
  };
}
