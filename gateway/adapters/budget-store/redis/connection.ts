import type { Redis } from 'ioredis';
import type { Logger } from '#platform';
import { connectStore } from '../../shared/redis.ts';
import { BALANCES, EXTEND, LEAVE, RESERVE, SEED, SETTLE } from './scripts.ts';

type Script = (prefix: string, ...args: (string | number)[]) => Promise<unknown>;

/** A connection with the store's scripts as commands of its own; it reconnects by itself, for ever. */
export interface BudgetConnection {
  readonly redis: Redis;
  run(script: ScriptName, prefix: string, args: readonly (string | number)[]): Promise<unknown>;
}

const SCRIPTS = { RESERVE, SEED, EXTEND, SETTLE, LEAVE, BALANCES } as const;
export type ScriptName = keyof typeof SCRIPTS;

export function connectBudgets(options: { url: string; requestTimeoutMs: number; logger: Logger }): BudgetConnection {
  const redis = connectStore('budgets', options);
  for (const [name, lua] of Object.entries(SCRIPTS)) redis.defineCommand(commandOf(name), { numberOfKeys: 1, lua });
  return {
    redis,
    run: (script, prefix, args) => (redis as unknown as Record<string, Script>)[commandOf(script)]!(prefix, ...args),
  };
}

function commandOf(name: string): string {
  return `kazeBudget${name}`;
}
