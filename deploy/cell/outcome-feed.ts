import type { OutcomeFeed, TaskOutcome } from '#gateway';
import { Evaluation, type GraphStore, type NodeOf, systemPrincipal, Task } from '#graph-schema';
import type { AuditEntry, Ledger } from '#platform';

export interface OutcomeFeedOptions {
  readonly ledger: Pick<Ledger, 'appendAudit'>;
  readonly store: GraphStore;
  readonly outcomes: OutcomeFeed;
}

const DECISIONS = {
  'approval.approve': 'approved',
  'approval.edit': 'edited',
  'approval.reject': 'rejected',
} as const;
const MOST_CRITERIA = 500;
/** Reads of anything that an outbox entry points to. */
const principal = systemPrincipal('feeder');

/**
 * The ledger for the audit feeder, which on the way tells the gateway how tasks ended: what a person decided, or, for
 * work that was delivered or blocked without one, whether it met its criteria. Entries leave the outbox once both are
 * kept; those that come again after a crash change nothing, since the entry's id is the outcome's.
 */
export function judgingLedger({ ledger, store, outcomes }: OutcomeFeedOptions): Pick<Ledger, 'appendAudit'> {
  return {
    async appendAudit(entries) {
      const records = await ledger.appendAudit(entries);
      const told = await Promise.all(entries.map((entry) => outcomeOf(store, entry)));
      await outcomes.record(told.filter((one) => one !== undefined));
      return records;
    },
  };
}

async function outcomeOf(store: GraphStore, entry: AuditEntry): Promise<TaskOutcome | undefined> {
  const { action, subject } = entry;
  if (Object.hasOwn(DECISIONS, action)) {
    const where = { approvals: { some: { id: { eq: subject } } } };
    const [task] = await store.list(principal, Task, { where, limit: 1 });
    return task && { ...about(entry, task), verdict: DECISIONS[action as keyof typeof DECISIONS] };
  }
  if (action !== 'task.delivered' && action !== 'task.blocked') return undefined;
  const task = await store.get(principal, Task, subject);
  if (!task) return undefined;
  // What was blocked reached nobody, however many of its criteria it met.
  if (action === 'task.blocked') return { ...about(entry, task), verdict: 'evaluated', score: 0 };
  const where = { outcome: { some: { task: { some: { id: { eq: subject } } } } } };
  const criteria = await store.list(principal, Evaluation, { where, limit: MOST_CRITERIA });
  const judged = criteria.filter(({ skipped }) => !skipped);
  if (judged.length === 0) return undefined;
  const score = judged.filter(({ passed }) => passed).length / judged.length;
  return { ...about(entry, task), verdict: 'evaluated', score };
}

function about({ id, at }: AuditEntry, { id: task, skill: taskType, scope }: NodeOf<typeof Task>) {
  return { id, at, task, taskType, tenant: tenantOf(scope) };
}

/** `tenant:<t>` or `agent:<t>/<a>`. */
function tenantOf(scope: string): string {
  return scope.slice(scope.indexOf(':') + 1).split('/')[0]!;
}
