import { randomBytes } from 'node:crypto';
import { createGatewayMetrics, createGatewayServer } from '#gateway';
import { type Clock, createLogger, createMetrics, type LoadedConfig, type Logger, systemClock } from '#platform';
import { Closers } from '../cell/closers.ts';
import { openModelGateway } from '../cell/model-gateway.ts';
import { createReadiness } from '../cell/readiness.ts';
import { openSecrets } from '../cell/secrets.ts';
import { gatewayAddress } from './address.ts';
import type { GatewayConfig, gatewaySections } from './config.ts';
import { gatewayError } from './errors.ts';
import { gatewayFolder, lockFolder, openStores } from './stores.ts';

export interface StartGatewayOptions {
  readonly loaded: LoadedConfig<typeof gatewaySections>;
  /** Variables that may hold secrets: `KAZE_SECRET_…` and the vendors' own. Default none. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

export interface RunningGateway {
  readonly url: string;
  readonly port: number;
  /** The folder that it keeps its things in. */
  readonly folder: string;
  readonly startedInMs: number;
  /** Takes no more calls, lets those under way end, closes everything. Safe to call again. */
  stop(): Promise<void>;
}

/**
 * The gateway alone: providers, keys, journal, ledger and its HTTP door, without a graph. What was started is stopped in
 * the reverse order, also when a later step fails. Errors: KAZE_CONFIG_INVALID, KAZE_GRAPH_LOCKED (another process has
 * the folder), KAZE_GATEWAY_PORT_TAKEN, KAZE_GATEWAY_POLICY_INVALID, and what engines say.
 */
export async function startGateway(options: StartGatewayOptions): Promise<RunningGateway> {
  const { loaded, clock = systemClock } = options;
  const config = loaded.values;
  const logger = options.logger ?? createLogger({ level: config.log.level });
  const began = clock.now();
  const folder = gatewayFolder(config);
  const closers = new Closers(logger);
  try {
    closers.add('folder lock', await lockFolder(folder));
    await startTelemetry(config, closers);
    const secrets = await openSecrets(config, { env: options.env ?? {}, clock, logger });
    closers.add('secrets', () => secrets.close());
    const { ledger, keys, close } = await openStores(config, logger);
    closers.add('stores', close);
    const { createUseLiteEmbedder } = await import('#graph-schema/adapters/embedder/use-lite');
    const embedder = createUseLiteEmbedder({ logger });
    closers.add('embedder', () => embedder.close());
    const ground = { config, dataFolder: folder, clock, logger };
    const metrics = createMetrics({ processMetrics: true });
    const counted = createGatewayMetrics(metrics);
    const models = await openModelGateway({ ...ground, secrets, embedder, ledger, metrics: counted });
    closers.add('gateway', () => models.close());

    const readiness = createReadiness(clock, () => []);
    readiness.watch([{ name: 'the ledger', healthy: () => ledger.healthy() }]);
    const { host, port: wanted, ...http } = config.gateway;
    const token = randomBytes(32).toString('base64url');
    const server = createGatewayServer({
      ...{ gateway: models.gateway, keys, clock, logger, metrics, options: http, administratorToken: token },
      readiness: () => readiness.check(),
      refusals: models.refusals,
      judgements: models,
    });
    closers.add('server', () => server.close());
    const { url, port } = await server.listen({ host, port: wanted }).catch((error: unknown) => {
      throw portTaken(error, wanted) ?? error;
    });
    await gatewayAddress.write(folder, { url, pid: process.pid, token });
    closers.add('address', () => gatewayAddress.remove(folder));
    return { url, port, folder, startedInMs: clock.now() - began, stop: () => closers.close() };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

async function startTelemetry(
  { telemetry: { endpoint, sampleRatio } }: GatewayConfig,
  closers: Closers,
): Promise<void> {
  if (!endpoint) return;
  const { startOtlp } = await import('#platform/adapters/telemetry/otlp');
  const telemetry = startOtlp({ endpoint, sampleRatio, service: 'kaze-gateway', instance: 'gateway' });
  closers.add('telemetry', () => telemetry.stop());
}

function portTaken(error: unknown, port: number): Error | undefined {
  if ((error as { code?: string }).code !== 'EADDRINUSE') return undefined;
  const text = `port ${port} is taken by another program; choose another with --port (0 takes a free one)`;
  return gatewayError('KAZE_GATEWAY_PORT_TAKEN', text, { cause: error, fields: { port } });
}
