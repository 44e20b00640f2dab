import type { Clock, JudgedUse, Ledger, Logger } from '#platform';
import { type Arm, chooseArm, presumedOrder } from '../../domain/choice/bandit.ts';
import type { Random } from '../../domain/choice/beta.ts';
import { matchesPattern } from '../../domain/flow/model-rules.ts';
import type { GatewayPolicy } from '../../domain/flow/policy.ts';
import { fullName, type ModelInfo } from '../../domain/model.ts';
import type { PriceList } from '../../domain/price/price-list.ts';
import type { ModelTier } from '../../domain/request.ts';
import type { ChoiceFacts, Chooser } from '../../ports/chooser.ts';

export interface LearnedChooserOptions {
  readonly rules: GatewayPolicy['choice']['learned'];
  readonly history: Pick<Ledger, 'judgedUse'>;
  readonly prices: PriceList | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Default `Math.random`. */
  readonly random?: Random;
}

const DAY_MS = 86_400_000;
const MAX_TASKS = 10_000;
const LEVELS: readonly ModelTier[] = ['fast', 'balanced', 'best'];
/** So many judged tasks weigh as much as the price list's word on what a task costs. */
const PRICED_TASKS = 4;

/**
 * Learns per type of task which model is the cheapest that does it well enough. What it knows is read from the ledger:
 * the same in every process, and there again after a restart. Only the last `window` judged tasks of a type count
 * (F. Trovò, S. Paladino, M. Restelli and N. Gatti, "Sliding-window Thompson sampling for non-stationary settings",
 * JAIR 68, 2020), so that a model which became worse is noticed once new judgements have taken the place of old ones.
 */
export class LearnedChooser implements Chooser {
  readonly acrossLevels = true;
  private readonly random: Random;
  private known: ReadonlyMap<string, TypeKnowledge> = new Map();
  private readAtMs = Number.NEGATIVE_INFINITY;
  private reading: Promise<void> | undefined;
  /** What a task was begun with: one model makes all of it, so that its judgement is about that model. */
  private readonly begun = new Map<string, string>();

  constructor(private readonly options: LearnedChooserOptions) {
    this.random = options.random ?? Math.random;
  }

  /** Reads what was judged since. Never throws: without the ledger it goes on with what it knows. */
  refresh(): Promise<void> {
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  order(models: readonly ModelInfo[], facts: ChoiceFacts): readonly ModelInfo[] {
    const { rules, clock } = this.options;
    if (clock.now() - this.readAtMs >= rules.refreshMs) void this.refresh();
    const candidates = this.candidates(models, facts.tier);
    const { taskType, attribution } = facts;
    const key = taskType !== null && attribution.task !== null ? taskKey(attribution, taskType) : undefined;
    const arms = this.arms(candidates, facts);
    const places = taskType === null ? presumedOrder(arms) : chooseArm(arms, rules, this.random);
    const order = places.map((place) => candidates[place]!);
    const others = models.filter((model) => !candidates.includes(model));
    const first = key === undefined ? undefined : candidates.find((model) => fullName(model) === this.begun.get(key));
    if (first) return [first, ...order.filter((model) => model !== first), ...others];
    if (key !== undefined && !this.begun.has(key)) this.begin(key, order[0]!);
    return [...order, ...others];
  }

  private async read(): Promise<void> {
    const { history, rules, clock, logger } = this.options;
    const now = clock.now();
    try {
      const uses = await history.judgedUse({ from: Math.max(0, now - rules.days * DAY_MS), latest: rules.window });
      this.known = knowledgeOf(uses);
    } catch (err) {
      logger.warn({ err }, 'gateway: the choice of models goes on with what it knew, the ledger does not answer');
    }
    this.readAtMs = now;
  }

  private begin(key: string, model: ModelInfo): void {
    this.begun.set(key, fullName(model));
    if (this.begun.size > MAX_TASKS) this.begun.delete(this.begun.keys().next().value!);
  }

  /** Those the policy names; else those of some level: vendors list many that nobody would try. */
  private candidates(models: readonly ModelInfo[], tier: ModelTier | undefined): readonly ModelInfo[] {
    const { models: patterns } = this.options.rules;
    const wanted = patterns
      ? models.filter((model) => patterns.some((pattern) => matchesPattern(pattern, model)))
      : models.filter(({ tiers }) => tiers.length > 0);
    if (wanted.length > 0) return wanted;
    const hinted = tier ? models.filter(({ tiers }) => tiers.includes(tier)) : [];
    return hinted.length > 0 ? hinted : models;
  }

  private arms(
    models: readonly ModelInfo[],
    { taskType, tier, inputTokens, outputTokens }: ChoiceFacts,
  ): readonly Arm[] {
    const known = taskType === null ? undefined : this.known.get(taskType);
    const usual = known?.usual ?? { inputTokens, outputTokens };
    const { prices, clock } = this.options;
    return models.map((model) => {
      const use = known?.uses.get(fullName(model));
      const { tasks = 0, score = 0, costMicros = 0 } = use ?? {};
      const price = prices?.of(model, clock.now());
      // Not rounded: whole micro dollars would make cheap models equal.
      const listed = price && usual.inputTokens * price.input + usual.outputTokens * price.output;
      const expected =
        listed === undefined ? Number.POSITIVE_INFINITY : (costMicros + PRICED_TASKS * listed) / (tasks + PRICED_TASKS);
      return { tasks, score, costMicros: expected, presumedGood: presumedGood(model, tier) };
    });
  }
}

interface TypeKnowledge {
  readonly uses: ReadonlyMap<string, JudgedUse>;
  /** Tokens of a task, of all models together. */
  readonly usual: { readonly inputTokens: number; readonly outputTokens: number };
}

function knowledgeOf(uses: readonly JudgedUse[]): ReadonlyMap<string, TypeKnowledge> {
  const types = new Map<string, JudgedUse[]>();
  for (const use of uses) types.set(use.taskType, [...(types.get(use.taskType) ?? []), use]);
  return new Map(
    [...types].map(([taskType, ofType]) => {
      const sum = (field: 'tasks' | 'inputTokens' | 'outputTokens') => ofType.reduce((all, use) => all + use[field], 0);
      const tasks = sum('tasks');
      const usual = { inputTokens: sum('inputTokens') / tasks, outputTokens: sum('outputTokens') / tasks };
      return [taskType, { uses: new Map(ofType.map((use) => [`${use.provider}/${use.model}`, use])), usual }];
    }),
  );
}

/** A model of the wished level or a better one; one below it has to show that it is good enough. */
function presumedGood({ tiers }: ModelInfo, wished: ModelTier | undefined): boolean {
  if (wished === undefined) return true;
  return tiers.some((tier) => LEVELS.indexOf(tier) >= LEVELS.indexOf(wished));
}

function taskKey({ tenant, task }: ChoiceFacts['attribution'], taskType: string): string {
  return `${tenant}\n${task}\n${taskType}`;
}
