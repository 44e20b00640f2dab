import type { ProviderCall } from '../../../ports/provider.ts';
import { stopsFor } from '../translation/sampling.ts';

/** Whether the vendor stops at every sequence that the caller named; what it does not take, the gateway has to cut. */
export function stopsItself(call: ProviderCall, most: number): boolean {
  const asked = call.limits?.stop?.length ?? 0;
  return asked === 0 || stopsFor(call, most)?.length === asked;
}
