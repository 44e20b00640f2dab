import { Pace } from '#platform';
import type { SkillInput } from '../handler.ts';
import { type Profile, profile } from '../lead-scoring/analyse.ts';
import { fold } from '../lead-scoring/fold.ts';
import { isClosed, isId, isPlannedClose } from '../lead-scoring/headers.ts';
import { readLeads } from '../lead-scoring/read-leads.ts';
import type { Column } from '../lead-scoring/types.ts';
import { isoDay } from '../lead-scoring/values.ts';
import { amountsOf } from './amounts.ts';
import { type Contribution, contributionsOf } from './contributions.ts';
import type { Period } from './period.ts';
import type { Days, Figure, Quote, Source, Sources } from './sourced.ts';

const AMOUNT =
  /(?:^| )(?:amount|deal value|value|umsatzpotenzial|betrag|wert|auftragswert|montant|importe|importo|bedrag|valor|estimated volume|volumen)(?: |$)/u;
/** A value times the probability of the stage, as Pipedrive writes it beside the value. */
const WEIGHTED = /(?:^| )(?:weighted|gewichtet\p{L}*) /u;
const NAME =
  /(?:^| )(?:(?:deal|opportunity|vorgang) ?(?:name|title|titel)|titel|title|company|account|unternehmen|firma)(?: |$)/u;
const NEXT = /(?:^| )(?:next (?:step|activity)(?: date)?|nachster schritt|nachste aktivitat)(?: |$)/u;
const Z95 = 1.96;
const LEVEL = 0.95;
/** Fewer decided deals than this say little about a rate. */
const FEW = 20;
const RISKS_TOLD = 8;

export interface PipelineSide {
  readonly created: Figure;
  readonly won: Figure;
  readonly lost: Figure;
  readonly winRate: Figure | undefined;
  readonly wonValue: Figure | undefined;
  readonly cycle: Figure | undefined;
}

export type PipelineFactor = 'decided' | 'rate' | 'size';

export interface DealRisk {
  readonly kind: 'past-closing' | 'no-next-step' | 'old';
  readonly deal: Quote;
  readonly since: Days | null;
  readonly days: Figure | null;
  readonly value: Figure | null;
}

export interface PipelineFigures {
  readonly file: Quote;
  readonly now: PipelineSide;
  readonly before: PipelineSide;
  readonly open: Figure;
  readonly openValue: Figure | undefined;
  readonly openBefore: Figure | undefined;
  readonly openValueBefore: Figure | undefined;
  /** Wilson's interval of the win rate of the period. */
  readonly rateRange:
    | { readonly low: Figure; readonly high: Figure; readonly level: Figure; readonly isFew: boolean }
    | undefined;
  readonly why: readonly Contribution<PipelineFactor>[] | undefined;
  readonly risks: readonly DealRisk[];
  readonly riskCounts: Readonly<Record<DealRisk['kind'], Figure>>;
  /** Rows that no figure counts, with why. */
  readonly issues: ReadonlyArray<{ readonly kind: 'undated-decision' | 'undated' | 'no-value'; readonly rows: Figure }>;
  readonly notes: readonly string[];
}

export interface ReadPipeline {
  readonly now: Profile;
  readonly before?: Profile;
}

/** Reads the exports of deals that were given. Errors: those of the readers of lead-scoring. */
export async function readPipeline(inputs: Readonly<Record<string, SkillInput>>): Promise<ReadPipeline | undefined> {
  if (!inputs.pipeline) return undefined;
  const now = profile(await readLeads(inputs.pipeline, 'pipeline'));
  const { previous_pipeline: before } = inputs;
  return { now, ...(before ? { before: profile(await readLeads(before, 'previous_pipeline')) } : {}) };
}

interface Deal {
  readonly line: number;
  readonly outcome: 'won' | 'lost' | 'open';
  /** Days since 1970; NaN where the file says none. */
  readonly created: number;
  readonly decided: number;
  readonly value: number;
  readonly closing: number;
  readonly hasNext: boolean | null;
  readonly name: string;
}

interface PipelineOptions {
  readonly sources: Sources;
  readonly period: Period;
  readonly compared: Period;
  readonly periodSource: Source;
}

