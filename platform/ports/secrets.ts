export interface Secret {
  readonly value: string;
  /** Changes when the value does; safe to log. */
  readonly version: string;
}

/** Credentials by path, such as `providers/anthropic/studio`. Values never enter logs, errors, the ledger or the graph. */
export interface Secrets {
  get(path: string): Promise<Secret | undefined>;
  /** Paths that begin with the prefix, sorted; no values. */
  list(prefix: string): Promise<readonly string[]>;
  /** Errors: KAZE_SECRETS_READ_ONLY where the store cannot be written (the environment). */
  put(path: string, value: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Which store it is, for `kaze doctor`: one short sentence without values. */
  describe(): string;
  close(): Promise<void>;
}
