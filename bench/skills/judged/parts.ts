import type { JudgedSeeds } from '../../../test/fixtures/judged/seeded.ts';
import { Tally } from '../../../test/support/skills/keyword-truth.ts';

/** `tuning`: what handlers may be improved on; `held`: what is looked at once they are done. */
export type Part = 'tuning' | 'held';
export const PARTS: readonly Part[] = ['tuning', 'held'];

/** One figure beside the bar of the issue. */
export interface Judged {
  readonly skill: string;
  readonly what: string;
  readonly bar: string;
  readonly part: Part;
  readonly value: string;
  readonly met: boolean | null;
}

export interface Judge {
  readonly skill: string;
  /** Figures on one part; `tell` gets a line for each miss and false alarm. */
  judge(part: Part, tell: (line: string) => void): Promise<readonly Judged[]>;
}

export const seedsOf = (seeds: JudgedSeeds, part: Part): readonly number[] => seeds[part];

/** Recall and precision by kind, each kind against the bar of the issue: .95 and .9. */
export class KindTallies {
  readonly #tallies = new Map<string, Tally>();

  of(kind: string): Tally {
    const known = this.#tallies.get(kind) ?? new Tally();
    this.#tallies.set(kind, known);
    return known;
  }

  figures(skill: string, part: Part, tell: (line: string) => void): Judged[] {
    const all = [...this.#tallies];
    for (const [kind, { misses, alarms }] of all) {
      for (const miss of misses) tell(`${skill}, ${part}, ${kind} missed: ${miss}`);
      for (const alarm of alarms) tell(`${skill}, ${part}, ${kind} falsely: ${alarm}`);
    }
    return all.map(([kind, { recall, precision, hits, misses }]) => ({
      skill,
      what: `${kind} (${hits + misses.length} planted)`,
      bar: 'recall .95, precision .9',
      part,
      value: `${share(recall)} / ${share(precision)}`,
      met: recall >= 0.95 && precision >= 0.9,
    }));
  }
}

/** Three places, without the zero before the point. */
export const share = (value: number): string => value.toFixed(3).replace(/^(-?)0\./, '$1.');
