import {
  type ConfigSources,
  type ConfigValues,
  defineConfig,
  field,
  KazeError,
  type LoadedConfig,
  loadConfig,
} from '#platform';
import { cellSections } from '../cell/config.ts';

type CellSection = (typeof cellSections)[number];

function ofCell<Area extends CellSection['area']>(area: Area): Extract<CellSection, { area: Area }> {
  return cellSections.find((section) => section.area === area) as Extract<CellSection, { area: Area }>;
}

/** What a gateway of its own is told beside what it shares with a cell. */
export const gatewaySection = defineConfig('gateway', {
  host: field.text({ default: '127.0.0.1', meaning: 'Address that `kaze gateway` listens on.' }),
  port: field.integer({ default: 4_100, least: 0, most: 65_535, meaning: 'Its port; 0 takes a free one.' }),
  bodyMaxBytes: field.integer({
    default: 32 * 2 ** 20,
    least: 1_024,
    most: 256 * 2 ** 20,
    meaning: 'Bytes of a request’s body; larger ones get 413 before they are parsed.',
  }),
  bodiesMaxBytes: field.integer({
    default: 256 * 2 ** 20,
    least: 1_048_576,
    most: 16 * 2 ** 30,
    meaning:
      'Bytes of all bodies that are held at once, being read or of calls under way; requests beyond wait, then get 429.',
  }),
  bodyIdleMs: field.integer({
    default: 15_000,
    least: 100,
    most: 600_000,
    meaning: 'How long nothing may come of a body before its request is given up, milliseconds.',
  }),
  arrivalTimeoutMs: field.integer({
    default: 60_000,
    least: 1_000,
    most: 600_000,
    meaning: 'How long a request may take to arrive, milliseconds.',
  }),
  keepAliveMs: field.integer({
    default: 65_000,
    least: 1_000,
    most: 600_000,
    meaning: 'How long an idle connection is kept, milliseconds.',
  }),
  keyCacheMs: field.integer({
    default: 1_000,
    least: 0,
    most: 60_000,
    meaning:
      'For how long a virtual key that was looked up is taken as it was, milliseconds: how late a revocation by another process may count.',
  }),
  drainMs: field.integer({
    default: 30_000,
    least: 0,
    most: 600_000,
    meaning: 'How long calls under way may go on once the gateway ends, milliseconds.',
  }),
});

/** Everything that can be set about a gateway that runs alone. `docs/configuration.md` is made from this. */
export const gatewaySections = [
  ofCell('cell'),
  ofCell('data'),
  ofCell('log'),
  ofCell('ledger'),
  ofCell('queue'),
  ofCell('secrets'),
  ofCell('models'),
  ofCell('telemetry'),
  gatewaySection,
] as const;

export type GatewayConfig = ConfigValues<typeof gatewaySections>;

/** Settings of a cell that mean nothing here; one environment may serve both. */
const OF_CELLS = [/^KAZE_(API|AUTH|GRAPH|BUS|RUNTIME|EXAMPLE)_/, /^KAZE_(URL|DEBUG)$/];

/** An address of a ledger is enough to use it. Errors: KAZE_CONFIG_INVALID with every problem at once. */
export function loadGatewayConfig(sources: ConfigSources): LoadedConfig<typeof gatewaySections> {
  const others = [...OF_CELLS, ...(sources.otherVariables ?? [])];
  const loaded = loadConfig(gatewaySections, { ...sources, otherVariables: others });
  const { ledger, queue } = loaded.values;
  const engine = loaded.origins['ledger.engine'] === 'default' && ledger.url ? 'postgres' : ledger.engine;
  const problems = [
    ...(engine === 'postgres' && !ledger.url
      ? ['KAZE_LEDGER_URL: ledger.engine is postgres, so its address must be set']
      : []),
    ...(queue.engine === 'bullmq' && !queue.url
      ? ['KAZE_QUEUE_URL: queue.engine is bullmq (budgets and limits on Redis), so its address must be set']
      : []),
  ];
  if (problems.length > 0) {
    throw new KazeError('KAZE_CONFIG_INVALID', `the configuration cannot be used:\n  ${problems.join('\n  ')}`, {
      fields: { problems },
    });
  }
  return { ...loaded, values: { ...loaded.values, ledger: { ...ledger, engine } } };
}
