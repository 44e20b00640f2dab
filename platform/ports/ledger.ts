/** One row per model call (per attempt, once there are several). Money in micro US dollars, so sums stay integral. */
export interface UsageRow {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly tenant: string;
  readonly agent: string;
  readonly task: string | null;
  readonly skillVersion: string | null;
  readonly channel: string | null;
  readonly provider: string;
  readonly model: string;
  /** Which key was used, never the key. */
  readonly keyId: string | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly costMicros: number;
  readonly latencyMs: number;
  readonly firstTokenMs: number | null;
  readonly outcome: 'ok' | 'error' | 'cancelled';
  readonly errorCode: string | null;
}

export interface UsageFilter {
  readonly tenant?: string;
  readonly agent?: string;
  readonly task?: string;
  readonly from?: number;
  readonly to?: number;
}

export type UsageDimension = 'tenant' | 'agent' | 'task' | 'skillVersion' | 'provider' | 'model' | 'day';

export interface UsageSum {
  readonly group: Readonly<Record<string, string | null>>;
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costMicros: number;
}

/** What someone tried, and how it ended: two entries that share `attempt`. */
export interface AuditEntry {
  /** Idempotency key: an id that is there already is not appended again. */
  readonly id: string;
  readonly at: number;
  readonly attempt: string;
  readonly phase: 'attempt' | 'outcome';
  /** Id of the person, agent or system part that acted. */
  readonly actor: string;
  /** A verb: `task.submit`, `approval.decide`, `source.delete` ... */
  readonly action: string;
  /** Id of what it was done to. */
  readonly subject: string;
  readonly scope: string;
  readonly result: 'ok' | 'refused' | 'failed' | null;
  /** Small facts; never contents, secrets or personal data. */
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

export interface AuditRecord extends AuditEntry {
  /** Position in the chain, from 1, without gaps. */
  readonly sequence: number;
  /** Hash of the record before this one; 64 zeros for the first. */
  readonly previousHash: string;
  /** SHA-256 over the canonical JSON (RFC 8785) of the entry, sequence and previousHash; hex. */
  readonly hash: string;
}

export interface AuditVerification {
  readonly ok: boolean;
  readonly checked: number;
  /** Hash of the newest record: keep it elsewhere to notice a chain that was cut short. */
  readonly head: string;
  /** The first record that does not fit, and why. */
  readonly broken?: { readonly sequence: number; readonly reason: string };
}

export interface Page {
  /** 1 to 1,000; default 100. */
  readonly limit?: number;
  /** Continue after this sequence or row id, as given by the last item. */
  readonly after?: string;
}

/**
 * Append-only rows: what models cost, and who did what. Everything else lives in the graph.
 * Errors of every call: KAZE_LEDGER_UNAVAILABLE, KAZE_LEDGER_FULL, KAZE_LEDGER_INPUT; at the start also _ACCESS, _NEWER.
 */
export interface Ledger {
  /** Appends rows in one transaction; rows whose id is there already are left as they are. */
  recordUsage(rows: readonly UsageRow[]): Promise<void>;
  usageRows(filter: UsageFilter, page?: Page): Promise<readonly UsageRow[]>;
  sumUsage(filter: UsageFilter, by: readonly UsageDimension[]): Promise<readonly UsageSum[]>;
  /** Appends to the chain in order; concurrent writers, in one or many processes, never fork it. */
  appendAudit(entries: readonly AuditEntry[]): Promise<readonly AuditRecord[]>;
  auditRecords(
    filter: { scope?: string; subject?: string; actor?: string },
    page?: Page,
  ): Promise<readonly AuditRecord[]>;
  /** Reads the whole chain in batches and checks every hash and the sequence. */
  verifyAudit(options?: { signal?: AbortSignal; onProgress?: (checked: number) => void }): Promise<AuditVerification>;
  /** Every row, for a backup: consistent as of one moment. Newline-delimited JSON with a `table` field. */
  dump(): AsyncIterable<string>;
  /** Refills an empty ledger from `dump()`. Errors: KAZE_LEDGER_NOT_EMPTY. */
  restore(lines: AsyncIterable<string>): Promise<void>;
  healthy(): Promise<boolean>;
  close(): Promise<void>;
}
