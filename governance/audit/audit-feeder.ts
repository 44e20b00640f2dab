import { type GraphStore, type OutboxFeeder, startOutboxFeeder } from '#graph-schema';
import type { AuditEntry, Clock, Ledger, Logger } from '#platform';

export interface AuditFeederOptions {
  readonly store: GraphStore;
  readonly ledger: Pick<Ledger, 'appendAudit'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds between looks when nothing nudges it; default 2,000. */
  readonly pollMs?: number;
}

/** Carries what happened from the graph to the chain. The outbox entry's id is the record's: twice is once. */
export function startAuditFeeder({ ledger, ...options }: AuditFeederOptions): OutboxFeeder {
  return startOutboxFeeder({
    ...options,
    kind: 'audit',
    deliver: async (entries) => {
      const records = entries.map(
        ({ id, createdAt, attempt, actor, change, subject, subjectType, scope }): AuditEntry => ({
          id,
          at: createdAt,
          // What the runtime does by itself has no attempt before it: it is its own.
          attempt: attempt ?? id,
          phase: 'outcome',
          actor,
          action: change,
          subject,
          scope,
          result: 'ok',
          detail: { type: subjectType },
        }),
      );
      await ledger.appendAudit(records);
    },
  });
}
