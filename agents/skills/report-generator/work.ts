import type { RecordedTask, WorkRecord } from '../handler.ts';
import { dayOf } from './period.ts';
import type { Days, Figure, Quote, Sources } from './sourced.ts';

export interface SkillWork {
  readonly skill: Quote;
  readonly delivered: Figure;
  readonly before: Figure;
  /** Ended without a delivered result: failed, rejected, cancelled. */
  readonly undelivered: Figure;
  /** Undefined where nothing was checked. */
  readonly checksPassed: Figure | undefined;
  readonly edited: Figure;
  readonly cost: Figure;
  readonly costBefore: Figure;
  readonly tasks: Figure;
  readonly tasksBefore: Figure;
}

export interface Delivered {
  readonly day: Days;
  readonly skill: Quote;
  readonly summary: Quote;
  readonly decidedBy: Quote | null;
}

export interface Work {
  readonly skills: readonly SkillWork[];
  readonly delivered: Figure;
  readonly deliveredBefore: Figure;
  readonly parts: Figure;
  readonly undelivered: Figure;
  readonly checks: Figure;
  readonly checksPassed: Figure | undefined;
  readonly approved: Figure;
  readonly edited: Figure;
  readonly rejected: Figure;
  /** Median hours from the question to a person's decision. */
  readonly wait: Figure | undefined;
  /** Newest first. */
  readonly results: readonly Delivered[];
  readonly knowledge: Figure;
  readonly learned: ReadonlyArray<{ readonly day: Days; readonly title: Quote; readonly kind: Quote }>;
  readonly cost: Figure;
  readonly costBefore: Figure;
  readonly tasks: Figure;
  readonly tasksBefore: Figure;
  readonly waiting: ReadonlyArray<{ readonly skill: Quote; readonly asked: Days }>;
  readonly waitingCount: Figure;
  readonly failures: ReadonlyArray<{ readonly skill: Quote; readonly reason: Quote }>;
  readonly failedCount: Figure;
  readonly openCount: Figure;
}

interface Span {
  readonly from: number;
  readonly to: number;
}
type Outcome = NonNullable<RecordedTask['outcome']>;

/** What the record says of a period and of the one that it is compared with, as figures that lead to their nodes. */
export function measureWork(
  records: { readonly now: WorkRecord; readonly before: WorkRecord },
  { sources, now, before }: { readonly sources: Sources; readonly now: Span; readonly before: Span },
): Work {
  const inNow = splitTasks(records.now.tasks, now);
  const inBefore = splitTasks(records.before.tasks, before);
  const outcomes = inNow.delivered.map(({ outcome }) => outcome!);
  const count = (tasks: readonly RecordedTask[]) => sources.count('Task', idsOf(tasks));
  const names = [...new Set([...inNow.all, ...inBefore.all].map(({ skill }) => skill))].sort();
  const decisions = inNow.approvals.filter(({ decidedAt }) => decidedAt !== null && within(decidedAt, now));
  const decided = (state: string) =>
    sources.count('Approval', idsOf(decisions.filter((approval) => approval.state === state)));
  const learned = records.now.knowledge;
  const waiting = records.now.open.filter(({ state, isPart }) => state === 'awaiting_approval' && !isPart);
  const skillName = (task: RecordedTask) => sources.quote(task.skill, sources.node('Task', task.id, 'skill'));
  const failed = inNow.undelivered.filter(({ state }) => state === 'failed');
  return {
    skills: names.map((name) => skillWork(name, { inNow, inBefore, sources })),
    delivered: count(inNow.delivered),
    deliveredBefore: count(inBefore.delivered),
    parts: count(inNow.parts),
    undelivered: count(inNow.undelivered),
    checks: sources.count('Evaluation', idsOf(outcomes.flatMap(checksOf))),
    checksPassed: passedShare(outcomes, sources),
    approved: decided('approved'),
    edited: decided('edited'),
    rejected: decided('rejected'),
    wait: medianWait(decisions, sources),
    results: inNow.delivered
      .toSorted((a, b) => b.outcome!.deliveredAt! - a.outcome!.deliveredAt!)
      .map((task) => delivered(task, sources)),
    knowledge: sources.count('Knowledge', idsOf(learned)),
    learned: learned.map(({ id, title, kind, recordedAt }) => ({
      day: sources.day(dayOf(recordedAt), sources.node('Knowledge', id, 'recordedAt')),
      title: sources.quote(title, sources.node('Knowledge', id, 'title')),
      kind: sources.quote(kind, sources.node('Knowledge', id, 'kind')),
    })),
    cost: costOf(inNow.asked, sources),
    costBefore: costOf(inBefore.asked, sources),
    tasks: count(inNow.asked),
    tasksBefore: count(inBefore.asked),
    waiting: waiting.map((task) => ({
      skill: skillName(task),
      asked: sources.day(dayOf(task.createdAt), sources.node('Task', task.id, 'createdAt')),
    })),
    waitingCount: count(waiting),
    failures: failed.map((task) => ({
      skill: skillName(task),
      reason: sources.quote(task.errorMessage ?? '', sources.node('Task', task.id, 'errorMessage')),
    })),
    failedCount: count(failed),
    openCount: count(records.now.open.filter(({ state }) => state === 'queued' || state === 'running')),
  };
}

