import type { AuditTrail } from '#agents';
import { type AuditEntry, type Clock, isKazeError, type Ledger, type Logger, newId } from '#platform';

export interface AuditTrailOptions {
  readonly ledger: Pick<Ledger, 'appendAudit'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * What someone tries is in the chain before it is done; how it ended follows. An outcome comes with the transaction
 * itself (`unit.audit`, carried by the feeder); only a refusal or a failure, which leaves no transaction, is written
 * here.
 */
export function createAuditTrail({ ledger, clock, logger }: AuditTrailOptions): AuditTrail {
  return {
    async record(act, work) {
      const attempt = newId();
      const { action, subject, scope } = act;
      const common = { attempt, actor: act.principal.id, action, subject: subject.slice(0, 200), scope };
      const tried: AuditEntry = {
        ...common,
        id: attempt,
        at: clock.now(),
        phase: 'attempt',
        result: null,
        detail: act.detail ?? {},
      };
      await ledger.appendAudit([tried]);
      try {
        return await work(attempt);
      } catch (error) {
        const known = isKazeError(error);
        const ended: AuditEntry = {
          ...common,
          id: newId(),
          at: clock.now(),
          phase: 'outcome',
          result: known && error.kind === 'caller' ? 'refused' : 'failed',
          detail: { code: known ? error.code : 'unknown' },
        };
        // The caller hears of its own error; an attempt without an outcome in the chain tells the rest.
        await ledger.appendAudit([ended]).catch((err: unknown) => {
          logger.error({ err, attempt, action }, 'the end of an audited attempt could not be recorded');
        });
        throw error;
      }
    },
  };
}
