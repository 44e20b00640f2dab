import { type Clock, type JudgedFilter, type JudgedUse, type OutcomeRow, silentLogger, systemClock } from '#platform';
import { parsePolicy } from '../../../../gateway/domain/flow/policy.ts';
import type { ModelInfo } from '../../../../gateway/domain/model.ts';
import { createPriceList, type PriceList } from '../../../../gateway/domain/price/price-list.ts';
import { LearnedChooser } from '../../../../gateway/use-cases/choice/learned-chooser.ts';
import { model } from '../flow/setup.ts';

/** T. Ettinger's mulberry32: small, seeded, and good enough to simulate with. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const VERDICTS: Record<OutcomeRow['verdict'], number> = { approved: 0, edited: 0, rejected: 0, passed: 0, failed: 0 };

interface Judgement {
  readonly taskType: string;
  readonly model: ModelInfo;
  readonly score: number;
  readonly costMicros: number;
}

/** The ledger's join, of one model a task, in memory: only the last `latest` judged tasks of a type. */
export class History {
  failing = false;
  private readonly types = new Map<string, Judgement[]>();

  add(judgement: Judgement): void {
    const known = this.types.get(judgement.taskType);
    if (known) known.push(judgement);
    else this.types.set(judgement.taskType, [judgement]);
  }

  async judgedUse({ latest = 1_000_000 }: JudgedFilter): Promise<readonly JudgedUse[]> {
    if (this.failing) throw new Error('away');
    return [...this.types.values()].flatMap((all) => {
      // None of these tests widens the window again.
      if (all.length > 2 * latest) all.splice(0, all.length - latest);
      const last = all.slice(-latest);
      return [...new Set(last.map(({ model: info }) => info))].map((info) => useOf(info, last));
    });
  }
}

function useOf({ provider, name }: ModelInfo, all: readonly Judgement[]): JudgedUse {
  let [tasks, score, costMicros] = [0, 0, 0];
  for (const one of all) {
    if (one.model.name !== name) continue;
    tasks += 1;
    score += one.score;
    costMicros += one.costMicros;
  }
  const { taskType } = all[0]!;
  const counted = { tasks, score, costMicros, calls: tasks, inputTokens: 1_000 * tasks, outputTokens: 100 * tasks };
  return { taskType, provider, model: name, verdicts: VERDICTS, ...counted };
}

export const PRICES: PriceList = createPriceList({
  ...{ date: '2026-11-22', source: 'test', currency: 'USD', per: '1,000,000 tokens' },
  models: {
    'v/cheap': { input: 0.1, output: 0.4 },
    'v/mid': { input: 1, output: 4 },
    'v/dear': { input: 5, output: 20 },
  },
});

export const CHEAP = model('v', 'cheap', { tiers: ['fast'] });
export const MID = model('v', 'mid', { tiers: ['balanced'] });
export const DEAR = model('v', 'dear', { tiers: ['best'] });
export const MODELS = [CHEAP, MID, DEAR] as const;
const COSTS: Readonly<Record<string, number>> = { cheap: 140, mid: 1_400, dear: 7_000 };

export type Rules = ReturnType<typeof rules>;

export function rules(change: NonNullable<Parameters<typeof parsePolicy>[0]> & object = {}) {
  return parsePolicy({ choice: { by: 'learned', learned: change } }).choice.learned;
}

export interface World {
  readonly chooser: LearnedChooser;
  readonly history: History;
  /** Names of the models chosen for so many tasks, each judged at once by the true qualities. */
  run(tasks: number, qualities: Readonly<Record<string, number>>, taskType?: string): Promise<string[]>;
}

/** A chooser whose every choice is judged before the next, by chance with the probability given. */
export function world(seed: number, change: object = {}): World {
  const random = seeded(seed);
  const history = new History();
  let now = 1_000_000;
  const clock: Clock = { ...systemClock, now: () => now };
  const options = { history, prices: PRICES, clock, logger: silentLogger, random };
  const chooser = new LearnedChooser({ ...options, rules: rules(change) });
  let task = 0;
  return {
    ...{ chooser, history },
    async run(tasks, qualities, taskType = 'draft') {
      const chosen: string[] = [];
      for (let done = 0; done < tasks; done += 1) {
        now += 1;
        task += 1;
        await chooser.refresh();
        const [first] = chooser.order(MODELS, facts({ taskType, task: `t${task}` }));
        const { name } = first!;
        chosen.push(name);
        history.add({ taskType, model: first!, score: random() < qualities[name]! ? 1 : 0, costMicros: COSTS[name]! });
      }
      return chosen;
    },
  };
}

export function facts({
  taskType = 'draft' as string | null,
  task = null as string | null,
  tier = undefined as never,
}) {
  const attribution = { tenant: 'acme', agent: 'writer', task, skillVersion: null, channel: null };
  return { attribution, taskType, inputTokens: 1_000, outputTokens: 100, tier };
}

export function share(chosen: readonly string[], name: string): number {
  return chosen.filter((one) => one === name).length / chosen.length;
}
