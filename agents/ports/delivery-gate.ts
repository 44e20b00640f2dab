import type { UnitOfWork } from '#graph-schema';
import type { Risk } from '../definitions/index.ts';

export interface DeliveryQuestion {
  readonly taskId: string;
  readonly outcomeId: string;
  readonly agentId: string;
  readonly skillId: string;
  /** Scope of the task, `tenant:<t>`. */
  readonly scope: string;
  readonly risk: Risk;
  /** What it does cannot be undone. */
  readonly irreversible: boolean;
}

/**
 * "May this be delivered?" Agents ask, governance answers by writing: the gate sets the state of the outcome and calls
 * `settleTask` within the transaction in which the outcome is made, so an outcome never exists undecided. Nothing else
 * can write `delivered`.
 */
export interface DeliveryGate {
  decide(unit: UnitOfWork, question: DeliveryQuestion): Promise<'delivered' | 'awaiting_approval'>;
  /** Takes back the open question about a task that ends otherwise. */
  withdraw(unit: UnitOfWork, taskId: string): Promise<void>;
}
