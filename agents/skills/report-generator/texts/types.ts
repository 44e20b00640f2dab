import type { CostFactor } from '../cost-changes.ts';
import type { LevelStep } from '../level-steps.ts';
import type { DealRisk, PipelineFactor, PipelineFigures } from '../pipeline.ts';
import type { Prose } from '../prose.ts';
import type { SearchFactor } from '../search-changes.ts';
import type { Movement } from '../search-figures.ts';
import type { Days, Figure, Formula, Quote } from '../sourced.ts';

type Say<Parts extends readonly unknown[] = []> = (...parts: Parts) => Prose;

/** Everything that a report says, in one language. Sentences take figures; none says a number itself. */
export interface Texts {
  readonly report: {
    readonly title: Say<[client: Quote]>;
    readonly subtitle: Say<[period: Days, compared: Days]>;
    readonly made: Say<[by: Quote, day: Days]>;
    readonly audience: Say<[audience: Quote]>;
  };
  readonly summary: {
    readonly title: Say;
    readonly work: Say<[delivered: Figure, before: Figure]>;
    readonly clicks: Say<[now: Figure, before: Figure, change: Figure]>;
    readonly clicksOnly: Say<[clicks: Figure, impressions: Figure]>;
    readonly mayBeChance: Say;
    readonly mostly: Say<[factor: Prose, figure: Figure]>;
    readonly won: Say<[won: Figure, before: Figure]>;
    readonly wonValue: Say<[won: Figure, value: Figure, before: Figure, valueBefore: Figure]>;
    readonly cost: Say<[cost: Figure, before: Figure]>;
    readonly waiting: Say<[waiting: Figure]>;
    readonly target: Say<[name: Quote, value: Figure, target: Figure, share: Figure]>;
  };
  readonly tiles: {
    readonly delivered: Say;
    readonly clicks: Say;
    readonly impressions: Say;
    readonly won: Say;
    readonly wonValue: Say;
    readonly winRate: Say;
    readonly cost: Say;
    readonly open: Say;
  };
  readonly done: {
    readonly title: Say;
    readonly nothing: Say;
    readonly table: Say;
    readonly skill: Say;
    readonly delivered: Say;
    readonly before: Say;
    readonly undelivered: Say;
    readonly checks: Say;
    readonly edited: Say;
    readonly chart: Say;
    readonly chartAbout: Say;
    readonly parts: Say<[parts: Figure]>;
    readonly told: Say;
    readonly toldBy: Say;
    readonly truncated: Say;
  };
  readonly came: {
    readonly title: Say;
    readonly decisions: Say<[approved: Figure, edited: Figure, rejected: Figure]>;
    readonly wait: Say<[wait: Figure]>;
    readonly checks: Say<[checks: Figure, share: Figure]>;
    readonly results: Say;
    readonly day: Say;
    readonly skill: Say;
    readonly result: Say;
    readonly decidedBy: Say;
    readonly more: Say<[count: Figure]>;
    readonly knowledge: Say<[count: Figure]>;
    readonly nothing: Say;
  };
  readonly changed: {
    readonly title: Say;
    readonly nothing: Say;
    readonly how: Say;
    readonly measure: Say;
    readonly now: Say;
    readonly before: Say;
    readonly change: Say;
    readonly relative: Say;
  };
  readonly search: {
    readonly title: Say;
    readonly table: Say<[file: Quote]>;
    readonly clicks: Say;
    readonly impressions: Say;
    readonly ctr: Say;
    readonly position: Say;
    readonly noBefore: Say;
    readonly chance: Say<[change: Figure, level: Figure, low: Figure, high: Figure]>;
    readonly mayBeChance: Say;
    readonly thin: Say;
    readonly why: Say;
    readonly whyAbout: Say;
    readonly whyTable: Say;
    readonly factor: Say;
    readonly contribution: Say;
    readonly factors: Readonly<Record<SearchFactor, Prose>>;
    readonly meaning: Readonly<Record<SearchFactor, Prose>>;
    readonly moved: Say;
    readonly query: Say;
    readonly cause: Say;
    readonly causes: Readonly<Record<Movement['cause'], Prose>>;
    readonly byDay: Say;
    readonly byDayAbout: Say;
    readonly byDayTable: Say;
    readonly week: Say;
    readonly step: Say<[day: Days, change: Figure, level: Figure, low: Figure, high: Figure, cause: Prose]>;
    readonly stepCauses: Readonly<Record<LevelStep['cause'], Prose>>;
    readonly doneBefore: Say;
    readonly covered: Say<[covered: Figure, expected: Figure]>;
    readonly unnamed: Say<[clicks: Figure]>;
    readonly assumed: Say;
  };
  readonly pipeline: {
    readonly title: Say;
    readonly table: Say<[file: Quote]>;
    readonly created: Say;
    readonly won: Say;
    readonly lost: Say;
    readonly winRate: Say;
    readonly wonValue: Say;
    readonly cycle: Say;
    readonly open: Say;
    readonly openValue: Say;
    readonly range: Say<[level: Figure, low: Figure, high: Figure]>;
    readonly few: Say;
    readonly why: Say;
    readonly whyAbout: Say;
    readonly whyTable: Say;
    readonly factors: Readonly<Record<PipelineFactor, Prose>>;
    readonly meaning: Readonly<Record<PipelineFactor, Prose>>;
    readonly risks: Say;
    readonly deal: Say;
    readonly risk: Say;
    readonly since: Say;
    readonly age: Say;
    readonly value: Say;
    readonly kinds: Readonly<Record<DealRisk['kind'], Prose>>;
    readonly issues: Readonly<Record<PipelineFigures['issues'][number]['kind'], (rows: Figure) => Prose>>;
    readonly reader: Say<[note: Quote]>;
  };
  readonly cost: {
    readonly title: Say;
    readonly total: Say<[cost: Figure, tasks: Figure, before: Figure]>;
    readonly free: Say<[tasks: Figure]>;
    readonly table: Say;
    readonly tasks: Say;
    readonly cost: Say;
    readonly why: Say;
    readonly whyAbout: Say;
    readonly whyTable: Say;
    readonly factors: Readonly<Record<CostFactor, Prose>>;
    readonly meaning: Readonly<Record<CostFactor, Prose>>;
    readonly how: Say;
  };
  readonly next: {
    readonly title: Say;
    readonly nothing: Say;
    readonly waiting: Say<[skill: Quote, since: Days]>;
    readonly waitingMore: Say<[count: Figure]>;
    readonly failed: Say<[skill: Quote, reason: Quote]>;
    readonly running: Say<[count: Figure]>;
    readonly lost: Readonly<Record<Movement['cause'], (query: Quote, change: Figure) => Prose>>;
    readonly risks: Readonly<Record<DealRisk['kind'], (count: Figure) => Prose>>;
    readonly checks: Say<[skill: Quote, share: Figure]>;
  };
  readonly targets: {
    readonly table: Say;
    readonly name: Say;
    readonly target: Say;
    readonly reached: Say;
    readonly unknown: Say<[name: Quote]>;
  };
  readonly reading: { readonly title: Say };
  readonly incomplete: Say<[over: Figure, whole: Figure]>;
  readonly sources: {
    readonly title: string;
    readonly intro: string;
    readonly formula: Readonly<Record<Formula, string>>;
    andMore(count: number): string;
    andOtherLines(lines: number): string;
    rows(rows: { file: string; columns: string; lines: string; isOne: boolean }): string;
    input(name: string, line: number | null): string;
    /** What a person wrote into the report when approving it. */
    entered(approval: string, person: string): string;
  };
}
