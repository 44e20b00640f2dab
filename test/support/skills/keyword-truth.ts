import type { Analysis } from '../../../agents/skills/keyword-research/analyse.ts';
import { rivals } from '../../../agents/skills/keyword-research/opportunities.ts';
import type { OpportunityKind } from '../../../agents/skills/search-analysis/types.ts';
import type { Truth } from '../../fixtures/search-console/truth.ts';

/** Hits, false alarms and misses; sums over several exports are their sums. */
export class Tally {
  hits = 0;
  falseAlarms = 0;
  misses: string[] = [];
  alarms: string[] = [];

  count(expected: ReadonlySet<string>, reported: ReadonlySet<string>, ignored: ReadonlySet<string>): void {
    for (const item of expected) {
      if (reported.has(item)) this.hits++;
      else this.misses.push(item);
    }
    for (const item of reported) {
      if (expected.has(item) || ignored.has(item)) continue;
      this.falseAlarms++;
      this.alarms.push(item);
    }
  }

  get recall(): number {
    return this.hits + this.misses.length === 0 ? 1 : this.hits / (this.hits + this.misses.length);
  }

  get precision(): number {
    return this.hits + this.falseAlarms === 0 ? 1 : this.hits / (this.hits + this.falseAlarms);
  }
}

const KINDS = {
  strikingDistance: 'striking_distance',
  underClicked: 'under_clicked',
  cannibalised: 'cannibalised',
} as const;

export class Score {
  readonly overall = new Tally();
  readonly withContextWord = new Tally();
  readonly withoutContextWord = new Tally();
  readonly byKind = { strikingDistance: new Tally(), underClicked: new Tally(), cannibalised: new Tally() };
  readonly branded = new Tally();
  readonly foreign = new Tally();
  readonly foreignOpportunities: string[] = [];
  groupPairs = { found: 0, all: 0, wronglyJoined: 0, apart: 0, mixed: 0 };
  readonly missedPairs = new Set<string>();
  readonly mixedPairs = new Set<string>();
  readonly rankCorrelations: number[] = [];
  readonly gainRatios: number[] = [];

  /** As test/fixtures/search-console/README.md says under "How to measure". */
  add(analysis: Analysis, truth: Truth): void {
    const { queries } = analysis.table;
    const text = (index: number) => queries[index]!.query;
    const offTopic = new Set(truth.offTopic);
    const reported = new Set(analysis.findings.map(({ index }) => text(index)));
    const skipped = new Set([...truth.borderline.map(({ query }) => query), ...offTopic]);
    const opportunities = new Set(truth.opportunities.map(({ query }) => query));
    this.overall.count(opportunities, reported, skipped);
    for (const [tally, shares] of [
      [this.withContextWord, true],
      [this.withoutContextWord, false],
    ] as const) {
      const own = new Set(
        truth.opportunities.filter((row) => row.sharesContextWord === shares).map(({ query }) => query),
      );
      tally.count(own, new Set([...reported].filter((query) => own.has(query))), new Set());
    }
    for (const [label, tally] of Object.entries(this.byKind) as Array<[keyof typeof KINDS, Tally]>) {
      this.addKind(analysis, truth, { label, kind: KINDS[label], tally, offTopic });
    }
    const ambiguous = new Set(truth.ambiguousBrand);
    const branded = queries.filter((_, index) => analysis.brand.branded[index]).map(({ query }) => query);
    this.branded.count(new Set(truth.branded), new Set(branded), ambiguous);
    const foreign = new Set(
      queries.filter((_, index) => analysis.fit.fits[index] === 'foreign').map(({ query }) => query),
    );
    this.foreign.count(offTopic, foreign, new Set());
    this.foreignOpportunities.push(...[...foreign].filter((query) => opportunities.has(query)));
    this.addGroups(analysis, truth);
    this.addRanking(analysis, truth);
  }

