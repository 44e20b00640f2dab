import { nearestName } from '#platform';
import { skillErrors } from '../errors.ts';
import type { EndedPart, SkillContext, Team } from '../handler.ts';
import { toDoRecord } from '../to-do/index.ts';
import { holds, type Procedure, type Step, type StepFacts } from './procedure.ts';

export interface StepRecord {
  readonly step: string;
  readonly line: number;
  readonly do: string;
  readonly owner: string;
  readonly state: 'done' | 'not_done' | 'skipped' | 'overdue' | 'not_reached';
  readonly answer: string | number | boolean | null;
  readonly evidence: string | null;
  /** Name or address of a file. */
  readonly file: string | null;
  /** Who said so. */
  readonly by: string | null;
  /** ISO 8601. */
  readonly at: string | null;
  readonly task: string | null;
  readonly why: string | null;
  /** How often it was asked. */
  readonly asked: number;
}

export interface ProcedureRun {
  readonly status: 'completed' | 'stopped' | 'overdue';
  readonly records: readonly StepRecord[];
}

/** A step without what it needs is asked again this often. */
const MOST_ASKED = 3;

/** Runs the steps one after the other with their owners; each waits for as long as it takes, within its deadlines. */
export async function runSteps(procedure: Procedure, context: SkillContext, subject: string): Promise<ProcedureRun> {
  const owners = resolveOwners(procedure, await context.team());
  const began = await context.step('began', async () => context.clock.now());
  const end = procedure.deadlineMs === undefined ? undefined : began + procedure.deadlineMs;
  const facts: Record<string, StepFacts> = {};
  const records: StepRecord[] = [];
  let status: ProcedureRun['status'] = 'completed';
  for (const step of procedure.steps) {
    if (status !== 'completed' || records.some(({ why }) => why?.startsWith('The procedure ends here'))) {
      records.push(record(step, { state: 'not_reached', owner: owners.get(step.id)!.name }));
      continue;
    }
    const condition = step.when && holds(step.when, facts);
    if (condition && !condition.passed) {
      facts[step.id] = { done: false, skipped: true, answer: null };
      records.push(record(step, { state: 'skipped', owner: owners.get(step.id)!.name, why: condition.why }));
      continue;
    }
    const asked = await askStep(context, { procedure, step, owner: owners.get(step.id)!, end, subject });
    facts[step.id] = { done: asked.state === 'done', skipped: false, answer: asked.answer };
    if (asked.state === 'overdue') status = 'overdue';
    else if (asked.state === 'not_done' && step.ifNotDone === 'stop') status = 'stopped';
    const stop = status === 'completed' && step.stopWhen ? holds(step.stopWhen, facts) : undefined;
    records.push(stop?.passed ? { ...asked, why: `The procedure ends here: ${stop.why}` } : asked);
  }
  return { status, records };
}

interface Asked {
  readonly procedure: Procedure;
  readonly step: Step;
  readonly owner: Team['people'][number];
  readonly end: number | undefined;
  readonly subject: string;
}

async function askStep(context: SkillContext, { procedure, step, owner, end, subject }: Asked): Promise<StepRecord> {
  const first = await context.step(`asked:${step.id}`, async () => context.clock.now());
  const due = step.dueMs === undefined ? end : Math.min(first + step.dueMs, end ?? Number.POSITIVE_INFINITY);
  let missing: string | undefined;
  for (let count = 1; count <= MOST_ASKED; count += 1) {
    const what = step.do.replaceAll('{subject}', subject);
    const part = await context.part({
      key: `${step.id}#${count}`,
      skill: 'to-do',
      askedOf: owner.id,
      waiting: `waits for ${owner.name}: ${step.id}`,
      ...(due === undefined ? {} : { deadlineAt: due }),
      inputs: {
        what: missing ? `${what}\nAsked again: ${missing}.` : what,
        owner: owner.name,
        origin: `${procedure.name}, step ${step.id} (${procedure.file}, line ${step.place.line})`,
        ...(due === undefined ? {} : { due: new Date(due).toISOString().slice(0, 10) }),
        ...(step.answer === 'none' ? {} : { answer: step.answer }),
        ...(step.evidence === 'none' ? {} : { evidence: step.evidence }),
      },
    });
    const made = readPart(step, part, { owner: owner.name, asked: count });
    if (!('missing' in made)) return made;
    missing = made.missing;
  }
  return record(step, {
    state: 'not_done',
    owner: owner.name,
    asked: MOST_ASKED,
    why: `asked ${MOST_ASKED} times, and still ${missing}`,
  });
}

