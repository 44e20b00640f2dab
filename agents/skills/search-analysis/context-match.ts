import type { BusinessContext } from './business-context.ts';

/** Equal stems, or compounds: one begins or ends the other with five letters or more ("abfindung" in "abfindungshöhe"). */
export function contextMatcher(
  context: Pick<BusinessContext, 'stems'>,
  brandWords: readonly string[],
): (stem: string) => boolean {
  const own = [...context.stems.keys()].filter(
    (stem) => stem.length > 2 && !brandWords.some((word) => word.startsWith(stem)),
  );
  const set = new Set(own);
  const long = own.filter((stem) => stem.length >= 5);
  const holds = (whole: string, part: string) => part.length >= 5 && (whole.startsWith(part) || whole.endsWith(part));
  return (stem) =>
    set.has(stem) || (stem.length >= 5 && long.some((other) => holds(stem, other) || holds(other, stem)));
}
