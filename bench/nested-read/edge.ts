/** Our HTTP edge over a store, with nothing behind it but the store. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApi, createFolderUploads, type Services } from '#api';
import { type GraphStore, personPrincipal, schema } from '#graph-schema';
import { systemClock as clock, silentLogger as logger } from '#platform';
import { createMemoryEventBus } from '#platform/adapters/event-bus/memory';

export const TOKEN = 'the-token-of-the-bench';
export const reader = personPrincipal({ id: 'bench', name: 'Bench', role: 'viewer', tenant: 'bench' });

export interface Edge {
  readonly port: number;
  close(): Promise<void>;
}

export async function startEdge(store: GraphStore): Promise<Edge> {
  const folder = await mkdtemp(join(tmpdir(), 'kaze-bench-'));
  const uploads = await createFolderUploads({ folder, clock, maxBytes: 1, ttlMs: 1_000, perOwner: 1 });
  const api = createApi({
    ...{ store, graph: schema, bus: createMemoryEventBus(), uploads, logger, clock },
    // The query is made of generated reads alone: no verb is called.
    services: {} as Services,
    authenticator: { authenticate: async (token) => (token === TOKEN ? reader : undefined) },
    readiness: { check: async () => ({ ready: true, reasons: [] }) },
    options: { port: 0, ratePerSecond: 0, rateBurst: 1_000_000 },
  });
  const { port } = await api.start();
  return {
    port,
    async close() {
      await api.close();
      await uploads.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
