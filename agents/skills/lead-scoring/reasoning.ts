import type { Analysis } from './analyse.ts';
import { type DriftReport, driftSentence } from './drift.ts';
import { driverText, inert, type ScoredLead } from './explain.ts';
import { fieldStrengths, periodOf } from './outputs.ts';
import type { LeftOutBecause } from './types.ts';

const LISTED = 10;

export interface ReasoningFacts {
  readonly leads: readonly ScoredLead[];
  readonly capacity: number;
  readonly drift?: DriftReport;
  readonly notes: readonly string[];
}

/** How the score is made and what it says, as Markdown, from computed figures alone. */
export function explain(analysis: Analysis, { leads, capacity, drift, notes }: ReasoningFacts): string {
  const parts = [
    dataPart(analysis),
    trustPart(analysis),
    driversPart(analysis),
    callPart(leads, capacity),
    leftOutPart(analysis),
    ...(drift ? [driftPart(drift)] : []),
    ['## What is missing or assumed', '', ...notes.map((note) => `- ${inline(note)}`)],
  ];
  return parts.map((lines) => lines.join('\n')).join('\n\n');
}

function dataPart(analysis: Analysis): string[] {
  const { history, decided, openRows, open } = analysis;
  const { from, to } = periodOf(analysis);
  const period = from ? `, created ${from} to ${to}` : '';
  return [
    '## Data',
    '',
    `${inline(history.table.name)}: ${number(decided.won)} won and ${number(decided.lost)} lost leads${period}, by "${inline(history.outcomes.column.header)}" (${percent(decided.won / (decided.won + decided.lost))} won). ${number(openRows.length)} open leads of ${inline(open.table.name)} are scored.`,
  ];
}

function trustPart({ quality, heldOut, model }: Analysis): string[] {
  const { auc, lift, calibrationError, calibrationByChance, bins, baseRate } = quality;
  const how =
    heldOut.by === 'time'
      ? `${heldOut.parts} blocks of time, each predicted from leads that were decided before it began`
      : `${heldOut.parts} parts, each predicted from the others`;
  return [
    '## How far it can be trusted',
    '',
    `On ${number(quality.leads)} past leads in ${how}:`,
    '',
    `- A won lead is scored above a lost one in ${percent(auc.value)} of the cases (AUC ${auc.value.toFixed(3)}, 95 % interval ${auc.low.toFixed(3)} to ${auc.high.toFixed(3)}).`,
    `- In the best-scored tenth ${lift.value.toFixed(1)} times as many are won as on average (${lift.low.toFixed(1)} to ${lift.high.toFixed(1)}); on average ${percent(baseRate.value)} (${percent(baseRate.low)} to ${percent(baseRate.high)}).`,
    `- Scores and rates differ by ${percent(calibrationError.value)} on average (${percent(calibrationError.low)} to ${percent(calibrationError.high)}); a perfect score would show up to ${percent(calibrationByChance)} by chance.`,
    '',
    '| leads | score | won | interval |',
    '|---:|---:|---:|---|',
    ...bins.map(
      (bin) =>
        `| ${number(bin.leads)} | ${percent(bin.predicted)} | ${percent(bin.observed)} | ${percent(bin.low)} to ${percent(bin.high)} |`,
    ),
    '',
    `Logistic regression over ${model.fields.length} fields with an L2 penalty of ${model.lambda}, calibrated on left-out leads.`,
  ];
}

function driversPart(analysis: Analysis): string[] {
  const strengths = fieldStrengths(analysis).slice(0, 8);
  const lines = strengths.map(({ field, strength }, at) => `${at + 1}. ${inline(field)} (${strength.toFixed(2)})`);
  return [
    '## What drives it',
    '',
    'Fields by how far they part the open leads (standard deviation of the log-odds):',
    '',
    ...lines,
  ];
}

function callPart(leads: readonly ScoredLead[], capacity: number): string[] {
  if (leads.length === 0) return ['## Whom to call first', '', 'No open lead was given.'];
  const shown = leads.slice(0, Math.min(LISTED, capacity));
  const lines = shown.map(
    ({ id, label, probability, band, drivers, line }, at) =>
      `${at + 1}. **${inline(label || id)}** (${inline(id)}, line ${line}): ${percent(probability)}, ${band}. ${inline(drivers.map(driverText).join('; '))}.`,
  );
  const sum = leads.slice(0, capacity).reduce((total, { probability }) => total + probability, 0);
  return [
    '## Whom to call first',
    '',
    `Of the first ${number(Math.min(capacity, leads.length))} about ${sum.toFixed(0)} are to be won. A driver's points are against the average lead.`,
    '',
    ...lines,
  ];
}

const WHY: ReadonlyArray<readonly [because: LeftOutBecause, title: string]> = [
  ['leaked', 'Known only afterwards'],
  ['moving', 'Written while a lead is open'],
  ['sensitive', 'Protected attributes, used only when allowed'],
  ['proxy', 'Stand for a protected attribute'],
  ['identifier', 'Names, addresses, numbers, people at work, free text'],
  ['useless', 'Say nothing'],
];

function leftOutPart({ choice }: Analysis): string[] {
  const lines = WHY.flatMap(([because, title]) => {
    const fields = choice.leftOut.filter((one) => one.because === because);
    if (fields.length === 0) return [];
    const told =
      because === 'identifier' || because === 'useless'
        ? fields.map(({ column }) => `"${inline(column)}"`).join(', ')
        : fields.map(({ column, reasons }) => `"${inline(column)}" (${inline(reasons.join('; '))})`).join('; ');
    return [`- **${title}**: ${told}.`];
  });
  return ['## Fields that the score does not use', '', ...lines];
}

function driftPart(drift: DriftReport): string[] {
  const { auc, psi } = drift;
  const figures = [
    ...(auc ? [`AUC ${auc.value.toFixed(3)} (${auc.low.toFixed(3)} to ${auc.high.toFixed(3)})`] : []),
    ...(psi === undefined ? [] : [`stability index of the open leads ${psi.toFixed(3)}`]),
  ];
  const sentence = driftSentence(drift);
  return [
    '## How the earlier score did',
    '',
    `${inline(`${sentence[0]!.toUpperCase()}${sentence.slice(1)}`)}. ${figures.join('; ')}`.trim(),
  ];
}

const number = (value: number): string => Math.round(value).toLocaleString('en-GB');
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
/** Cells may hold line breaks, marks of Markdown, or what a spreadsheet would run. */
const inline = (text: string): string => inert(text, 600).replaceAll(/([*_`[\]<>|\\])/g, '\\$1');
