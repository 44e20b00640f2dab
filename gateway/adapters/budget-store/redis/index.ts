/**
 * The budgets of many processes, in Redis 7. Every operation is one Lua script; leases end by the server's clock. All
 * keys begin with `{kaze-<cell>}:budget:`, one hash tag, so that a cluster keeps them in one slot. The server needs its
 * append-only file, and `noeviction`: a counter that is dropped is seeded again from the ledger, one that is stale is
 * not noticed.
 *
 * @example
 * const store = createRedisBudgetStore({ url: 'redis://127.0.0.1:6379', cell: 'main', logger });
 */
import { type Logger, NAME_PATTERN } from '#platform';
import type { Amount } from '../../../domain/budget/amount.ts';
import { AMPLE_PART } from '../../../domain/budget/grant.ts';
import type {
  Balance,
  BudgetLine,
  BudgetStore,
  ReservationAsk,
  ReserveAnswer,
  Seed,
  SettleAnswer,
} from '../../../ports/budget-store.ts';
import { type BudgetConnection, connectBudgets, type ScriptName } from './connection.ts';
import { toBudgetError } from './failures.ts';

export interface RedisBudgetStoreOptions {
  /** `redis://` or `rediss://`. */
  readonly url: string;
  /** Processes with the same cell share their budgets. */
  readonly cell: string;
  readonly logger: Logger;
  /** Default 2,000 ms. */
  readonly requestTimeoutMs?: number;
}

export function createRedisBudgetStore(options: RedisBudgetStoreOptions): BudgetStore {
  if (!NAME_PATTERN.test(options.cell)) throw new TypeError(`"${options.cell}" is no name of a cell`);
  const requestTimeoutMs = options.requestTimeoutMs ?? 2_000;
  return new RedisBudgetStore(connectBudgets({ ...options, requestTimeoutMs }), `{kaze-${options.cell}}:budget:`);
}

type WireLine = { k: string; w: string; mm?: number; mt?: number; f?: number };

class RedisBudgetStore implements BudgetStore {
  readonly capabilities = { sharedBetweenProcesses: true, durable: true };

  constructor(
    private readonly connection: BudgetConnection,
    private readonly prefix: string,
  ) {}

  async reserve(ask: ReservationAsk): Promise<ReserveAnswer> {
    const { id, cost, wanted, atMs, leaseMs, place } = ask;
    const wire = {
      id,
      lines: ask.lines.map(wireLine),
      cost: { im: cost.inputMicros, it: cost.inputTokens, om: cost.outputMicros },
      ...wanted,
      at: atMs,
      lease: leaseMs,
      part: AMPLE_PART,
      place,
    };
    const [state, ...rest] = (await this.run('RESERVE', [JSON.stringify(wire)])) as [string, ...string[]];
    if (state === 'unseeded') return { state, keys: rest };
    const [first = '', second, third] = rest;
    if (state === 'busy') return { state, key: first };
    if (state === 'exhausted') return { state, key: first, fits: Number(second) };
    const amount = { micros: Number(second), tokens: Number(third) };
    return { state: 'granted', outputTokens: Number(first), amount };
  }

  async seed(seeds: readonly Seed[]): Promise<void> {
    if (seeds.length === 0) return;
    const wire = seeds.map(({ key, window, spent, byMinute = [], forgetAtMs }) => ({
      k: key,
      w: window,
      m: spent.micros,
      t: spent.tokens,
      minutes: byMinute.map(({ minute, spent: amount }) => ({ minute, m: amount.micros, t: amount.tokens })),
      // A rolling hour goes on for as long as it is used.
      forget: window === 'rolling-hour' ? undefined : (forgetAtMs ?? undefined),
    }));
    await this.run('SEED', [JSON.stringify(wire)]);
  }

  async extend(
    id: string,
    ask: { readonly lines: readonly BudgetLine[]; readonly outputTokens: number; readonly leaseMs: number },
  ): Promise<number> {
    const wire = { id, lines: ask.lines.map(wireLine), wanted: ask.outputTokens, lease: ask.leaseMs };
    return Number(await this.run('EXTEND', [JSON.stringify(wire)]));
  }

  async settle(id: string, used: Amount): Promise<SettleAnswer> {
    const answer = (await this.run('SETTLE', [id, used.micros, used.tokens])) as string[];
    const [state, ...rest] = answer;
    if (state !== 'settled') return { state: state as 'already' | 'unknown', balances: [] };
    const balances: Balance[] = [];
    for (let at = 0; at < rest.length; at += 5) {
      balances.push(balanceOf(rest[at]!, rest.slice(at + 1, at + 5)));
    }
    return { state, balances };
  }

  async leave(place: string, keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await this.run('LEAVE', [place, ...keys]);
  }

  async balances(lines: readonly Pick<BudgetLine, 'key' | 'window'>[], atMs: number): Promise<readonly Balance[]> {
    if (lines.length === 0) return [];
    const wire = lines.map(({ key, window }) => ({ k: key, w: window }));
    const answer = (await this.run('BALANCES', [atMs, JSON.stringify(wire)])) as string[];
    return lines.map(({ key }, at) => balanceOf(key, answer.slice(at * 4, at * 4 + 4)));
  }

  async healthy(): Promise<boolean> {
    try {
      return (await this.connection.redis.ping()) === 'PONG';
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    this.connection.redis.disconnect();
  }

  private async run(script: ScriptName, args: readonly (string | number)[]): Promise<unknown> {
    try {
      return await this.connection.run(script, this.prefix, args);
    } catch (error) {
      throw toBudgetError(error, script.toLowerCase());
    }
  }
}

function wireLine({ key, window, maxMicros, maxTokens, forgetAtMs }: BudgetLine): WireLine {
  // A rolling hour goes on for as long as it is used.
  const forget = window === 'rolling-hour' ? null : forgetAtMs;
  return { k: key, w: window, mm: maxMicros ?? undefined, mt: maxTokens ?? undefined, f: forget ?? undefined };
}

function balanceOf(key: string, values: readonly string[]): Balance {
  const [sm = '0', st = '0', om = '0', ot = '0'] = values;
  return {
    key,
    settled: { micros: Number(sm), tokens: Number(st) },
    open: { micros: Number(om), tokens: Number(ot) },
  };
}
