import { Pace } from '#platform';
import type { EarlierOutcome, SkillContext, SkillHandler, SkillInput, SkillResult } from '../handler.ts';
import { rewordMarkdown } from '../reword.ts';
import { type Analysis, analyse, openRowsOf, type Profile, profile, requireHistory } from './analyse.ts';
import {
  type DriftReport,
  driftSentence,
  type EarlierScores,
  earlierOfFile,
  earlierOfOutcome,
  measureDrift,
} from './drift.ts';
import { explainLeads, idColumn, inert } from './explain.ts';
import { capacityOf, wordList } from './inputs.ts';
import { METRICS, measure } from './metrics.ts';
import { modelHash } from './model.ts';
import { callListJson, dataHash, driftJson, modelCard, periodOf, scoredLeadsJson, scoresCsv } from './outputs.ts';
import { practicesFor } from './practices.ts';
import { readLeads } from './read-leads.ts';
import { explain } from './reasoning.ts';
import { sensitiveAttribute } from './sensitive.ts';
import { WORDING } from './wording.ts';

const LACKS = 'anything newer than the export, and what a field said on an earlier day: an export shows its last state';
const DEFAULT_CAPACITY = 50;
/** Earlier runs that drift is looked for in. */
const EARLIER_RUNS = 3;

/** Scores open leads from past ones; `docs/skills/lead-scoring.md` has method, measurements and limits. */
export const leadScoring: SkillHandler = {
  skill: 'lead-scoring',
  revision: 3,
  standIns: { crm_api: { inputs: ['leads'], lacks: LACKS } },
  metrics: METRICS,
  async check(inputs) {
    const { leads, history } = await readProfiles(inputs);
    requireHistory(leads, history);
    capacityOf(inputs.capacity);
    if (inputs.previous_scores) await earlierOfFile(inputs.previous_scores);
  },
  async run(context): Promise<SkillResult> {
    const { inputs, signal } = context;
    context.progress('reading the leads');
    const { leads, history } = await readProfiles(inputs);
    signal.throwIfAborted();
    const allowed = wordList(inputs.allowed_attributes);
    const pace = new Pace(signal);
    const progress = (text: string) => context.progress(text);
    const past = { history: requireHistory(leads, history), open: leads, openRows: openRowsOf(leads) };
    // First, so that a refusal can say that the earlier score no longer holds.
    const drift = await driftOf(past, context);
    const aside = drift ? driftSentence(drift) : undefined;
    const analysis = await analyse({ leads, history }, { allowed, pace, progress, aside });
    return write(analysis, { context, allowed, drift });
  },
};

async function readProfiles(
  inputs: Readonly<Record<string, SkillInput>>,
): Promise<{ leads: Profile; history?: Profile }> {
  const [column] = wordList(inputs.outcome_column);
  const options = { column, wonValues: wordList(inputs.won_values) };
  const past = inputs.history ? profile(await readLeads(inputs.history, 'history'), options) : undefined;
  const table = await readLeads(inputs.leads, 'leads');
  if (!past) return { leads: profile(table, options) };
  // With a history of its own, open leads may come without the column of the outcome, or without any that are won.
  const has = column !== undefined && table.headers.includes(column);
  return { leads: profile(table, has ? { column } : {}), history: past };
}

/** Earlier scores: those that the task gives, else the last delivered ones of this skill for the client. */
async function driftOf(
  past: Pick<Analysis, 'history' | 'open' | 'openRows'>,
  context: SkillContext,
): Promise<DriftReport | undefined> {
  const given = context.inputs.previous_scores;
  const found: EarlierScores[] = given ? [await earlierOfFile(given)] : [];
  const outcomes: readonly EarlierOutcome[] = given ? [] : await context.earlier(EARLIER_RUNS);
  for (const outcome of outcomes) {
    const earlier = earlierOfOutcome(outcome);
    if (earlier) found.push(earlier);
  }
  const reports = found.flatMap((earlier) => measureDrift(past, earlier) ?? []);
  // The run with most outcomes since then says most; of equals the newest.
  return reports.sort((a, b) => b.leads - a.leads)[0];
}