function readPart(
  step: Step,
  part: EndedPart,
  { owner, asked }: { owner: string; asked: number },
): StepRecord | { readonly missing: string } {
  const said = {
    owner,
    asked,
    task: part.task,
    by: part.decidedBy?.name ?? null,
    at: part.decidedAt === null ? null : new Date(part.decidedAt).toISOString(),
    why: part.reason,
  };
  if (part.state !== 'delivered') {
    return record(step, { ...said, state: part.errorCode === 'KAZE_TASK_DEADLINE' ? 'overdue' : 'not_done' });
  }
  const given = toDoRecord(part.outputs);
  if (part.outputs?.done === false) return record(step, { ...said, ...given, answer: null, state: 'not_done' });
  const answer = readAnswer(step, given.answer);
  if (answer === undefined)
    return {
      missing: `the answer is ${given.answer === null ? 'missing' : `"${given.answer.slice(0, 60)}"`}, and ${step.answer} is needed`,
    };
  if (step.evidence === 'text' && given.evidence === null) return { missing: 'the evidence is missing' };
  if (step.evidence === 'file' && given.file === null) return { missing: 'the file is missing' };
  return record(step, { ...said, ...given, answer, state: 'done' });
}

function readAnswer(step: Step, text: string | null): StepRecord['answer'] | undefined {
  if (step.answer === 'none') return text;
  if (text === null) return undefined;
  if (step.answer === 'text') return text;
  if (step.answer === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
  if (/^(yes|ja|true|y|j)$/i.test(text)) return true;
  return /^(no|nein|false|n)$/i.test(text) ? false : undefined;
}

function record(step: Step, told: Pick<StepRecord, 'state' | 'owner'> & Partial<StepRecord>): StepRecord {
  return {
    step: step.id,
    line: step.place.line,
    do: step.do,
    answer: null,
    evidence: null,
    file: null,
    by: null,
    at: null,
    task: null,
    why: null,
    asked: 0,
    ...told,
  };
}

/** The person behind each step. Errors: KAZE_SKILL_INPUT_INVALID at the place where somebody unknown is named. */
export function resolveOwners(procedure: Procedure, team: Team): Map<string, Team['people'][number]> {
  return new Map(
    procedure.steps.map((step) => {
      const role = Object.hasOwn(procedure.owners, step.owner) ? procedure.owners[step.owner] : undefined;
      const wanted = role?.person ?? step.owner;
      const place = role?.place ?? step.ownerPlace;
      const found = team.people.filter(({ id, name, email }) =>
        [id, name, email].some((one) => one?.toLowerCase() === wanted.toLowerCase()),
      );
      if (found.length === 1) return [step.id, found[0]!] as const;
      const near = nearestName(wanted, [...team.people.map(({ name }) => name), ...Object.keys(procedure.owners)]);
      const why =
        found.length > 1
          ? `${found.length} people are called so; expected an address or id`
          : `expected a role of owners, or a person's name, address or id${near ? `; the nearest is "${near}"` : ''}`;
      throw skillErrors(
        'KAZE_SKILL_INPUT_INVALID',
        `${procedure.file}:${place.line}:${place.column} found the owner "${wanted.slice(0, 80)}"; ${why}`,
        {
          fields: {
            name: procedure.file,
            line: place.line,
            column: place.column,
            found: wanted.slice(0, 80),
            ...(near ? { nearest: near } : {}),
          },
        },
      );
    }),
  );
}
