import type { OwnModel } from '../../../models/offers.ts';

/** What every provider may be given; most need nothing. */
export interface ProviderOptions {
  /** Address in place of the vendor's own, where a credential names none. */
  readonly baseUrl?: string;
  /** For a connection to come about, TLS included, milliseconds. Default: 10,000, of Node itself. */
  readonly connectTimeoutMs?: number;
  /** Models beside those that Kaze knows or the server lists, and what is said of these; of other providers too. */
  readonly own?: readonly OwnModel[];
}

/** The SDKs' own time-out, out of the way of ours: the gateway ends calls by their signal. */
export const SDK_TIMEOUT_MS = 24 * 3_600_000;
