import { z } from 'zod';
import { flowError } from './errors.ts';

/** `*`, `openai/*` or `openai/gpt-5.4`. */
const modelPattern = z.string().regex(/^(\*|[^/\s*]+\/(\*|[^\s*]+))$/, 'must be *, provider/* or provider/model');
const fullModel = z.string().regex(/^[^/\s*]+\/[^\s*]+$/, 'must be provider/model');
const who = { tenant: z.string().min(1).default('*'), agent: z.string().min(1).default('*') };
const ms = (fallback: number, least = 0) => z.number().int().min(least).max(86_400_000).default(fallback);
const count = z.number().int().min(1).max(1_000_000_000);

const limit = z
  .strictObject({
    /** Whom it holds for: each key of a provider, each tenant, or each agent of a tenant, by itself. */
    per: z.enum(['key', 'tenant', 'agent']),
    ...who,
    provider: z.string().min(1).default('*'),
    requestsPerMinute: count.optional(),
    /** Input and output, as reserved; what was not used is given back. */
    tokensPerMinute: count.optional(),
    /** Calls under way at once. */
    concurrency: count.optional(),
  })
  .refine((one) => one.requestsPerMinute ?? one.tokensPerMinute ?? one.concurrency, 'limits nothing');

export const policySchema = z.strictObject({
  retries: z
    .strictObject({
      /** Attempts of one call in all, fallbacks included. */
      maxAttempts: z.number().int().min(1).max(10).default(4),
      /** Attempts with one model before the next one of the fallbacks. */
      perModel: z.number().int().min(1).max(10).default(2),
      backoffMs: ms(250),
      maxBackoffMs: ms(8_000),
      /** Whether a key rests after its provider refused it: as long as it said, or for a while. */
      restKeys: z.boolean().default(true),
    })
    .prefault({}),
  timeouts: z
    .strictObject({
      /** For a connection to come about, TLS included. Default: 10,000, of Node itself. */
      connectMs: z.number().int().min(1).max(86_400_000).optional(),
      /** For a stream: until its first piece. */
      firstTokenMs: ms(60_000, 1),
      /** For a stream: between two pieces. */
      idleMs: ms(60_000, 1),
      /** For the whole call, where it does not say itself. */
      totalMs: ms(120_000, 1),
    })
    .prefault({}),
  /** A second attempt beside a slow first one; only of calls without tools that change something. */
  hedging: z
    .strictObject({
      /** Milliseconds, or `p95`: what 95 of the last 100 calls to the model did not exceed. */
      after: z.union([z.literal('p95'), z.number().int().min(1).max(86_400_000)]).default('p95'),
      /** Streams too, until the first piece of one; `p95` is then of the times until it. */
      streams: z.boolean().default(false),
    })
    .nullable()
    .default(null),
  /** Null switches it off. */
  breaker: z
    .strictObject({
      /** So many failures in a row open it. */
      failures: z.number().int().min(1).max(1_000).default(5),
      openMs: ms(10_000, 1),
      /** It doubles up to this while the probes fail. */
      maxOpenMs: ms(120_000, 1),
    })
    .nullable()
    .prefault({}),
  choice: z
    .strictObject({
      /**
       * Among models that suit alike. `order`: as configured; `weighted`: by chance; `price`; `latency`: peak-EWMA;
       * `learned`: among models of all levels, by how the tasks that they worked on were judged.
       */
      by: z.enum(['order', 'weighted', 'price', 'latency', 'learned']).default('order'),
      /** For `weighted`; models not named have 1. */
      weights: z.record(modelPattern, z.number().min(0).max(1_000_000)).default({}),
      /** For `learned`. */
      learned: z
        .strictObject({
          /** Mean score that a model must reach: an approved task is worth 1, an edited one .5, a rejected one 0. */
          floor: z.number().min(0).max(0.99).default(0.8),
          /** Share of choices made by chance alone, so that every model is looked at again. */
          explore: z.number().min(0).max(1).default(0.05),
          /** So many judged tasks of a type count, the last ones: fewer forget sooner and know less exactly. */
          window: z.number().int().min(10).max(100_000).default(500),
          /** Judgements older than this do not count. */
          days: z.number().int().min(1).max(3_650).default(90),
          /** Which models take part; default: all that have a level. */
          models: z.array(modelPattern).min(1).max(100).optional(),
          /** How late a judgement may count. */
          refreshMs: ms(30_000, 1),
        })
        .prefault({}),
    })
    .prefault({}),
  fallback: z
    .strictObject({
      /** When no model was named: `none`, others of the wished level, or any that can do it. */
      to: z.enum(['none', 'same-level', 'any']).default('none'),
      /** For a model, in order, also when it was named. */
      chains: z.record(modelPattern, z.array(fullModel).max(10)).default({}),
      /** Whether the offline model may stand in for a hosted one. */
      offline: z.boolean().default(false),
    })
    .prefault({}),
  /** The first one that fits decides. */
  keys: z
    .array(
      z.strictObject({
        ...who,
        provider: z.string().min(1).default('*'),
        order: z
          .array(z.enum(['client', 'studio']))
          .min(1)
          .max(2)
          .default(['client', 'studio']),
        /** Whether a tenant that has a key of its own may use another owner's when its own is refused or at its limit. */
        fallBack: z.boolean().default(false),
      }),
    )
    .default([]),
  /** Every one that fits must allow a model. */
  models: z
    .array(
      z.strictObject({
        ...who,
        allow: z.array(modelPattern).optional(),
        deny: z.array(modelPattern).default([]),
        /** Where data may go; a model without a region is then forbidden. */
        regions: z.array(z.string().min(1)).min(1).optional(),
      }),
    )
    .default([]),
  /** Where each model's data stays; the most exact pattern counts. */
  regions: z.record(modelPattern, z.string().min(1)).default({}),
  limits: z.array(limit).max(1_000).default([]),
  queue: z
    .strictObject({
      maxWaitMs: ms(10_000),
      maxWaiting: z.number().int().min(0).max(1_000_000).default(2_000),
      maxWaitingPerTenant: z.number().int().min(0).max(1_000_000).default(500),
    })
    .prefault({}),
  /** Null: off. */
  cache: z
    .strictObject({
      maxBytes: z
        .number()
        .int()
        .min(1_024)
        .default(64 * 2 ** 20),
      ttlMs: ms(3_600_000, 1),
    })
    .nullable()
    .default(null),
  guard: z
    .strictObject({
      maxInputBytes: z.number().int().min(1).optional(),
      /** What is taken out of requests before they leave and put back into answers. Offline models see everything. */
      redact: z
        .array(
          z.strictObject({
            ...who,
            kinds: z
              .array(z.enum(['email', 'phone', 'iban', 'card', 'ip', 'url', 'person', 'organisation', 'secret']))
              .min(1),
          }),
        )
        .default([]),
    })
    .prefault({}),
});

