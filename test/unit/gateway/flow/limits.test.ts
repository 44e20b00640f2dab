import { describe, expect, it } from 'vitest';
import { createMemoryLimitStore } from '#gateway/adapters/limit-store/memory';
import { silentLogger, systemClock } from '#platform';
import { type GatewayPolicyInput, parsePolicy } from '../../../../gateway/domain/flow/policy.ts';
import { Limits, type TakenRoom } from '../../../../gateway/use-cases/limits/limits.ts';
import { ATTRIBUTION, ask, completion, FakeProvider, model, outcomes, scene } from './setup.ts';

function limitsOf(policy: GatewayPolicyInput) {
  const store = createMemoryLimitStore({ clock: systemClock });
  return new Limits({ store, policy: parsePolicy(policy), clock: systemClock, logger: silentLogger });
}
let next = 0;
const call = (tenant: string, tokens = 100) => ({
  ...{ id: `c${next++}`, attribution: { tenant, agent: 'writer' }, provider: 'one', keyId: 'k1', tokens },
  leaseMs: 60_000,
});
const wait = (signal = new AbortController().signal) => ({ untilMs: Date.now() + 30_000, signal });

describe('limits', () => {
  it('refuse beyond a rate with the time to wait, when that is longer than a call may', async () => {
    const one = new FakeProvider([model('one', 'm1')]);
    const { gateway, rows } = scene([one], {
      limits: [{ per: 'agent', requestsPerMinute: 2 }],
      queue: { maxWaitMs: 50 },
    });
    await gateway.complete(ask());
    await gateway.complete(ask());
    await expect(gateway.complete(ask())).rejects.toMatchObject({
      ...{ code: 'KAZE_GATEWAY_LIMITED', status: 429 },
      fields: { retryAfterMs: expect.any(Number) },
    });
    await gateway.complete(ask({ attribution: { ...ATTRIBUTION, agent: 'editor' } }));
    expect(outcomes(rows)).toEqual(['m1 ok', 'm1 ok', 'm1 KAZE_GATEWAY_LIMITED', 'm1 ok']);
    expect(rows[2]).toMatchObject({ outcome: 'refused', costMicros: 0 });
  });

  it('count tokens that were used, not those that were only held', async () => {
    const limits = limitsOf({ limits: [{ per: 'tenant', tokensPerMinute: 1_000 }], queue: { maxWaitMs: 0 } });
    for (let i = 0; i < 5; i += 1) (await limits.take(call('acme', 900), wait())).leave({ tokens: 10, sent: true });
    (await limits.take(call('acme', 900), wait())).leave({ tokens: 990, sent: true });
    await expect(limits.take(call('acme', 900), wait())).rejects.toMatchObject({ code: 'KAZE_GATEWAY_LIMITED' });
  });

  it('hold calls at once per tenant, and let the next in as one ends', async () => {
    const one = new FakeProvider([model('one', 'm1')]);
    let running = 0;
    let most = 0;
    one.answer = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return completion('done');
    };
    const { gateway } = scene([one], { limits: [{ per: 'tenant', concurrency: 3 }] });
    await Promise.all(Array.from({ length: 40 }, () => gateway.complete(ask())));
    expect(most).toBe(3);
    expect(gateway.status().waitingForLimits).toBe(0);
  });

  it('serve tenants in turn, however many calls one of them sends', async () => {
    const limits = limitsOf({ limits: [{ per: 'key', concurrency: 1 }] });
    const first = await limits.take(call('noisy', 1_000), wait());
    const served: string[] = [];
    const send = async (tenant: string) => {
      const room = await limits.take(call(tenant, 1_000), wait());
      served.push(tenant);
      setImmediate(() => room.leave({ tokens: 1_000, sent: true }));
    };
    const all = [
      ...Array.from({ length: 40 }, () => send('noisy')),
      ...Array.from({ length: 10 }, () => send('quiet')),
    ];
    first.leave({ tokens: 1_000, sent: true });
    await Promise.all(all);
    const last = served.lastIndexOf('quiet');
    expect(served.slice(0, last + 1).filter((tenant) => tenant === 'noisy').length).toBeLessThanOrEqual(14);
  });

  it('pass over a tenant at its own limit, and do not hold up the others', async () => {
    const limits = limitsOf({ limits: [{ per: 'tenant', concurrency: 1 }] });
    await limits.take(call('stuck'), wait());
    const gone = new AbortController();
    const stuck = Promise.resolve(limits.take(call('stuck'), wait(gone.signal))).catch((error: unknown) => error);
    const rooms: TakenRoom[] = await Promise.all([limits.take(call('a'), wait()), limits.take(call('b'), wait())]);
    expect(rooms).toHaveLength(2);
    gone.abort(new Error('gone'));
    expect(await stuck).toMatchObject({ message: 'gone' });
    expect(limits.waiting).toBe(0);
  });

  it('keep the line short, for all and for each tenant', async () => {
    const limits = limitsOf({
      limits: [{ per: 'key', concurrency: 1 }],
      queue: { maxWaitingPerTenant: 2, maxWaitMs: 5_000 },
    });
    const first = await limits.take(call('acme'), wait());
    const waiting = [limits.take(call('acme'), wait()), limits.take(call('acme'), wait())];
    await expect.poll(() => limits.waiting).toBe(2);
    await expect(limits.take(call('acme'), wait())).rejects.toMatchObject({ code: 'KAZE_GATEWAY_QUEUE_FULL' });
    const other = limits.take(call('other'), wait());
    first.leave({ tokens: 1, sent: true });
    await Promise.all([...waiting, other].map(async (room) => (await room).leave({ tokens: 1, sent: true })));
    expect(limits.waiting).toBe(0);
  });
});
