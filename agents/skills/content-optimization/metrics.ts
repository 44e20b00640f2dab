import { wantedOf } from './density.ts';
import type { Optimised } from './optimise.ts';

export const METRICS: Readonly<Record<string, string>> = {
  answered_share:
    'target queries all of whose content words (by stem; in German, Dutch, Swedish and Danish also as part of a compound) stand on the page with the diff applied / all target queries',
  invented_facts:
    'words, numbers, and numbers with the word they count, in everything that the page with the diff applied says, that stand neither in the page nor in brand_voice, names of the client’s pages or names of picture files; target queries and ranking pages count as no evidence',
  lost_facts:
    'numbers, and numbers with the word they count, that the page says and the page with the diff applied does not say anywhere',
  score_before: 'the documented score of the page as given, 0 to 100',
  score_after: 'the same score of the page with the diff applied, over the parts that could be judged before',
  faults: 'suggestions of severity fault',
  edited_share: 'faults whose edits stand in the diff / faults; 1 without faults',
  highest_density: 'most mentions in 100 words of the page’s text with the diff applied, over all target queries',
};

export function measure({ findings, after, score, invented, lost }: Optimised): Record<string, number> {
  const { targets, vocabulary, counted, stemmer } = after;
  const faults = findings.filter(({ severity }) => severity === 'fault');
  const answered = targets.filter(({ query }) => vocabulary.missing(query).length === 0);
  const densities = targets.map(({ query }) => counted.whole.densityOf(wantedOf(query, stemmer)).perHundred);
  return {
    answered_share: answered.length / targets.length,
    invented_facts: invented.length,
    lost_facts: lost.length,
    score_before: score.before,
    score_after: score.after,
    faults: faults.length,
    edited_share: faults.length === 0 ? 1 : faults.filter(({ inDiff }) => inDiff).length / faults.length,
    highest_density: Math.round(Math.max(0, ...densities) * 100) / 100,
  };
}
