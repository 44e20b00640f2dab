import type { Principal } from '#graph-schema';
import type { AuditRecord, AuditVerification, Ledger, Page } from '#platform';
import { governanceError } from '../errors.ts';

export interface AuditFilter {
  readonly scope?: string;
  readonly subject?: string;
  readonly actor?: string;
}

const READERS = ['operator', 'admin'];

function requireReader(principal: Principal): void {
  if (principal.kind === 'person' && READERS.includes(principal.role)) return;
  throw governanceError('KAZE_AUDIT_FORBIDDEN', `${principal.name} (${principal.role}) may not read the audit`, {
    fields: { role: principal.role },
  });
}

/** Records that a person may see, oldest first: those of their own client, or of the whole cell. */
export async function auditRecords(
  ledger: Pick<Ledger, 'auditRecords'>,
  principal: Principal,
  { filter, page }: { readonly filter: AuditFilter; readonly page?: Page },
): Promise<readonly AuditRecord[]> {
  requireReader(principal);
  const { tenant } = principal;
  if (tenant === undefined) return ledger.auditRecords(filter, page);
  const own = `tenant:${tenant}`;
  if (filter.scope !== undefined && filter.scope !== own) {
    throw governanceError('KAZE_AUDIT_FORBIDDEN', `this token reaches the records of ${tenant} only`, {
      fields: { tenant },
    });
  }
  return ledger.auditRecords({ ...filter, scope: own }, page);
}

/** Whether the chain is whole. It tells nothing of what is in it, so everyone who may read records may ask. */
export async function verifyAudit(
  ledger: Pick<Ledger, 'verifyAudit'>,
  principal: Principal,
  options: { readonly signal?: AbortSignal } = {},
): Promise<AuditVerification> {
  requireReader(principal);
  return ledger.verifyAudit(options);
}