/** Everything that may be set about how calls flow; each field has a default that stands in the schema. */
export type GatewayPolicy = z.infer<typeof policySchema>;
export type GatewayPolicyInput = z.input<typeof policySchema>;
export type LimitRule = GatewayPolicy['limits'][number];

/** Errors: KAZE_GATEWAY_POLICY_INVALID, which names every wrong place. */
export function parsePolicy(value: unknown): GatewayPolicy {
  const result = policySchema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues
    .slice(0, 10)
    .map((issue) => `${issue.path.join('.') || 'policy'}: ${issue.message}`);
  throw flowError('KAZE_GATEWAY_POLICY_INVALID', `the policy of the gateway is wrong: ${problems.join('; ')}`, {
    fields: { problems },
  });
}

/** One attempt, no breaker, no limits: what a gateway without a policy does. */
export const PLAIN_POLICY: GatewayPolicy = parsePolicy({
  retries: { maxAttempts: 1, perModel: 1, restKeys: false },
  timeouts: { firstTokenMs: 86_400_000, idleMs: 86_400_000 },
  breaker: null,
});

/** Whether a rule for a tenant and an agent (`*` for each) holds for this caller. */
export function holdsForCaller(
  rule: { readonly tenant: string; readonly agent: string },
  caller: { readonly tenant: string; readonly agent: string },
): boolean {
  return (rule.tenant === '*' || rule.tenant === caller.tenant) && (rule.agent === '*' || rule.agent === caller.agent);
}