async function write(
  analysis: Analysis,
  { context, allowed, drift }: { context: SkillContext; allowed: readonly string[]; drift?: DriftReport },
): Promise<SkillResult> {
  const { quality, model, openRows } = analysis;
  const leads = explainLeads(analysis);
  const capacity = capacityOf(context.inputs.capacity) ?? DEFAULT_CAPACITY;
  const hash = modelHash(model);
  const practices = await practicesFor(context.knowledge, analysis, drift !== undefined);
  const metrics = measure(analysis, { scored: leads.length, protectedUsed: protectedUsed(analysis, allowed), drift });
  const notes = notesOf(analysis, { allowed, drift });
  const computed = explain(analysis, { leads, capacity, drift, notes });
  const practice = practices.map(
    ({ title, path, text }) => `- **${title}** (${path}): ${text.trim().replaceAll('\n', ' ')}`,
  );
  const whole = practice.length > 0 ? `${computed}\n\n## What stands behind it\n\n${practice.join('\n')}` : computed;
  context.progress('writing the reasoning');
  const worded = await rewordMarkdown(whole, WORDING, context);
  const day = new Date(context.clock.now()).toISOString().slice(0, 10);
  const hot = leads.filter(({ band }) => band === 'hot').length;
  const period = periodOf(analysis);
  return {
    summary: `${openRows.length} open leads scored from ${metrics.history_won} won and ${metrics.history_lost} lost ones: ${hot} hot; AUC ${quality.auc.value.toFixed(2)} (${quality.auc.low.toFixed(2)} to ${quality.auc.high.toFixed(2)}), lift of the best tenth ${quality.lift.value.toFixed(1)}.${drift ? ` The earlier score: ${drift.verdict}.` : ''}`,
    outputs: {
      scored_leads: scoredLeadsJson(leads),
      call_list: callListJson(leads, capacity),
      scores_csv: scoresCsv(leads, { hash, day }),
      model_card: modelCard(analysis, { drift, allowed }),
      drift: drift ? driftJson(drift) : null,
      reasoning: worded.text ?? whole,
    },
    metrics,
    notes: worded.note ? [...notes, worded.note] : notes,
    citations: { knowledge: practices.map(({ id }) => id) },
    trained: {
      name: 'lead-score',
      kind: model.kind,
      hash,
      dataHash: dataHash(analysis),
      rows: metrics.history_won! + metrics.history_lost!,
      positives: metrics.history_won!,
      trainedFrom: period.from,
      trainedTo: period.to,
      parameters: JSON.parse(JSON.stringify(model)),
    },
  };
}

/** Counted again from what the model holds, not from what the choice said. */
function protectedUsed({ model, history }: Analysis, allowed: readonly string[]): number {
  const permitted = new Set(allowed.map((one) => one.toLowerCase()));
  const byHeader = new Map(history.columns.map((column) => [column.header, column]));
  return model.fields.filter(({ column, kind }) => {
    const found = byHeader.get(column);
    const attribute = kind === 'mail' || kind === 'given' || !found ? undefined : sensitiveAttribute(found);
    return attribute !== undefined && !permitted.has(attribute) && !permitted.has(column.toLowerCase());
  }).length;
}

function notesOf(
  analysis: Analysis,
  { allowed, drift }: { allowed: readonly string[]; drift?: DriftReport },
): string[] {
  const { history, open, choice, heldOut, openRows } = analysis;
  const sensitive = choice.leftOut.filter(({ because }) => because === 'sensitive' || because === 'proxy');
  const leaked = choice.leftOut.filter(({ because }) => because === 'leaked');
  const missing = analysis.model.fields.filter(({ column }) => !open.table.headers.includes(column));
  const quoted = (fields: ReadonlyArray<{ column: string }>) =>
    fields.map(({ column }) => `"${inert(column)}"`).join(', ');
  return [
    ...history.notes,
    ...(open.table === history.table ? [] : open.notes),
    ...choice.notes,
    sensitive.length > 0
      ? `Protected attributes are not used: ${quoted(sensitive)}${allowed.length > 0 ? `; allowed were ${allowed.join(', ')}` : ''}.`
      : 'No field was recognised as a protected attribute.',
    ...(leaked.length > 0 ? [`Known only afterwards and not used: ${quoted(leaked)}.`] : []),
    ...(missing.length > 0
      ? [`The open leads lack fields that the score uses: ${quoted(missing)}; they count as not filled.`]
      : []),
    ...(heldOut.by === 'time'
      ? []
      : [
          'Without days of creation the score was checked in random parts, not by time: changes over time are not in its figures.',
        ]),
    ...(idColumn(open)
      ? []
      : ['No column numbers the leads: they are named by their line, and drift cannot be measured later.']),
    ...(openRows.length === 0 ? ['No open lead was among those given.'] : []),
    ...(drift ? [] : ['No earlier scores with outcomes since then are known: drift was not measured.']),
    'Leads that are decided quickly are over-represented among the newest decided ones.',
  ];
}