interface Split {
  readonly all: readonly RecordedTask[];
  /** Asked for within the time, parts too: what costs are put down to. */
  readonly asked: readonly RecordedTask[];
  readonly delivered: readonly RecordedTask[];
  readonly undelivered: readonly RecordedTask[];
  readonly parts: readonly RecordedTask[];
  readonly approvals: Outcome['approvals'];
}

function splitTasks(all: readonly RecordedTask[], span: Span): Split {
  const own = all.filter(({ isPart }) => !isPart);
  return {
    all,
    asked: all.filter(({ createdAt }) => within(createdAt, span)),
    delivered: own.filter(({ outcome }) => outcome?.state === 'delivered' && within(outcome.deliveredAt, span)),
    undelivered: own.filter(
      ({ state, finishedAt }) => ['failed', 'rejected', 'cancelled'].includes(state) && within(finishedAt, span),
    ),
    parts: all.filter(({ isPart, finishedAt }) => isPart && within(finishedAt, span)),
    approvals: all.flatMap(({ outcome }) => outcome?.approvals ?? []),
  };
}

function skillWork(name: string, by: { inNow: Split; inBefore: Split; sources: Sources }): SkillWork {
  const { inNow, inBefore, sources } = by;
  const of = (tasks: readonly RecordedTask[]) => tasks.filter(({ skill }) => skill === name);
  const count = (tasks: readonly RecordedTask[]) => sources.count('Task', idsOf(of(tasks)));
  const outcomes = of(inNow.delivered).map(({ outcome }) => outcome!);
  const edited = outcomes.flatMap(({ approvals }) => approvals.filter(({ state }) => state === 'edited'));
  const [first] = of([...inNow.all, ...inBefore.all]);
  return {
    skill: sources.quote(name, sources.node('Task', first!.id, 'skill')),
    delivered: count(inNow.delivered),
    before: count(inBefore.delivered),
    undelivered: count(inNow.undelivered),
    checksPassed: passedShare(outcomes, sources),
    edited: sources.count('Approval', idsOf(edited)),
    cost: costOf(of(inNow.asked), sources),
    costBefore: costOf(of(inBefore.asked), sources),
    tasks: count(inNow.asked),
    tasksBefore: count(inBefore.asked),
  };
}

function delivered(task: RecordedTask, sources: Sources): Delivered {
  const { id, summary, deliveredAt, approvals } = task.outcome!;
  const decision = approvals.find(({ decidedBy }) => decidedBy !== null);
  return {
    day: sources.day(dayOf(deliveredAt!), sources.node('Outcome', id, 'deliveredAt')),
    skill: sources.quote(task.skill, sources.node('Task', task.id, 'skill')),
    summary: sources.quote(summary, sources.node('Outcome', id, 'summary')),
    decidedBy: decision ? sources.quote(decision.decidedBy!, sources.node('Approval', decision.id, 'decidedBy')) : null,
  };
}

function costOf(tasks: readonly RecordedTask[], sources: Sources): Figure {
  const micros = tasks.reduce((sum, { costMicros }) => sum + costMicros, 0);
  return sources.figure(
    micros / 1e6,
    'usd',
    sources.derived('sum', [sources.nodes('Task', idsOf(tasks), 'costMicros')]),
  );
}

const checksOf = ({ evaluations }: Outcome) => evaluations.filter(({ skipped }) => !skipped);

function passedShare(outcomes: readonly Outcome[], sources: Sources): Figure | undefined {
  const checks = outcomes.flatMap(checksOf);
  const passed = checks.filter(({ passed: one }) => one);
  return sources.share(sources.count('Evaluation', idsOf(passed)), sources.count('Evaluation', idsOf(checks)));
}

function medianWait(decisions: Outcome['approvals'], sources: Sources): Figure | undefined {
  if (decisions.length === 0) return undefined;
  const hours = decisions.map(({ createdAt, decidedAt }) => (decidedAt! - createdAt) / 3_600_000).sort((a, b) => a - b);
  const middle = (hours.length - 1) / 2;
  const median = (hours[Math.floor(middle)]! + hours[Math.ceil(middle)]!) / 2;
  return sources.figure(
    median,
    'hours',
    sources.derived('median', [sources.nodes('Approval', idsOf(decisions), 'decidedAt')]),
  );
}

const within = (at: number | null, { from, to }: Span): boolean => at !== null && at >= from && at < to;
const idsOf = (nodes: ReadonlyArray<{ readonly id: string }>): string[] => nodes.map(({ id }) => id);
