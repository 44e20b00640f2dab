import { skillErrors } from '../errors.ts';
import type { Json, SkillHandler, SkillInput, SkillResult } from '../handler.ts';
import { fileSource } from '../read-input.ts';
import { collectText } from '../text/collect-text.ts';
import { inert } from '../text/inert.ts';
import { type Procedure, parseProcedure } from './procedure.ts';
import { type ProcedureRun, runSteps, type StepRecord } from './run-steps.ts';

/** Runs a procedure with people; `docs/skills/checklist-run.md` has method and limits. Needs no model. */
export const checklistRun: SkillHandler = {
  skill: 'checklist-run',
  revision: 1,
  standIns: {},
  metrics: {
    steps: 'Number of steps of the procedure.',
    done_share: 'Steps done / steps that were not skipped; 1 without such steps.',
    evidence_share: 'Done steps that ask for evidence and have it / done steps that ask for it; 1 without such steps.',
    asked_again: 'How often a step was asked again because an answer or evidence was missing.',
  },
  async check(inputs) {
    await procedureOf(inputs.procedure);
    subjectOf(inputs.subject);
  },
  async run(context): Promise<SkillResult> {
    const procedure = await procedureOf(context.inputs.procedure);
    const subject = subjectOf(context.inputs.subject);
    const ran = await runSteps(procedure, context, subject);
    const { records, status } = ran;
    const done = records.filter(({ state }) => state === 'done');
    const counted = records.filter(({ state }) => state !== 'skipped');
    const asking = procedure.steps.filter(
      ({ evidence, id }) => evidence !== 'none' && done.some(({ step }) => step === id),
    );
    const kept = done.filter(
      ({ step, evidence, file }) => asking.some(({ id }) => id === step) && (evidence !== null || file !== null),
    );
    const last = records.findLast(({ state }) => state === 'not_done' || state === 'overdue');
    return {
      summary: `${inert(procedure.title)}${subject ? ` for ${inert(subject)}` : ''}: ${status}. ${done.length} of ${counted.length} steps done${last ? `; ${last.step} is ${last.state.replace('_', ' ')}${last.why ? ` (${inert(last.why)})` : ''}` : ''}.`,
      outputs: {
        status,
        records: records as unknown as Json,
        report: report(procedure, ran, subject),
        procedure: procedure.name,
      },
      metrics: {
        steps: records.length,
        done_share: counted.length === 0 ? 1 : Math.round((done.length / counted.length) * 1_000) / 1_000,
        evidence_share: asking.length === 0 ? 1 : kept.length / asking.length,
        asked_again: records.reduce((sum, { asked }) => sum + Math.max(0, asked - 1), 0),
      },
      notes: records
        .filter(({ state }) => state === 'skipped')
        .map(({ step, why }) => `${step} was skipped: ${why ?? 'its condition did not hold'}.`),
    };
  },
};

async function procedureOf(input: SkillInput | undefined): Promise<Procedure> {
  if (input === undefined) {
    throw skillErrors(
      'KAZE_SKILL_INPUT_MISSING',
      'checklist-run has no procedure; give it as YAML, as text or as a file',
      {
        fields: { skill: 'checklist-run', input: 'procedure' },
      },
    );
  }
  if (input.kind === 'file') return parseProcedure(await collectText(fileSource(input)), input.name);
  if (input.kind === 'text') return parseProcedure(input.text, 'procedure.yaml');
  throw skillErrors(
    'KAZE_SKILL_INPUT_INVALID',
    'procedure: found data; expected YAML as text, so that places can be told',
    {
      fields: { skill: 'checklist-run', input: 'procedure' },
    },
  );
}

function subjectOf(input: SkillInput | undefined): string {
  if (input === undefined) return '';
  const text = input.kind === 'text' ? input.text.trim() : '';
  if (text !== '' && text.length <= 300) return text;
  throw skillErrors('KAZE_SKILL_INPUT_INVALID', 'subject: expected a name of at most 300 characters', {
    fields: { skill: 'checklist-run', input: 'subject' },
  });
}

const MARKS: Readonly<Record<StepRecord['state'], string>> = {
  done: 'done',
  not_done: 'NOT done',
  skipped: 'skipped',
  overdue: 'OVERDUE',
  not_reached: 'not reached',
};

/** Markdown: what was done by whom, when, with which evidence. */
function report({ title, file }: Procedure, { status, records }: ProcedureRun, subject: string): string {
  const rows = records.map((one) => {
    const cells = [
      one.step,
      MARKS[one.state],
      one.owner,
      one.by ?? '',
      one.at ?? '',
      one.answer === null ? '' : String(one.answer),
      [one.evidence, one.file].filter(Boolean).join('; '),
      one.why ?? '',
    ];
    return `| ${cells.map((cell) => inert(cell)).join(' | ')} |`;
  });
  return [
    `# ${inert(title)}${subject ? `: ${inert(subject)}` : ''}`,
    `Status: ${status}. From ${inert(file)}.`,
    [
      '| step | state | owner | said by | when | answer | evidence | why |',
      '|---|---|---|---|---|---|---|---|',
      ...rows,
    ].join('\n'),
  ].join('\n\n');
}
