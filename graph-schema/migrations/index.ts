import type { EngineTransaction } from '../ports/graph-engine.ts';

/**
 * One step from a schema version to the next. Numbered from 1, append-only: a released one is never changed. It runs in
 * one transaction together with the new version number.
 */
export interface Migration {
  readonly number: number;
  readonly name: string;
  run(transaction: EngineTransaction): Promise<void>;
}

export const migrations: readonly Migration[] = [
  {
    number: 1,
    name: 'the first graph',
    // Constraints and indexes come from the definitions at every opening; there is nothing to move yet.
    async run() {},
  },
];
