import { Approval, type GraphStore, type NodeOf, type Principal, tenantScope } from '#graph-schema';

export interface ApprovalFilter {
  readonly tenant?: string;
  /** Default `pending`. */
  readonly state?: NodeOf<typeof Approval>['state'];
  /** 1 to 1,000; default 100. */
  readonly limit?: number;
}

/** What waits for a decision (or was decided), the oldest first, as far as the principal sees it. */
export function listApprovals(
  store: GraphStore,
  principal: Principal,
  { tenant, state = 'pending', limit = 100 }: ApprovalFilter = {},
): Promise<Array<NodeOf<typeof Approval>>> {
  const scope = tenant === undefined ? {} : { scope: { eq: tenantScope(tenant) } };
  const orderBy = [{ property: 'createdAt', direction: 'asc' as const }];
  return store.list(principal, Approval, { where: { state: { eq: state }, ...scope }, orderBy, limit });
}
