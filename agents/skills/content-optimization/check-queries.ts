import { shown } from '../text/shown.ts';
import { densityOf, wantedOf } from './density.ts';
import type { Subject } from './subject.ts';
import type { Finding, TargetQuery } from './types.ts';

/** What the page is asked and does not say: it takes facts of the client, so nothing is written. */
export function checkQueries(subject: Subject): Finding[] {
  const { material, vocabulary } = subject;
  const open = material.queries.flatMap((query): Finding[] => {
    const missing = vocabulary.missing(query.query);
    if (missing.length === 0) return [];
    const asked = query.origin === 'target';
    return [
      {
        kind: 'query-not-covered',
        severity: asked ? 'fault' : 'notice',
        at: null,
        before: `nothing about ${missing.map((word) => `"${shown(word, 60)}"`).join(', ')}`,
        after: null,
        reason: `${asked ? 'Asked for' : `Shown ${query.impressions} times`}: "${shown(query.query, 120)}". The page cannot answer it without facts that it does not hold.`,
        edits: [],
      },
    ];
  });
  return [...open, ...stuffed(subject)];
}

function stuffed(subject: Subject): Finding[] {
  return stuffedQueries(subject).map(({ query, where, figures }) => ({
    kind: 'keyword-stuffed',
    severity: 'fault',
    at: where,
    before: `"${shown(query.query, 120)}" ${figures}`,
    after: null,
    reason:
      'Repeating a search term for its own sake is spam by the policies of search engines; which mentions go is for the writer to say.',
    edits: [],
  }));
}

interface Stuffed {
  readonly query: TargetQuery;
  readonly where: Finding['at'];
  readonly figures: string;
}

/** Queries above the bounds: in the whole text, in one passage, in title, description or one text alternative. */
export function stuffedQueries({ page, counted, stemmer, targets }: Subject): Stuffed[] {
  return targets.flatMap((query): Stuffed[] => {
    const wanted = wantedOf(query.query, stemmer);
    const whole = counted.whole.densityOf(wanted);
    if (whole.stuffed) {
      const figures = `${whole.mentions} times in ${whole.words} words; at most ${whole.most} in 100`;
      return [{ query, where: null, figures }];
    }
    const passage = counted.passages.find(({ block, text }) => block.own && text.isStuffed(wanted))?.block;
    if (passage)
      return [{ query, where: passage.span, figures: `again and again in one passage: ${shown(passage.text, 120)}` }];
    const slots = [
      ...page.titles.map(({ text, span }) => ({ text, span, most: 1, what: 'the title' })),
      ...page.descriptions.map(({ text, span }) => ({ text, span, most: 2, what: 'the description' })),
      ...page.images.map(({ alt, span }) => ({ text: alt ?? '', span, most: 1, what: 'one text alternative' })),
    ];
    const full = slots.find(({ text, most }) => densityOf(text, query.query, stemmer).mentions > most);
    return full ? [{ query, where: full.span, figures: `more than ${full.most} time(s) in ${full.what}` }] : [];
  });
}
