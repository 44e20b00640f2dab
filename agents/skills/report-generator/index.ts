/**
 * Writes a client's report for a period; `docs/skills/report-generator.md` has method, sample and limits. One
 * implementation behind two skills: `report-generator` (sales) and `reporting` (search).
 */
import type { Json, SkillContext, SkillHandler, SkillInput, SkillResult, WorkRecord } from '../handler.ts';
import { plainText as wordsOf } from '../read-input.ts';
import { explainCost } from './cost-changes.ts';
import { redrawReport } from './edit/index.ts';
import { changesJson, figuresJson, measuredOf, namedFigures, stepsJson } from './figure-list.ts';
import { readGuidance } from './guidance.ts';
import { Locale } from './locale.ts';
import { METRICS, measure } from './metrics.ts';
import { numberSources } from './number-sources.ts';
import { comparedPeriod, dayOf, daysOver, instants, length, periodOf } from './period.ts';
import { measurePipeline, readPipeline } from './pipeline.ts';
import { printed } from './printed.ts';
import { renderHtml } from './render-html.ts';
import { plainText, renderMarkdown } from './render-markdown.ts';
import { measureSearch, readSearch } from './search-figures.ts';
import type { Inputs, Material } from './sections/material.ts';
import { nextSteps, reportDocument, summaryOf } from './sections/report.ts';
import { type Quote, Sources } from './sourced.ts';
import { judgeTargets } from './targets.ts';
import { TEXTS } from './texts/index.ts';
import { wordSummary } from './wording.ts';
import { measureWork } from './work.ts';

const MOST_LINES = 40;
const LACKS = 'anything newer than the export, and whether it covers the period: an export of queries has no dates';
const LACKS_CRM =
  'anything newer than the export, and what a deal was worth on an earlier day: an export shows its last state';

const handlerOf = (skill: string, standIns: SkillHandler['standIns']): SkillHandler => ({
  skill,
  revision: 2,
  standIns,
  metrics: METRICS,
  async check(inputs) {
    await readSearch(inputs);
    await readPipeline(inputs);
    const period = inputs.period && periodOf(inputs.period, Date.now());
    if (period) comparedPeriod(inputs.compare_with, period);
  },
  run: writeReport,
  redraw: redrawReport,
});

const search = { inputs: ['current_rankings', 'rankings_by_date'], lacks: LACKS };
const crm = { inputs: ['pipeline'], lacks: LACKS_CRM };
export const reportGenerator = handlerOf('report-generator', { crm_api: crm, google_search_console: search });
export const reporting = handlerOf('reporting', { google_search_console: search });

async function writeReport(context: SkillContext): Promise<SkillResult> {
  const { inputs } = context;
  const began = await context.step('began', async () => context.clock.now());
  const { material, locale, plain, coverage } = await gather(context, began);
  context.progress('wording the summary');
  const { paragraphs, notes } = await wordSummary(plain, context, {
    language: locale.texts,
    audience: textOf(inputs.audience),
  });
  const { sources, texts } = material;
  const guidance = await readGuidance(context, material);
  const document = reportDocument(material, { summary: paragraphs, guidance: guidance.section });
  const numbers = numberSources(document, sources);
  const rendering = { locale, texts, numbers };
  const html = renderHtml(document, rendering);
  const markdown = renderMarkdown(document, rendering);
  context.progress('printing the report');
  const pdf = await printed(html, context);
  const named = namedFigures(material);
  const metrics = measure(material, {
    html,
    sources: numbers.size,
    summary: paragraphs,
    plain,
    locale,
    covered: coverage,
  });
  const summary = paragraphs.map((paragraph) => plainText(paragraph, locale)).join(' ');
  return {
    summary: `${plainText(document.title, locale)}, ${plainText(document.subtitle, locale)}. ${summary}`,
    outputs: {
      summary,
      figures: figuresJson(named, { locale, sources }),
      changes: changesJson(material),
      movements: movementsJson(material),
      risks: risksJson(material),
      data_issues: issuesJson(material, locale),
      next_steps: stepsJson(nextSteps(material), locale),
      report_markdown: markdown,
      report_html: html,
      report_pdf: pdf.file,
    },
    metrics,
    notes: [...notes, ...pdf.notes, ...missing(inputs, material)],
    citations: { knowledge: guidance.cited },
  };
}

