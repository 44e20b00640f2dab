import type { Readiness } from '#api';
import type { Clock } from '#platform';

/** Something that a cell needs, and how to ask whether it works. */
export interface Dependency {
  readonly name: string;
  healthy(): Promise<boolean>;
}

export interface CellReadiness extends Readiness {
  /** The start is over: from now on these decide. */
  watch(dependencies: readonly Dependency[]): void;
}

const ASK_MS = 3_000;
const KEPT_MS = 1_000;

/**
 * Ready when everything the cell stands on answers; asked again after a second, however many ask.
 *
 * @param starting what a start still waits for
 */
export function createReadiness(clock: Clock, starting: () => readonly string[]): CellReadiness {
  let watched: readonly Dependency[] | undefined;
  let known: { at: number; answer: Promise<{ ready: boolean; reasons: string[] }> } | undefined;

  async function ask(dependencies: readonly Dependency[]) {
    const answers = await Promise.all(
      dependencies.map(async ({ name, healthy }) => {
        const over = new AbortController();
        const late = clock.sleep(ASK_MS, over.signal).then(
          () => false,
          () => false,
        );
        const works = await Promise.race([healthy().catch(() => false), late]);
        over.abort();
        return works ? [] : [`${name} does not answer`];
      }),
    );
    const reasons = answers.flat();
    return { ready: reasons.length === 0, reasons };
  }

  return {
    watch(dependencies) {
      watched = dependencies;
      known = undefined;
    },
    async check() {
      if (!watched) {
        const reasons = starting();
        return { ready: false, reasons: reasons.length > 0 ? reasons : ['the cell is starting'] };
      }
      const now = clock.now();
      if (!known || now - known.at > KEPT_MS) known = { at: now, answer: ask(watched) };
      return known.answer;
    },
  };
}
