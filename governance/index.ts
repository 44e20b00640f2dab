/**
 * Governance: who may decide, what may be delivered, what was done. Rules here are code, not prompts.
 *
 *     const store = guardDelivery(openedStore);               // what everyone but governance gets
 *     const gate = createDeliveryGate({ store });
 *     const audit = createAuditTrail({ ledger, clock, logger });
 *     await decideApproval({ store, audit, handlers, logger }, reviewer, { id: taskId, decision: 'approve' });
 */
export { type ApprovalDecision, type Decided, decideApproval } from './approvals/decide-approval.ts';
export { type ApprovalFilter, listApprovals } from './approvals/list-approvals.ts';
export { type AuditFeederOptions, startAuditFeeder } from './audit/audit-feeder.ts';
export { type AuditFilter, auditRecords, verifyAudit } from './audit/audit-service.ts';
export { type AuditTrailOptions, createAuditTrail } from './audit/audit-trail.ts';
export { createDeliveryGate, type DeliveryGateOptions } from './delivery/delivery-gate.ts';
export { guardDelivery } from './delivery/guarded-store.ts';
export { isSampled } from './delivery/sampling.ts';
export { governanceError } from './errors.ts';
export type { ClaimMapping } from './identity/claim-mapping.ts';
export { createIdentityAuthenticator, type IdentityAuthenticatorOptions } from './identity/identity-authenticator.ts';
export { createPeople, type NewPerson, type People } from './identity/people.ts';
export type { TokenVerifier, VerifiedClaims } from './ports/token-verifier.ts';
export { type AuthenticatorOptions, createTokenAuthenticator, type TokenAuthenticator } from './tokens/authenticate.ts';
export type { NewToken, TokenInfo } from './tokens/token-info.ts';
export { createTokens, type Tokens, type TokensOptions } from './tokens/tokens.ts';