async function gather(context: SkillContext, began: number) {
  const { inputs } = context;
  const period = periodOf(inputs.period, began);
  const compared = comparedPeriod(inputs.compare_with, period);
  context.progress('reading what was done');
  const [now, before] = [instants(period), instants(compared)];
  const records = { now: await context.record(now), before: await context.record(before) };
  const { client } = records.now;
  const locale = new Locale(textOf(inputs.language) ?? client.language, client.country);
  const texts = TEXTS[locale.texts];
  const sources = new Sources();
  const work = measureWork(records, { sources, now, before });
  context.progress('reading the numbers');
  const over = daysOver(period, began);
  const today = sources.node('Task', context.task.id, 'createdAt');
  // What is not said follows from the day of the task.
  const periodSource = inputs.period ? sources.input('period') : sources.derived('period', [today]);
  const comparedSource = inputs.compare_with
    ? sources.input('compare_with')
    : sources.derived('period', [periodSource]);
  const options = { sources, period, compared, periodSource };
  const search = await measureSearch(await readSearch(inputs), { ...options, daysOver: over });
  const deals = await readPipeline(inputs);
  const pipeline = deals && (await measurePipeline(deals, options));
  context.signal.throwIfAborted();
  const named = { work, search, pipeline };
  const audience = textOf(inputs.audience);
  const material: Material = {
    sources,
    texts,
    client: sources.quote(client.title, sources.node('Tenant', client.id, 'title')),
    period: sources.days(period.from, period.to, periodSource),
    compared: sources.days(compared.from, compared.to, comparedSource),
    madeBy: sources.quote(context.agent.name, sources.node('Agent', context.agent.id, 'name')),
    madeOn: sources.day(dayOf(began), today),
    audience: audience ? sources.quote(audience, sources.input('audience')) : undefined,
    incomplete:
      over < length(period)
        ? {
            over: sources.figure(over, 'days', sources.derived('days', [periodSource, today])),
            whole: sources.figure(length(period), 'days', sources.derived('days', [periodSource])),
          }
        : undefined,
    truncated: isCut(records),
    toldWork: toldLines(inputs.work_done, sources),
    costWhy: explainCost(work, sources),
    targets: judgeTargets(inputs.targets, measuredOf(namedFigures(named)), sources),
    ...named,
  };
  const days = search?.covered ? Math.min(over, search.covered.value) : over;
  return { material, locale, plain: summaryOf(material), coverage: days / length(period) };
}

const isCut = ({ now, before }: { now: WorkRecord; before: WorkRecord }): boolean => now.truncated || before.truncated;

const textOf = (input: SkillInput | undefined): string | undefined => {
  const text =
    input === undefined || input.kind === 'file' ? '' : input.kind === 'text' ? input.text : wordsOf(input.value);
  return text.trim() || undefined;
};

function toldLines(input: SkillInput | undefined, sources: Sources): Quote[] {
  return (textOf(input) ?? '')
    .split('\n')
    .map((line, at) => ({ line: line.replace(/^\s*[-*•]\s*/, '').trim(), at: at + 1 }))
    .filter(({ line }) => line !== '')
    .slice(0, MOST_LINES)
    .map(({ line, at }) => sources.quote(line, sources.input('work_done', at)));
}

function movementsJson({ search }: Material): Json[] {
  return [...(search?.lost ?? []), ...(search?.gained ?? [])].map((one) => ({
    query: one.query.text,
    direction: one.direction,
    cause: one.cause,
    clicks: one.now.value,
    clicks_before: one.before.value,
    change: one.change.value,
    rows: one.now.source.kind === 'rows' ? one.now.source.lines : [],
    rows_before: one.before.source.kind === 'rows' ? one.before.source.lines : [],
  }));
}

function risksJson({ pipeline }: Material): Json[] {
  return (pipeline?.risks ?? []).map(({ kind, deal, since, days, value }) => ({
    kind,
    deal: deal.text,
    since: since?.from ?? null,
    days: days?.value ?? null,
    value: value?.value ?? null,
    row: deal.source.kind === 'rows' ? (deal.source.lines[0] ?? null) : null,
  }));
}

function issuesJson({ pipeline, texts }: Material, locale: Locale): Json[] {
  if (!pipeline) return [];
  return [
    ...pipeline.issues.map(
      ({ kind, rows }): Json => ({
        kind,
        rows: rows.value,
        what: plainText(texts.pipeline.issues[kind](rows), locale),
      }),
    ),
    ...pipeline.notes.map((what): Json => ({ kind: 'reader', rows: null, what })),
  ];
}

function missing(inputs: Inputs, { search, pipeline }: Material): string[] {
  return [
    ...(inputs.period ? [] : ['No period was given: the last whole month is reported.']),
    ...(search || pipeline
      ? []
      : ['No export was given: the report has the work and its cost, and no numbers of search or sales.']),
    ...(search && !search.before ? ['previous_rankings is missing: search figures stand without a comparison.'] : []),
    'The report comes in several forms of one text: report_markdown can be edited when approving, and the others are drawn from it.',
    'Costs are those of models, as the tasks have them; people’s time is not in them.',
  ];
}
