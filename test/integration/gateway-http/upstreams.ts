import { expect, onTestFinished } from 'vitest';
import {
  addVirtualKey,
  type BudgetRule,
  type Budgets,
  createBudgets,
  createGateway,
  createGatewayMetrics,
  createGatewayServer,
  type GatewayHttpOptions,
  type GatewayOptions,
  type GatewayPolicyInput,
  noHistory,
  type PriceList,
  parsePolicy,
} from '#gateway';
import { createMemoryBudgetStore } from '#gateway/adapters/budget-store/memory';
import { createMemoryLimitStore } from '#gateway/adapters/limit-store/memory';
import { createAnthropicProvider } from '#gateway/adapters/provider/anthropic';
import { createGoogleProvider } from '#gateway/adapters/provider/google';
import { createOpenAiProvider } from '#gateway/adapters/provider/openai';
import { createMemoryVirtualKeys } from '#gateway/adapters/virtual-keys/memory';
import { createLogger, createMetrics, systemClock, type UsageRow } from '#platform';
import { defaultPriceList } from '../../../gateway/prices/index.ts';
import { UPSTREAM_WORDS } from '../../support/models/scene.ts';
import { type ModelServer, startModelServer } from '../../support/models/server.ts';
import { anthropicWire } from '../../support/models/wires/anthropic.ts';
import { googleWire } from '../../support/models/wires/google.ts';
import { openAiWire } from '../../support/models/wires/openai.ts';

const VENDOR_KEY = 'sk-live-very-secret-0123456789';
export const WIDE: BudgetRule = { scope: { level: 'tenant', tenant: 'acme' }, window: 'total', maxMicros: 1e12 };

const PRICES = defaultPriceList();

export interface UpstreamsOptions {
  readonly rules?: readonly BudgetRule[];
  readonly policy?: GatewayPolicyInput;
  readonly http?: GatewayHttpOptions;
  readonly gateway?: Partial<GatewayOptions>;
  /** How long a call waits for room under a budget. Default 20 ms. */
  readonly maxWaitMs?: number;
  readonly prices?: PriceList;
}

export interface Upstreams {
  readonly url: string;
  readonly secret: string;
  readonly rows: readonly UsageRow[];
  readonly vendors: Readonly<Record<'openai' | 'anthropic' | 'google', ModelServer>>;
  readonly budgets: Budgets;
  close(): Promise<void>;
  /** Nothing is held any more, and nothing that the service emitted holds a vendor's words or key. */
  settled(rows: number): Promise<void>;
}

/** The gateway over HTTP, with budgets, limits, log and metrics, before servers that speak the vendors' wires. */
export async function serveUpstreams(options: UpstreamsOptions = {}): Promise<Upstreams> {
  const vendors = {
    openai: await startModelServer(openAiWire),
    anthropic: await startModelServer(anthropicWire),
    google: await startModelServer(googleWire),
  };
  const emitted: string[] = [];
  const rows: UsageRow[] = [];
  const logger = createLogger({ level: 'debug', destination: { write: (line) => void emitted.push(line) } });
  const metrics = createMetrics();
  const budgets = createBudgets({
    ...{ store: createMemoryBudgetStore({ clock: systemClock }), prices: options.prices ?? PRICES, clock: systemClock },
    ...{ logger, history: noHistory, rules: options.rules ?? [WIDE], maxWaitMs: options.maxWaitMs ?? 20 },
  });
  const gateway = createGateway({
    providers: [
      createOpenAiProvider({ baseUrl: vendors.openai.url }),
      createAnthropicProvider({ baseUrl: vendors.anthropic.url }),
      createGoogleProvider({ baseUrl: vendors.google.url }),
    ],
    credentials: async (provider) => ({ keyId: `${provider}/studio`, value: VENDOR_KEY }),
    ledger: { recordUsage: async (more) => void rows.push(...more) },
    ...{ clock: systemClock, logger, budgets, limitStore: createMemoryLimitStore({ clock: systemClock }) },
    metrics: createGatewayMetrics(metrics),
    policy: parsePolicy({
      ...{ limits: [{ per: 'tenant', concurrency: 64 }], retries: { maxAttempts: 1, restKeys: false } },
      ...options.policy,
    }),
    ...options.gateway,
  });
  const keys = createMemoryVirtualKeys();
  const server = createGatewayServer({
    ...{ gateway, keys, clock: systemClock, logger, metrics, options: { drainMs: 2_000, ...options.http } },
  });
  const { url } = await server.listen({ host: '127.0.0.1', port: 0 });
  const { secret } = await addVirtualKey(keys, { name: 'test', tenant: 'acme', agent: 'support' }, systemClock.now());
  const close = () => server.close();
  onTestFinished(async () => {
    await close();
    await gateway.close();
    await Promise.all(Object.values(vendors).map((vendor) => vendor.close()));
  });

  async function settled(expected: number): Promise<void> {
    await expect.poll(() => rows.length, { interval: 5 }).toBe(expected);
    const [status] = await budgets.status({ tenant: 'acme', agent: 'support', task: null });
    expect(status).toMatchObject({ openMicros: 0, openTokens: 0 });
    expect(gateway.status()).toMatchObject({ waitingForLimits: 0, waitingForBudgets: 0 });
    for (const text of [...emitted, JSON.stringify(rows), (await metrics.scrape()).text]) {
      for (const word of [UPSTREAM_WORDS.split(' ')[0]!, VENDOR_KEY, secret, 'garbled', 'oops']) {
        expect(text).not.toContain(word);
      }
    }
  }
  return { url, secret, rows, vendors, budgets, close, settled };
}
