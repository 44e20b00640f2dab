import type { Clock, Ledger, Logger } from '#platform';
import type { GatewayPolicy } from '../../domain/flow/policy.ts';
import type { ModelInfo } from '../../domain/model.ts';
import type { Usage } from '../../domain/response.ts';
import type { Chooser } from '../../ports/chooser.ts';
import type { GatewayMetrics } from '../../ports/metrics.ts';
import type { Budgets } from '../budget/budgets.ts';
import type { Journal } from '../journal/journal.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { KeyStates } from '../keys/key-states.ts';
import type { Limits } from '../limits/limits.ts';
import type { ModelStates } from './model-states.ts';

/** What every call of one gateway shares. */
export interface AdmissionDeps {
  readonly policy: GatewayPolicy;
  readonly ledger: Pick<Ledger, 'recordUsage'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: GatewayMetrics | undefined;
  readonly journal: Pick<Journal, 'begin' | 'end'> | undefined;
  readonly budgets: Budgets | undefined;
  readonly limits: Limits;
  readonly keys: KeyRing;
  readonly keyStates: KeyStates;
  readonly modelStates: ModelStates;
  readonly chooser: Chooser | undefined;
  /** Whether a call to the provider can only fail without a key. */
  needsCredential(provider: string): boolean;
  /** Micro US dollars of a call begun at `atMs`, 0 where no price is known: for calls without a reservation. */
  costOf(model: ModelInfo, usage: Usage, atMs: number): number;
  random(): number;
}
