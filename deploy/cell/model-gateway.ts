import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  type BudgetRule,
  createBudgets,
  createGateway,
  createKeyRing,
  createLedgerHistory,
  createOutcomeFeed,
  flowError,
  type Gateway,
  type GatewayMetrics,
  type GatewayPolicy,
  guarded,
  type Journal,
  LearnedChooser,
  type OutcomeFeed,
  openJournal,
  parsePolicy,
} from '#gateway';
import type { Clock, Ledger, Logger, Secrets, UsageFilter, UsageRow } from '#platform';
import type { CellConfig } from './config.ts';
import type { Engines } from './engines.ts';
import { readGuardrails } from './guardrails.ts';
import { createModels } from './models.ts';
import { readPrices } from './prices.ts';
import { TaskCosts } from './task-costs.ts';

export interface ModelGatewayOptions {
  readonly config: Pick<CellConfig, 'models' | 'queue' | 'cell'>;
  readonly dataFolder: string;
  readonly secrets: Secrets;
  readonly embedder: Engines['embedder'];
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics?: GatewayMetrics;
}

export interface ModelGateway {
  readonly gateway: Gateway;
  /** The ledger's usage with what is still on its way there. */
  readonly usage: Pick<Ledger, 'usageRows' | 'sumUsage' | 'judgedUse'>;
  readonly taskCosts: TaskCosts;
  /** Is told how tasks ended; what it keeps is what the learned choice goes by. */
  readonly outcomes: OutcomeFeed;
  /** Takes the row of a call that was turned away before it came to the gateway. */
  readonly refusals: Pick<Journal, 'end'>;
  /** Everything that has ended is in the ledger. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The gateway of a cell: attempts go through a journal in the data folder, budgets and limits are kept in this process
 * or, with a Redis for jobs, in there. Errors: KAZE_GATEWAY_POLICY_INVALID, KAZE_BUDGET_RULE_INVALID,
 * KAZE_PRICE_FILE_INVALID.
 */
export async function openModelGateway(options: ModelGatewayOptions): Promise<ModelGateway> {
  const { config, dataFolder, secrets, embedder, ledger, clock, logger, metrics } = options;
  const { policy, budgets: rules } = await readPolicy(config.models.policyFile);
  const guardrails = await readGuardrails(config.models.guardrailsFile);
  const { prices, own } = await readPrices(config.models.priceFile);
  const providers = await createModels({
    ...{ config: config.models, embedder, own },
    connectTimeoutMs: policy.timeouts.connectMs,
  });
  const stores = await openStores(options);
  let journal: Journal | undefined;
  const underWay = {
    pending: (filter: UsageFilter) => journal?.pending(filter) ?? false,
    flush: async () => journal?.flush(),
  };
  const history = createLedgerHistory(ledger, underWay);
  const budgets = createBudgets({ store: stores.budgets, prices, clock, logger, history, rules });
  journal = await openJournal({
    ...{ folder: join(dataFolder, 'journal'), ledger, clock, logger },
    onRecovered: (attempts) => budgets.recover(attempts.map(({ row }) => row)),
  });
  const keys = createKeyRing({ secrets, policy, logger });
  const learns = policy.choice.by === 'learned';
  const chooser = learns
    ? new LearnedChooser({ rules: policy.choice.learned, history: ledger, prices, clock, logger })
    : undefined;
  await chooser?.refresh();
  const bare = createGateway({
    ...{ providers, keys, policy, budgets, prices, ledger, clock, logger, metrics, chooser },
    ...{ journal: counting(journal, (row) => taskCosts.add(row)), limitStore: stores.limits },
  });
  const gateway = guarded(bare, guardrails);
  const current = async (filter: UsageFilter) => {
    if (underWay.pending(filter)) await underWay.flush();
  };
  const usage: ModelGateway['usage'] = {
    async usageRows(filter, page) {
      await current(filter);
      return ledger.usageRows(filter, page);
    },
    async sumUsage(filter, by) {
      await current(filter);
      return ledger.sumUsage(filter, by);
    },
    async judgedUse(filter) {
      await underWay.flush();
      return ledger.judgedUse(filter);
    },
  };
  const taskCosts = new TaskCosts({ usage });
  return {
    gateway,
    usage,
    taskCosts,
    outcomes: createOutcomeFeed(ledger),
    refusals: journal,
    flush: underWay.flush,
    async close() {
      await gateway.close();
      await budgets.close();
      await journal?.close();
      await stores.budgets.close();
    },
  };
}

function counting(journal: Journal, ended: (row: UsageRow) => void): Pick<Journal, 'begin' | 'end'> {
  return {
    begin: (row) => journal.begin(row),
    async end(row) {
      await journal.end(row);
      ended(row);
    },
  };
}

async function openStores({ config, clock, logger }: ModelGatewayOptions) {
  if (config.queue.engine === 'bullmq') {
    const { createRedisBudgetStore } = await import('#gateway/adapters/budget-store/redis');
    const { createRedisLimitStore } = await import('#gateway/adapters/limit-store/redis');
    const shared = { url: config.queue.url!, cell: config.cell.name, logger };
    return { budgets: createRedisBudgetStore(shared), limits: createRedisLimitStore(shared) };
  }
  const { createMemoryBudgetStore } = await import('#gateway/adapters/budget-store/memory');
  const { createMemoryLimitStore } = await import('#gateway/adapters/limit-store/memory');
  return { budgets: createMemoryBudgetStore({ clock }), limits: createMemoryLimitStore({ clock }) };
}

/** A file of YAML or JSON: the fields of the policy, and `budgets`, a list of budget rules. */
export async function readPolicy(
  file: string | undefined,
): Promise<{ policy: GatewayPolicy; budgets: readonly BudgetRule[] }> {
  if (file === undefined) return { policy: parsePolicy({}), budgets: [] };
  let value: unknown;
  try {
    value = parse(await readFile(file, 'utf8')) ?? {};
  } catch (cause) {
    const message = `the policy file ${file} cannot be read, or is neither YAML nor JSON`;
    throw flowError('KAZE_GATEWAY_POLICY_INVALID', message, { fields: { file }, cause });
  }
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const { budgets = [], ...policy } = isObject ? (value as Record<string, unknown>) : { policy: value };
  if (!Array.isArray(budgets) || budgets.some((rule) => typeof rule?.scope?.level !== 'string')) {
    const message = `the policy file ${file} holds budgets that are no list of rules with a scope`;
    throw flowError('KAZE_GATEWAY_POLICY_INVALID', message, { fields: { file } });
  }
  return { policy: parsePolicy(policy), budgets };
}
