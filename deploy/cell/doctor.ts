import type { CellCheck, CellService } from '#api';
import type { Principal } from '#graph-schema';
import { describeConfig, isKazeError, KazeError } from '#platform';
import { cellSections } from './config.ts';
import { modelsText } from './models.ts';
import type { PartsOptions } from './parts-options.ts';
import { describeSecrets } from './secrets.ts';

/** What the cell says of itself; settings only to those who run it. */
export function describeCell(options: PartsOptions): CellService {
  const { config, loaded, engines, kazeVersion, began } = options;
  return {
    info: async () => ({ name: config.cell.name, version: kazeVersion, startedAt: began }),
    async doctor(principal: Principal) {
      if (principal.role !== 'admin' && principal.role !== 'operator') {
        throw new KazeError(
          'KAZE_GRAPH_FORBIDDEN',
          `${principal.name} (${principal.role}) may not look at the settings`,
        );
      }
      const settings = describeConfig(cellSections, loaded).filter(({ origin }) => origin !== 'default');
      return [
        ...(await engineChecks(options)),
        await told('models', () => modelsText(config.models, options.secrets)),
        await told('secrets', () => describeSecrets(options.secrets)),
        ...settings.map(({ key, value, origin }) => ({
          name: `setting ${key}`,
          ok: true,
          detail: `${value} (${origin})`,
        })),
        { name: 'vectors', ok: true, detail: await vectorsText(engines.search) },
      ];
    },
  };
}

async function engineChecks({ config, engines }: PartsOptions): Promise<CellCheck[]> {
  const parts = [
    ['graph', config.graph.engine, () => engines.graph.healthy()],
    ['search index', config.graph.engine === 'neo4j' ? 'neo4j' : 'lancedb', () => engines.search.healthy()],
    ['ledger', config.ledger.engine, () => engines.ledger.healthy()],
    ['event bus', config.bus.engine, () => engines.bus.healthy()],
    ['job queue', config.queue.engine, () => engines.queue.healthy()],
  ] as const;
  return Promise.all(
    parts.map(async ([name, engine, healthy]) => {
      const ok = await healthy().catch(() => false);
      return { name, ok, detail: ok ? `${engine} answers` : `${engine} does not answer` };
    }),
  );
}

/** A store of secrets that is away is a finding; the others stand beside it. */
async function told(name: string, text: () => Promise<string>): Promise<CellCheck> {
  try {
    return { name, ok: true, detail: await text() };
  } catch (error) {
    if (!isKazeError(error)) throw error;
    return { name, ok: false, detail: `${error.message} (${error.code})` };
  }
}

async function vectorsText(search: PartsOptions['engines']['search']): Promise<string> {
  const { documents, vectors } = await search.counts();
  return `${vectors} of ${documents} searchable texts have a vector`;
}
