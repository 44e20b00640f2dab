/** Ingests one long file into the graph at argv[2]; says so and waits to be killed at the progress named by argv[3]. */
import { openGraph, personPrincipal, schema, systemPrincipal, Tenant } from '#graph-schema';
import { createGrafeoEngine } from '#graph-schema/adapters/graph-engine/grafeo';
import { createIngestion } from '#ingestion';
import { contentHash, silentLogger, systemClock } from '#platform';

const [, , path, stop] = process.argv;
const engine = await createGrafeoEngine({ folder: path!, logger: silentLogger, clock: systemClock });
const { store } = await openGraph({ engine, schema, clock: systemClock, logger: silentLogger });
const loader = systemPrincipal('loader');
if ((await store.count(loader, Tenant)) === 0) {
  await store.transact(loader, { why: 'test' }, async (unit) => {
    unit.create(Tenant, { scope: 'tenant:acme', name: 'acme', title: 'Acme' });
  });
}
const signal = new AbortController();
const ingestion = createIngestion({
  store,
  clock: systemClock,
  logger: silentLogger,
  onProgress: ({ stage, passages }) => {
    if (`${stage} ${passages}` !== stop) return;
    signal.abort();
    process.stdout.write('reached\n');
  },
});
const text = Array.from({ length: 300 }, (_, at) => `# Part ${at}\n\nRoom ${at} has ${at + 3} seats.\n`).join('\n');
const bytes = new TextEncoder().encode(text);
const content = {
  open: async function* () {
    yield bytes;
  },
  bytes: bytes.byteLength,
  sha256: contentHash(bytes),
};
const me = personPrincipal({ id: 'p1', name: 'Cora', role: 'curator', tenant: 'acme' });
await ingestion
  .ingest(me, { tenant: 'acme', root: 'docs', name: 'long.md', content }, { signal: signal.signal })
  .catch(() => {});
setInterval(() => {}, 1_000);
