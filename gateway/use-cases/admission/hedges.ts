import type { AdmissionCall } from './call.ts';
import type { AdmissionDeps } from './deps.ts';

/** Whether a second attempt may go out beside a slow one of this call. */
export function hedges({ hedging }: AdmissionDeps['policy'], call: AdmissionCall): boolean {
  return hedging !== null && call.hedgeable === true && (!call.streamed || hedging.streams);
}
