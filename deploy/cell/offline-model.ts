import type { SkillModel } from '#agents';
import { createGateway } from '#gateway';
import { type Ledger, silentLogger, systemClock } from '#platform';

/** The model that is always there, by itself: for skills that are tried without a cell. It keeps no account. */
export async function createOfflineModel(): Promise<SkillModel> {
  const { createOfflineProvider } = await import('#gateway/adapters/provider/offline');
  const ledger = { recordUsage: async () => undefined } as unknown as Ledger;
  const gateway = createGateway({
    providers: [createOfflineProvider()],
    ledger,
    clock: systemClock,
    logger: silentLogger,
  });
  const attribution = { tenant: 'case', agent: 'case', task: null, skillVersion: null, channel: null };
  return (request) => gateway.complete({ ...request, attribution });
}
