import { type AuditTrail, settleTask } from '#agents';
import { Approval, type GraphStore, type NodeOf, Person, type Principal, Task, type UnitOfWork } from '#graph-schema';
import { unguarded } from '../delivery/guarded-store.ts';
import { governanceError } from '../errors.ts';
import { type EditedOutputs, type EditServices, editedOutputs } from './edited-outputs.ts';

export interface ApprovalDecision {
  /** Id of the approval, or of the task that waits for it. */
  readonly id: string;
  readonly decision: 'approve' | 'edit' | 'reject';
  /** Needed to reject. */
  readonly reason?: string;
  /** For `edit`: all outputs, as they shall be delivered. */
  readonly output?: Readonly<Record<string, unknown>>;
}

export interface Decided {
  readonly approval: string;
  readonly task: string;
  readonly outcome: string;
}

interface Context extends EditServices {
  readonly audit: AuditTrail;
}

interface Question extends Decided {
  readonly scope: string;
  readonly isPending: boolean;
}

const DECIDERS = ['reviewer', 'curator', 'operator', 'admin'];
const STAND_INS = ['operator', 'admin'];
const STATES = { approve: 'approved', edit: 'edited', reject: 'rejected' } as const;
const MAX_REASON = 4_000;

/**
 * A person's answer to an approval: the decision, the outcome and the task change together or not at all, and the first
 * decision wins. An edit comes with all forms that the skill draws from it. Errors: KAZE_APPROVAL_UNKNOWN, _FORBIDDEN,
 * _DECIDED (by whom and when), _REASON, _OUTPUT; those of the skill, such as KAZE_SKILL_EDIT_REFUSED.
 */
export async function decideApproval(
  context: Context,
  principal: Principal,
  decision: ApprovalDecision,
): Promise<Decided> {
  const question = await findQuestion(context.store, principal, decision.id);
  const detail = { decision: decision.decision, task: question.task };
  const act = { principal, action: 'approval.decide', subject: question.approval, scope: question.scope, detail };
  await context.audit.record(act, async (attempt) => {
    requireDecider(principal);
    const reason = decision.reason?.trim() || undefined;
    if (decision.decision === 'reject' && !reason) {
      throw governanceError('KAZE_APPROVAL_REASON', `rejecting the approval ${question.approval} needs a reason`);
    }
    const edited = await checkedEdit(context, principal, { question, decision });
    const options = { why: (reason ?? `${decision.decision} by ${principal.name}`).slice(0, 1_000) };
    await context.store.transact(principal, options, async (given) => {
      const unit = unguarded(given);
      const entry = { action: `approval.${decision.decision}`, subject: question.approval, subjectType: 'Approval' };
      await decide(unit, { ...question, decision, reason: reason?.slice(0, MAX_REASON), edited });
      unit.audit({ ...entry, scope: question.scope, attempt });
    });
  });
  const { approval, task, outcome } = question;
  return { approval, task, outcome };
}

/** People decide; not agents, not parts of the system, whatever their rights in the graph are. */
function requireDecider(principal: Principal): void {
  if (principal.kind === 'person' && DECIDERS.includes(principal.role)) return;
  const who = `${principal.name} (${principal.kind}, ${principal.role})`;
  throw governanceError('KAZE_APPROVAL_FORBIDDEN', `${who} may not decide; a person with reviewer or above may`, {
    fields: { role: principal.role, kind: principal.kind },
  });
}

async function findQuestion(store: GraphStore, principal: Principal, id: string): Promise<Question> {
  const approvals = await store.list(principal, Approval, {
    where: { or: [{ id: { eq: id } }, { task: { some: { id: { eq: id } } } }] },
    orderBy: [{ property: 'createdAt', direction: 'desc' }],
    limit: 1,
  });
  const [approval] = approvals;
  const unknown = () =>
    governanceError('KAZE_APPROVAL_UNKNOWN', `nothing waits for a decision under ${id.slice(0, 80)}`, {
      fields: { id },
    });
  if (!approval) throw unknown();
  const related = (field: string) => ({ field, select: { properties: { id: 'id' } } });
  const relations = { task: related('task'), outcome: related('outcome') };
  const find = { by: 'id' as const, id: approval.id };
  const select = { properties: { id: 'id' }, relations };
  const { found } = await store.read(principal, { roots: [{ key: 'found', node: 'Approval', find, select }] });
  const ends = found as unknown as { task: { id: string } | null; outcome: { id: string } | null } | null;
  if (!ends?.task || !ends.outcome) throw unknown();
  return {
    approval: approval.id,
    scope: approval.scope,
    isPending: approval.state === 'pending',
    task: ends.task.id,
    outcome: ends.outcome.id,
  };
}

