import type { Readiness } from '#api';
import type { Clock } from '#platform';

/** Something that a cell needs, and how to ask whether it works. */
export interface Dependency {
  readonly name: string;
  healthy(): Promise<boolean>;
}

const ASK_MS = 3_000;
const KEPT_MS = 1_000;

/** Ready when everything the cell stands on answers; asked again after a second, however many ask. */
export function createReadiness(dependencies: readonly Dependency[], clock: Clock): Readiness {
  let known: { at: number; answer: Promise<{ ready: boolean; reasons: string[] }> } | undefined;

  async function ask() {
    const answers = await Promise.all(
      dependencies.map(async ({ name, healthy }) => {
        const late = clock.sleep(ASK_MS).then(() => false);
        const works = await Promise.race([healthy().catch(() => false), late]);
        return works ? [] : [`${name} does not answer`];
      }),
    );
    const reasons = answers.flat();
    return { ready: reasons.length === 0, reasons };
  }

  return {
    check() {
      const now = clock.now();
      if (!known || now - known.at > KEPT_MS) known = { at: now, answer: ask() };
      return known.answer;
    },
  };
}