/** Figures of the deals of a period and of the one before, by the days that the export has. */
export async function measurePipeline(read: ReadPipeline, options: PipelineOptions): Promise<PipelineFigures> {
  const { sources, period, compared } = options;
  const { table, notes } = read.now;
  const deals = dealsOf(read.now);
  await new Pace().rest();
  const book = new DealBook(table.name, sources);
  const now = book.side(deals, period);
  const before = book.side(deals, compared);
  const end = dayNumber(period.to);
  const open = openAt(deals, end);
  const earlier = read.before
    ? { deals: dealsOf(read.before), book: new DealBook(read.before.table.name, sources) }
    : { deals, book };
  const openBefore = openAt(earlier.deals, dayNumber(compared.to));
  const undated = deals.filter(({ outcome, decided }) => outcome !== 'open' && Number.isNaN(decided));
  const risks = risksOf(open, {
    end,
    won: deals.filter(({ outcome }) => outcome === 'won'),
    book,
    periodSource: options.periodSource,
  });
  return {
    file: sources.quote(table.name, sources.input('pipeline')),
    now,
    before,
    open: book.count(open, 'status'),
    openValue: book.value(open),
    openBefore: earlier.deals.length > 0 ? earlier.book.count(openBefore, 'status') : undefined,
    openValueBefore: earlier.book.value(openBefore),
    rateRange: rateRange(now, sources),
    why: explainWon(now, before, sources),
    ...risks,
    issues: [
      { kind: 'undated-decision' as const, rows: book.count(undated, 'closed') },
      {
        kind: 'undated' as const,
        rows: book.count(
          deals.filter(({ created }) => Number.isNaN(created)),
          'created',
        ),
      },
      {
        kind: 'no-value' as const,
        rows: book.count(
          deals.filter(({ value, outcome }) => outcome === 'won' && Number.isNaN(value)),
          'amount',
        ),
      },
    ].filter(({ rows }) => rows.value > 0),
    notes,
  };
}

function dealsOf({ table, columns, outcomes }: Profile): Deal[] {
  const number = (column: Column | undefined, row: number) => column?.numbers?.[row] ?? Number.NaN;
  const find = (pattern: RegExp) => columns.find(({ header }) => pattern.test(fold(header)));
  const isAmount = (header: string) => AMOUNT.test(header) && !WEIGHTED.test(header);
  const amounts = amountsOf(columns.filter(({ header }) => isAmount(fold(header))));
  const name = find(NAME) ?? columns.find(({ header }) => isId(header)) ?? columns[0];
  const next = find(NEXT);
  const closings = columns.filter(({ header, kind }) => kind === 'date' && isClosed(header));
  const closing = closings.find(({ header }) => isPlannedClose(header)) ?? closings[0];
  return table.rows.map(({ line }, row) => {
    const outcome = outcomes?.outcomes[row] ?? 'open';
    return {
      line,
      outcome,
      created: number(outcomes?.created, row),
      decided: outcome === 'open' ? Number.NaN : number(outcomes?.decided, row),
      value: amounts?.[row] ?? Number.NaN,
      closing: number(closing, row),
      hasNext: next ? (next.texts[row] ?? '') !== '' : null,
      name: name?.texts[row] || `${table.name}:${line}`,
    };
  });
}

/** Open deals as of the end of a day: those not decided by then, and there by then where their day is known. */
function openAt(deals: readonly Deal[], end: number): Deal[] {
  return deals.filter(({ outcome, created, decided }) => !(created > end) && (outcome === 'open' || decided > end));
}

class DealBook {
  readonly #file: string;
  readonly sources: Sources;

  constructor(file: string, sources: Sources) {
    this.#file = file;
    this.sources = sources;
  }

  rows(deals: readonly Deal[], column: string): Source {
    return this.sources.rows(
      this.#file,
      column,
      deals.map(({ line }) => line),
    );
  }

  count(deals: readonly Deal[], column: string): Figure {
    return this.sources.figure(deals.length, 'count', this.sources.derived('count', [this.rows(deals, column)]));
  }

  /** Undefined where no deal of these names a value. */
  value(deals: readonly Deal[]): Figure | undefined {
    const valued = deals.filter(({ value }) => !Number.isNaN(value));
    if (valued.length === 0) return undefined;
    const sum = valued.reduce((total, { value }) => total + value, 0);
    return this.sources.figure(sum, 'amount', this.sources.derived('sum', [this.rows(valued, 'amount')]));
  }

  side(deals: readonly Deal[], period: Period): PipelineSide {
    const [from, to] = [dayNumber(period.from), dayNumber(period.to)];
    const within = (day: number) => day >= from && day < to + 1;
    const decided = deals.filter((deal) => within(deal.decided));
    const won = decided.filter(({ outcome }) => outcome === 'won');
    const lost = decided.filter(({ outcome }) => outcome === 'lost');
    const [wonCount, lostCount] = [this.count(won, 'status, closed'), this.count(lost, 'status, closed')];
    const both = this.sources.sum([wonCount, lostCount], 'count');
    return {
      created: this.count(
        deals.filter(({ created }) => within(created)),
        'created',
      ),
      won: wonCount,
      lost: lostCount,
      winRate: this.sources.share(wonCount, both),
      wonValue: this.value(won),
      cycle: this.cycle(won),
    };
  }

