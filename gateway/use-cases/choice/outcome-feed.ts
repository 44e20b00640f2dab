import type { Ledger } from '#platform';
import { outcomeRowOf } from '../../domain/choice/score.ts';
import type { OutcomeFeed } from '../../ports/outcome-feed.ts';

/** Keeps outcomes in the ledger, where every process of a cell learns from them. */
export function createOutcomeFeed(ledger: Pick<Ledger, 'recordOutcomes'>): OutcomeFeed {
  return { record: (outcomes) => ledger.recordOutcomes(outcomes.map(outcomeRowOf)) };
}
