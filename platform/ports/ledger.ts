/** One row per attempt of a model call. Money in micro US dollars, so sums stay integral. */
export interface UsageRow {
  /** Of the attempt; its budget reservation has the same id. */
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
  /** Which of the provider's keys was used, never the key. */
  readonly keyId: string | null;
  /** With which of Kaze's own keys the caller came; null for a call from inside. */
  readonly virtualKeyId?: string | null;
  /** The kind of work, in a cell the skill: what usual lengths and learned choices go by. */
  readonly taskType?: string | null;
  /** The call that this attempt belongs to; null when there was only one. */
  readonly callId?: string | null;
  /** From 1: which attempt of its call, retries and fallbacks counted alike. */
  readonly attempt?: number;
  /** True when the answer came from Kaze's own cache, and nothing was sent. */
  readonly cacheHit?: boolean;
  /** All input, cached and cache-write tokens included. */
  readonly inputTokens: number;
  /** All output, reasoning tokens included. */
  readonly outputTokens: number;
  readonly cachedTokens: number;
  /** Input that the provider kept for the next call. */
  readonly cacheWriteTokens?: number;
  readonly reasoningTokens?: number;
  readonly costMicros: number;
  /** What the budgets held for it while it ran. */
  readonly reservedMicros?: number;
  readonly latencyMs: number;
  readonly firstTokenMs: number | null;
  /**
   * `lost`: the process ended before the attempt did; it is charged what was reserved for it. `refused`: the call was
   * turned away before anything was sent: for what it was, by a rule, a limit or a budget, or for want of a key.
   */
  readonly outcome: 'ok' | 'error' | 'cancelled' | 'lost' | 'refused';
  readonly errorCode: string | null;
}

export interface UsageFilter {
  readonly tenant?: string;
  readonly agent?: string;
  readonly task?: string;
  readonly keyId?: string;
  readonly virtualKeyId?: string;
  readonly taskType?: string;
  readonly model?: string;
  /** Epoch milliseconds; `from` is included, `to` is not. */
  readonly from?: number;
  readonly to?: number;
}

/** `day` (2026-11-22), `hour` (2026-11-22T14) and `minute` (2026-11-22T14:05) are of UTC. */
export type UsageDimension =
  | 'tenant'
  | 'agent'
  | 'task'
  | 'taskType'
  | 'skillVersion'
  | 'provider'
  | 'model'
  | 'keyId'
  | 'virtualKeyId'
  | 'outcome'
  | 'day'
  | 'hour'
  | 'minute';

export interface UsageSum {
  readonly group: Readonly<Record<string, string | null>>;
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly cacheWriteTokens: number;
  readonly reasoningTokens: number;
  readonly costMicros: number;
}

/** How the work of a task was judged. A task may be judged several times: a person's word counts before criteria. */
export interface OutcomeRow {
  /** Idempotency key: an id that is there already is left as it is. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly tenant: string;
  readonly task: string;
  /** As in the usage rows of the task. */
  readonly taskType: string;
  readonly judge: 'person' | 'criteria';
  readonly verdict: 'approved' | 'edited' | 'rejected' | 'passed' | 'failed';
  /** 0 to 1: what it is worth. */
  readonly score: number;
}

export interface JudgedFilter {
  readonly tenant?: string;
  readonly taskType?: string;
  /** Of the judgement, epoch milliseconds; `from` is included, `to` is not. */
  readonly from?: number;
  readonly to?: number;
  /** Only the so many tasks of each type that were judged last. */
  readonly latest?: number;
}

/** What one model did for judged tasks of one type. A task of several models counts for each by its share of the calls. */
export interface JudgedUse {
  readonly taskType: string;
  readonly provider: string;
  readonly model: string;
  /** Not whole where tasks were shared. */
  readonly tasks: number;
  /** Sum of their scores, by the same shares: `score / tasks` is the mean. */
  readonly score: number;
  /** Calls that were answered by the model. */
  readonly calls: number;
  /** Of all attempts, failed ones too. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costMicros: number;
  /** Tasks it had a part in, by how they were judged. */
  readonly verdicts: Readonly<Record<OutcomeRow['verdict'], number>>;
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
 * Append-only rows: what models cost, what came of it, and who did what. Everything else lives in the graph.
 * Errors of every call: KAZE_LEDGER_UNAVAILABLE, KAZE_LEDGER_FULL, KAZE_LEDGER_INPUT; at the start also _ACCESS, _NEWER.
 */
export interface Ledger {
  /** Appends rows in one transaction; rows whose id is there already are left as they are. */
  recordUsage(rows: readonly UsageRow[]): Promise<void>;
  usageRows(filter: UsageFilter, page?: Page): Promise<readonly UsageRow[]>;
  sumUsage(filter: UsageFilter, by: readonly UsageDimension[]): Promise<readonly UsageSum[]>;
  /** Appends judgements in one transaction; rows whose id is there already are left as they are. */
  recordOutcomes(rows: readonly OutcomeRow[]): Promise<void>;
  /** Judged tasks by type and model, ordered by type, provider and model. */
  judgedUse(filter: JudgedFilter): Promise<readonly JudgedUse[]>;
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
