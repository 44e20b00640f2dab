import { type ChoiceReport, readChoiceReports } from '#gateway';
import type { GatewayConfig } from './config.ts';
import { lookInto } from './look.ts';

export interface ChoicesFilter {
  readonly tenant?: string;
  readonly taskType?: string;
  /** Epoch milliseconds. */
  readonly from?: number;
}

/** Which models a gateway alone chose for what. Errors: those of `lookInto`. */
export function readChoices(config: GatewayConfig, filter: ChoicesFilter): Promise<readonly ChoiceReport[]> {
  const { tenant, taskType, from } = filter;
  return lookInto(config, {
    path: '/kaze/choices',
    query: { tenant, taskType, from: from?.toString() },
    read: (ledger) => readChoiceReports(ledger, filter),
  });
}
