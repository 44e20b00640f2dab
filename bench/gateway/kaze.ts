/**
 * `kaze gateway` in a process of its own with everything on: a virtual key, budgets for the cell, the tenant and the
 * agent, limits a key, tenant and agent, breaker, retries, journal, ledger, metrics.
 *
 *     kaze.ts UPSTREAM [postgres=URL] [redis=URL] [cap=MICROS] [tenants=a,b]
 *
 * Each tenant gets a key beside acme's; `cap` is what every one of them may spend, acme excepted.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepHeapSmall } from '../../deploy/gateway/heap.ts';
import { tellOfSelf } from './measured.ts';

// As `kaze gateway` does.
const heap = keepHeapSmall();
const { loadGatewayConfig, openKeyAccess, startGateway } = await import('../../deploy/gateway/index.ts');

const PLENTY = 1_000_000_000;
const [upstream, ...rest] = process.argv.slice(2);
const given = (name: string) => rest.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);
const [postgres, redis, cap] = [given('postgres'), given('redis'), given('cap')];
const tenants = ['acme', ...(given('tenants')?.split(',') ?? [])];
const POLICY = {
  limits: [
    { per: 'key', requestsPerMinute: PLENTY, tokensPerMinute: PLENTY, concurrency: 10_000 },
    { per: 'tenant', requestsPerMinute: PLENTY, tokensPerMinute: PLENTY, concurrency: 10_000 },
    { per: 'agent', requestsPerMinute: PLENTY, concurrency: 10_000 },
  ],
  budgets: [
    { scope: { level: 'cell' }, window: 'month', maxMicros: 1e12 },
    { scope: { level: 'tenant', tenant: 'acme' }, window: 'month', maxMicros: 1e12 },
    { scope: { level: 'agent', tenant: 'acme', agent: 'support' }, window: 'day', maxMicros: 1e11 },
    ...(cap ? [{ scope: { level: 'tenant', tenant: '*' }, window: 'month', maxMicros: Number(cap) }] : []),
  ],
};

const folder = await mkdtemp(join(tmpdir(), 'kaze-bench-gateway-'));
await writeFile(join(folder, 'policy.json'), JSON.stringify(POLICY));
const env = { OPENAI_API_KEY: 'sk-bench-openai', ANTHROPIC_API_KEY: 'sk-ant-bench' };
const loaded = loadGatewayConfig({
  env,
  flags: {
    ...{
      'data.dir': folder,
      'gateway.port': '0',
      'log.level': 'error',
      'models.policyFile': join(folder, 'policy.json'),
    },
    ...{ 'models.openaiUrl': `${upstream}/v1`, 'models.anthropicUrl': upstream! },
    ...(postgres ? { 'ledger.engine': 'postgres', 'ledger.url': postgres } : {}),
    ...(redis ? { 'queue.engine': 'bullmq', 'queue.url': redis } : {}),
  },
});
const gateway = await startGateway({ loaded, env });
heap.started();
const access = await openKeyAccess(loaded.values);
const secrets: Record<string, string> = {};
for (const tenant of tenants) {
  secrets[tenant] = (await access.create({ name: `bench-${tenant}`, tenant, agent: 'support' })).secret;
}
await access.close();
process.once('disconnect', () => {
  void gateway.stop().finally(async () => {
    await rm(folder, { recursive: true, force: true });
    process.exit(0);
  });
});
tellOfSelf({ port: gateway.port, secrets });
