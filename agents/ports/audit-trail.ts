import type { Principal } from '#graph-schema';

export interface AuditedAct {
  readonly principal: Principal;
  /** A verb: `task.submit`, `task.cancel`. */
  readonly action: string;
  /** Id of what it is done to. */
  readonly subject: string;
  readonly scope: string;
  /** Small facts; never contents. */
  readonly detail?: Readonly<Record<string, string | number | boolean | null>>;
}

/**
 * Records what someone tries before it is done. The work writes its own outcome in its transaction, by
 * `unit.audit({ …, attempt })`; when it throws, the trail notes how it ended. Errors: those of the work, and
 * KAZE_LEDGER_UNAVAILABLE, after which the work has not begun.
 */
export interface AuditTrail {
  record<T>(act: AuditedAct, work: (attempt: string) => Promise<T>): Promise<T>;
}
