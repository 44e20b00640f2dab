export interface GatewayHttpOptions {
  /** Bytes of a request's body; default 32 MiB. */
  readonly bodyMaxBytes?: number;
  /** Bytes of all bodies that are held at once, being read or of calls under way; others wait. Default 256 MiB. */
  readonly bodiesMaxBytes?: number;
  /** How long a request waits until its body may be read, milliseconds; default 5,000. */
  readonly bodyWaitMs?: number;
  /** How long nothing may come of a body, milliseconds; default 15,000. */
  readonly bodyIdleMs?: number;
  /** How long a request's head and body may take to arrive, milliseconds; default 60,000. */
  readonly arrivalTimeoutMs?: number;
  /** How long an idle connection is kept, milliseconds; default 65,000, longer than usual balancers keep theirs. */
  readonly keepAliveMs?: number;
  /** For how long a key that was looked up is taken as it was, milliseconds; default 1,000. */
  readonly keyCacheMs?: number;
  /** How long calls under way may go on once the gateway ends, milliseconds; default 30,000. */
  readonly drainMs?: number;
}

export type GatewayHttpConfig = Required<GatewayHttpOptions>;

export const HTTP_DEFAULTS: GatewayHttpConfig = {
  bodyMaxBytes: 32 * 2 ** 20,
  bodiesMaxBytes: 256 * 2 ** 20,
  bodyWaitMs: 5_000,
  bodyIdleMs: 15_000,
  arrivalTimeoutMs: 60_000,
  keepAliveMs: 65_000,
  keyCacheMs: 1_000,
  drainMs: 30_000,
};