  cycle(won: readonly Deal[]): Figure | undefined {
    const known = won.filter(({ created, decided }) => decided >= created);
    if (known.length === 0) return undefined;
    const days = known.map(({ created, decided }) => decided - created).sort((a, b) => a - b);
    const middle = (days.length - 1) / 2;
    const median = (days[Math.floor(middle)]! + days[Math.ceil(middle)]!) / 2;
    return this.sources.figure(
      median,
      'days',
      this.sources.derived('median', [this.rows(known, 'created'), this.rows(known, 'closed')]),
    );
  }

  quote(deal: Deal): Quote {
    return this.sources.quote(deal.name, this.rows([deal], 'name'));
  }
}

/** Open deals that want a look, those with most value first. */
function risksOf(
  open: readonly Deal[],
  { end, won, book, periodSource }: { end: number; won: readonly Deal[]; book: DealBook; periodSource: Source },
): Pick<PipelineFigures, 'risks' | 'riskCounts'> {
  const { sources } = book;
  const cycles = won
    .map(({ created, decided }) => decided - created)
    .filter((days) => days >= 0)
    .sort((a, b) => a - b);
  // Nine of ten won deals were won sooner.
  const long = cycles.length >= FEW ? cycles[Math.floor(cycles.length * 0.9)]! : Number.POSITIVE_INFINITY;
  const found = {
    'past-closing': open.filter(({ closing }) => closing < end),
    'no-next-step': open.filter(({ hasNext }) => hasNext === false),
    old: open.filter(({ created, closing }) => end - created > long && !(closing < end)),
  };
  const told = (kind: DealRisk['kind'], deal: Deal): DealRisk => {
    const day = kind === 'past-closing' ? deal.closing : deal.created;
    const column = kind === 'past-closing' ? 'closed' : 'created';
    const source = book.rows([deal], column);
    const known = !Number.isNaN(day);
    return {
      kind,
      deal: book.quote(deal),
      since: known ? sources.day(isoDay(Math.floor(day)), source) : null,
      days: known
        ? sources.figure(Math.floor(end) - Math.floor(day), 'days', sources.derived('days', [source, periodSource]))
        : null,
      value: Number.isNaN(deal.value) ? null : sources.figure(deal.value, 'amount', book.rows([deal], 'amount')),
    };
  };
  const byValue = (a: Deal, b: Deal) => (b.value || 0) - (a.value || 0) || a.line - b.line;
  const kinds = Object.keys(found) as DealRisk['kind'][];
  return {
    risks: kinds.flatMap((kind) =>
      found[kind]
        .toSorted(byValue)
        .slice(0, RISKS_TOLD)
        .map((deal) => told(kind, deal)),
    ),
    riskCounts: {
      'past-closing': book.count(found['past-closing'], 'closed'),
      'no-next-step': book.count(found['no-next-step'], 'next step'),
      old: book.count(found.old, 'created'),
    },
  };
}

function rateRange({ won, lost, winRate }: PipelineSide, sources: Sources): PipelineFigures['rateRange'] {
  if (!winRate) return undefined;
  const n = won.value + lost.value;
  const centre = winRate.value + Z95 ** 2 / (2 * n);
  const margin = Z95 * Math.sqrt((winRate.value * (1 - winRate.value) + Z95 ** 2 / (4 * n)) / n);
  const whole = 1 + Z95 ** 2 / n;
  const method = sources.method(
    'Wilson',
    'E. B. Wilson, Journal of the American Statistical Association 22 (1927) 209-212',
  );
  const source = sources.derived('wilson', [won.source, lost.source, method]);
  return {
    low: sources.figure(Math.max(0, (centre - margin) / whole), 'share', source),
    high: sources.figure(Math.min(1, (centre + margin) / whole), 'share', source),
    level: sources.figure(LEVEL, 'share', method),
    isFew: n < FEW,
  };
}

/** Why the won value changed: deals decided, share of them won, value of a won one. */
function explainWon(now: PipelineSide, before: PipelineSide, sources: Sources): PipelineFigures['why'] {
  const factors = ({ won, lost, wonValue }: PipelineSide) =>
    wonValue && wonValue.value > 0 && won.value > 0
      ? [won.value + lost.value, won.value / (won.value + lost.value), wonValue.value / won.value]
      : undefined;
  const [after, earlier] = [factors(now), factors(before)];
  if (!after || !earlier) return undefined;
  return contributionsOf([{ before: earlier, after }], {
    names: ['decided', 'rate', 'size'] as const,
    unit: 'amount',
    of: [now, before].flatMap(({ won, lost, wonValue }) => [won.source, lost.source, wonValue!.source]),
    sources,
  });
}

const dayNumber = (day: string): number => Date.parse(`${day}T00:00:00Z`) / 86_400_000;