interface Answer extends Question {
  readonly decision: ApprovalDecision;
  readonly reason: string | undefined;
  readonly edited: EditedOutputs | undefined;
}

async function decide(unit: UnitOfWork, answer: Answer): Promise<void> {
  const { principal } = unit;
  if (!(await unit.get(Person, principal.id))) {
    throw governanceError('KAZE_APPROVAL_FORBIDDEN', `${principal.name} has no node in the graph to stand as decider`);
  }
  // The task is locked before the approval, as everywhere, so that two decisions wait instead of blocking each other.
  await unit.update(Task, answer.task, () => undefined);
  await requireAsked(unit, answer.task);
  const requesters = await unit.related(Task, 'requestedBy', answer.task);
  const state = STATES[answer.decision.decision];
  const byRequester = requesters.includes(principal.id);
  const change = { state, decidedAt: unit.now, byRequester, reason: answer.reason ?? null };
  const decided = await unit.update(Approval, answer.approval, change, { expect: { state: 'pending' } });
  if (!decided) throw await alreadyDecided(unit, answer.approval);
  unit.relate(Approval, 'decidedBy', answer.approval, principal.id);
  const to = state === 'rejected' ? 'rejected' : 'delivered';
  await settleTask(unit, { taskId: answer.task, outcomeId: answer.outcome, to, ...answer.edited });
}

/** What was asked of one person is decided by that one; those who run the cell may stand in. */
async function requireAsked(unit: UnitOfWork, task: string): Promise<void> {
  const [asked] = await unit.related(Task, 'askedOf', task);
  const { id, name, role } = unit.principal;
  if (asked === undefined || asked === id || STAND_INS.includes(role)) return;
  const whom = (await unit.get(Person, asked))?.name ?? asked;
  throw governanceError(
    'KAZE_APPROVAL_FORBIDDEN',
    `this was asked of ${whom}; ${name} (${role}) may not decide it, operators may`,
    {
      fields: { askedOf: asked, role },
    },
  );
}

async function alreadyDecided(unit: UnitOfWork, id: string): Promise<Error> {
  const approval = (await unit.get(Approval, id)) as NodeOf<typeof Approval> | undefined;
  const [person] = await unit.related(Approval, 'decidedBy', id);
  const by = person === undefined ? undefined : ((await unit.get(Person, person))?.name ?? person);
  const at = new Date(approval?.decidedAt ?? 0).toISOString();
  const what = `the approval ${id} was ${approval?.state ?? 'decided'}${by ? ` by ${by}` : ''} at ${at}`;
  return governanceError('KAZE_APPROVAL_DECIDED', `${what}; the first decision wins`, {
    fields: { id, state: approval?.state, decidedBy: by, decidedAt: at },
  });
}

/** What an edit delivers; undefined for other decisions, and where the question was answered before. */
async function checkedEdit(
  context: Context,
  principal: Principal,
  { question, decision }: { readonly question: Question; readonly decision: ApprovalDecision },
): Promise<EditedOutputs | undefined> {
  const { output } = decision;
  if (decision.decision !== 'edit') {
    if (output !== undefined) throw governanceError('KAZE_APPROVAL_OUTPUT', 'only an edit comes with outputs');
    return undefined;
  }
  if (output === undefined) throw governanceError('KAZE_APPROVAL_OUTPUT', 'an edit needs the outputs to deliver');
  // Who comes too late learns who decided, not what is wrong with the edit.
  return question.isPending ? editedOutputs(context, principal, { ...question, output }) : undefined;
}
