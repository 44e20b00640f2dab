import { afterAll, beforeAll } from 'vitest';
import { type GraphEngine, type GraphStore, openGraph, schema } from '#graph-schema';
import { silentLogger, systemClock } from '#platform';
import { lintingEngine } from '../../support/graph/linting-engine.ts';
import { algorithmsContract } from './algorithms.ts';
import { historyContract } from './history.ts';
import { packingContract } from './packing.ts';
import { readingContract } from './reading.ts';
import { scopeContract } from './scopes.ts';
import { writingContract } from './writing.ts';

/** What every engine must make of the same calls; each text is held to the rules that keep it equal on both. */
export function graphStoreContract(create: () => Promise<{ engine: GraphEngine; close(): Promise<void> }>): void {
  let opened: GraphStore;
  let close: () => Promise<void>;
  const store = () => opened;
  const texts: string[] = [];

  beforeAll(async () => {
    const under = await create();
    close = under.close;
    const engine = lintingEngine(under.engine, (text) => texts.push(text));
    ({ store: opened } = await openGraph({ engine, schema, clock: systemClock, logger: silentLogger }));
  });
  afterAll(() => close());

  readingContract(store);
  scopeContract(store, () => texts);
  writingContract(store);
  packingContract(store);
  historyContract(store);
  algorithmsContract(store);
}