  private addKind(
    analysis: Analysis,
    truth: Truth,
    by: { label: keyof typeof KINDS; kind: OpportunityKind; tally: Tally; offTopic: ReadonlySet<string> },
  ): void {
    const { label, kind, tally, offTopic } = by;
    const { queries } = analysis.table;
    const judged = [...truth.opportunities, ...truth.borderline];
    const skipped = new Set([
      ...offTopic,
      ...judged.filter((row) => row.verdicts[label] === 'borderline').map(({ query }) => query),
    ]);
    const pagesOf = new Map(truth.cannibalised.map(({ query, pages }) => [query, pages]));
    const reported = analysis.findings
      .filter(({ kinds }) => kinds.includes(kind))
      .filter(({ index }) => {
        const wanted = label === 'cannibalised' ? pagesOf.get(queries[index]!.query)?.slice(0, 2) : undefined;
        const named = rivals(queries[index]!).map(({ page }) => page);
        return wanted === undefined || wanted.every((page) => named.includes(page));
      })
      .map(({ index }) => queries[index]!.query);
    const expected = label === 'cannibalised' ? [...pagesOf.keys()] : truth[label];
    tally.count(new Set(expected), new Set(reported), skipped);
  }

  private addGroups(analysis: Analysis, truth: Truth): void {
    const groupOf = new Map(
      analysis.table.queries.map(({ query }, index) => [query, analysis.grouping.groupOf[index]]),
    );
    for (const { queries } of truth.groups) {
      const present = queries.filter((query) => groupOf.has(query));
      for (const [at, left] of present.entries()) {
        for (const right of present.slice(at + 1)) {
          this.groupPairs.all++;
          if (groupOf.get(left) === groupOf.get(right)) this.groupPairs.found++;
          else this.missedPairs.add(`${left} | ${right}`);
        }
      }
    }
    const concept = new Map(truth.groups.flatMap(({ id, queries }) => queries.map((query) => [query, id] as const)));
    const named = [...concept.keys()].filter((query) => groupOf.has(query));
    for (const [at, left] of named.entries()) {
      for (const right of named.slice(at + 1)) {
        if (groupOf.get(left) !== groupOf.get(right) || concept.get(left) === concept.get(right)) continue;
        this.groupPairs.mixed++;
        this.mixedPairs.add(`${left} | ${right}`);
      }
    }
    for (const [left, right] of truth.apart) {
      if (!groupOf.has(left) || !groupOf.has(right)) continue;
      this.groupPairs.apart++;
      if (groupOf.get(left) === groupOf.get(right)) this.groupPairs.wronglyJoined++;
    }
  }

  private addRanking(analysis: Analysis, truth: Truth): void {
    const estimates = new Map(
      analysis.findings.map(({ index, extraClicks }) => [analysis.table.queries[index]!.query, extraClicks.mid]),
    );
    const pairs = truth.opportunities.flatMap((row) => {
      const estimate = estimates.get(row.query);
      return estimate === undefined ? [] : [{ estimate, real: row.extraClicks }];
    });
    const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
    this.gainRatios.push(sum(pairs.map(({ estimate }) => estimate)) / sum(pairs.map(({ real }) => real)));
    this.rankCorrelations.push(
      rankCorrelation(
        pairs.map(({ estimate }) => estimate),
        pairs.map(({ real }) => real),
      ),
    );
  }
}

/** Spearman's, ties by order. */
export function rankCorrelation(left: readonly number[], right: readonly number[]): number {
  const ranks = (values: readonly number[]) => {
    const order = values.map((_, index) => index).sort((a, b) => values[a]! - values[b]!);
    const result = new Array<number>(values.length);
    for (const [rank, index] of order.entries()) result[index] = rank;
    return result;
  };
  const [a, b] = [ranks(left), ranks(right)];
  const n = a.length;
  const squares = a.reduce((sum, rank, index) => sum + (rank - b[index]!) ** 2, 0);
  return n < 2 ? 1 : 1 - (6 * squares) / (n * (n * n - 1));
}
