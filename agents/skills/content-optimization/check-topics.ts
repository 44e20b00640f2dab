import { type Pace, wordsOf } from '#platform';
import { shown } from '../text/shown.ts';
import { titleParts } from './proposals.ts';
import type { Subject } from './subject.ts';
import type { Finding, KnownPage } from './types.ts';
import { contentWords, sentencesOf } from './words.ts';

const MOST_TOPICS = 12;
const MOST_QUESTIONS = 12;
/** A question counts as answered when so much of its content words stands on the page. */
const ANSWERED = 0.75;
const LEAST_PAGES = 2;
const LEAST_PASSAGES = 2;
const LEAST_CONFIDENCE = 0.5;

export interface Topics {
  readonly topics: ReadonlyArray<{ readonly name: string; readonly covered: boolean; readonly from: string }>;
  readonly questions: ReadonlyArray<{ readonly text: string; readonly answered: boolean; readonly from: string }>;
}

/** What pages that rank and the client's own knowledge speak of, and whether this page does. */
export async function topicsOf(subject: Subject, pace: Pace): Promise<Topics> {
  const ranking = await rankingTopics(subject, pace);
  const seen = new Set<string>();
  const topics = [...ranking, ...knownItems(subject), ...knownEntities(subject)].filter(({ name }) => {
    const key = contentWords(name, subject.stemmer)
      .map((word) => subject.stemmer.stem(word))
      .join(' ');
    return !seen.has(key) && seen.add(key);
  });
  return { topics, questions: questionsOf(subject) };
}

export async function checkTopics(subject: Subject, pace: Pace): Promise<Finding[]> {
  const { topics, questions } = await topicsOf(subject, pace);
  const open = topics.filter(({ covered }) => !covered).slice(0, MOST_TOPICS);
  const asked = questions.filter(({ answered }) => !answered).slice(0, MOST_QUESTIONS);
  return [
    ...open.map(
      ({ name, from }): Finding => ({
        kind: 'topic-not-covered',
        severity: 'notice',
        at: null,
        before: `nothing about "${shown(name, 80)}"`,
        after: null,
        reason: `${from}. Worth a passage only where the client has something to say about it.`,
        edits: [],
      }),
    ),
    ...asked.map(
      ({ text, from }): Finding => ({
        kind: 'question-not-answered',
        severity: 'notice',
        at: null,
        before: `no answer to "${shown(text, 160)}"`,
        after: null,
        reason: `${from}. The answer takes facts of the client.`,
        edits: [],
      }),
    ),
  ];
}

/** Words and pairs of words that half of the ranking pages use, and at least two of them. */
async function rankingTopics({ material, stemmer, vocabulary }: Subject, pace: Pace): Promise<Topics['topics']> {
  const pages = material.rankingPages.filter(({ text }) => text !== '');
  const least = Math.max(LEAST_PAGES, Math.ceil(pages.length / 2));
  const found = new Map<string, { name: string; pages: number; times: number }>();
  for (const page of pages) {
    for (const [stems, { name, times }] of await termsOf(page, stemmer, pace)) {
      const one = found.get(stems) ?? { name, pages: 0, times: 0 };
      found.set(stems, { name: one.name, pages: one.pages + 1, times: one.times + times });
    }
  }
  const common = [...found]
    .filter(([, { pages: on, times }]) => on >= least && times >= on * 2)
    .sort(
      ([a, left], [b, right]) =>
        right.pages - left.pages || b.split(' ').length - a.split(' ').length || right.times - left.times,
    );
  const kept: Array<[stems: string, name: string, pages: number]> = [];
  for (const [stems, { name, pages: on }] of common) {
    // "Gutter" says nothing beside "gutter cleaning".
    if (kept.some(([other]) => ` ${other} `.includes(` ${stems} `) || ` ${stems} `.includes(` ${other} `))) continue;
    kept.push([stems, name, on]);
    if (kept.length >= MOST_TOPICS * 3) break;
  }
  return kept.map(([, name, on]) => ({
    name,
    covered: vocabulary.missing(name).length === 0,
    from: `${on} of ${pages.length} ranking pages speak of it`,
  }));
}

async function termsOf(
  page: KnownPage,
  stemmer: Subject['stemmer'],
  pace: Pace,
): Promise<ReadonlyMap<string, { name: string; times: number }>> {
  const brand = new Set(titleParts(page.title).slice(1).flatMap(wordsOf));
  const terms = new Map<string, { name: string; times: number }>();
  for (const line of [page.title, ...page.headings, page.text].flatMap((text) => text.split(/[\n.!?;:()]+/))) {
    if (pace.isDue()) await pace.rest();
    const words = wordsOf(line);
    for (let at = 0; at < words.length; at++) {
      for (const length of [1, 2]) {
        const term = words.slice(at, at + length);
        if (term.length < length || !term.every((word) => isTopical(word, stemmer) && !brand.has(word))) continue;
        const stems = term.map((word) => stemmer.stem(word)).join(' ');
        terms.set(stems, { name: terms.get(stems)?.name ?? term.join(' '), times: (terms.get(stems)?.times ?? 0) + 1 });
      }
    }
  }
  return terms;
}

const isTopical = (word: string, stemmer: Subject['stemmer']) =>
  word.length >= 4 && !/\d/.test(word) && !stemmer.isStopWord(word);

/** What the client's knowledge items are called, where they have to do with the queries. */
function knownItems({ material, stemmer, vocabulary }: Subject): Topics['topics'] {
  const asked = new Set(
    material.queries.flatMap(({ query }) => contentWords(query, stemmer).map((word) => stemmer.stem(word))),
  );
  return material.items
    .filter(
      ({ title, path }) =>
        path !== null &&
        /^client\//.test(path) &&
        contentWords(title, stemmer).some((word) => asked.has(stemmer.stem(word))),
    )
    .map(({ title, path }) => ({
      name: title,
      covered: vocabulary.missing(title).length === 0,
      from: `The client's knowledge has it (${path})`,
    }));
}

/**
 * Persons, places, products and terms that several of the passages speak of which the graph holds on the queries: what
 * one of them names may be named in passing. A page covers it by its name or by another one that it goes by.
 */
function knownEntities({ material, vocabulary }: Subject): Topics['topics'] {
  return material.entities
    .filter(({ passages, confidence }) => passages.length >= LEAST_PASSAGES && (confidence ?? 1) >= LEAST_CONFIDENCE)
    .slice(0, MOST_TOPICS)
    .map(({ name, aliases, passages }) => ({
      name,
      covered: [name, ...aliases].some((one) => vocabulary.missing(one).length === 0),
      from: `${passages.length} passages of the client's sources on these queries speak of it`,
    }));
}

/** Headings and sentences that ask something, of ranking pages and of what the graph holds of the client. */
function questionsOf({ material, language, vocabulary, stemmer }: Subject): Topics['questions'] {
  const asked = [
    ...material.rankingPages.flatMap(({ headings, name }) =>
      headings.map((text) => ({ text, from: `${shown(name, 80)} answers it` })),
    ),
    ...material.passages.flatMap(({ headings, text, sourceName }) =>
      [...headings, ...sentencesOf(text.slice(0, 10_000), language)].map((one) => ({
        text: one,
        from: `It stands in ${shown(sourceName, 80)}`,
      })),
    ),
  ];
  const seen = new Set<string>();
  return asked.flatMap(({ text, from }) => {
    const key = contentWords(text, stemmer)
      .map((word) => stemmer.stem(word))
      .sort()
      .join(' ');
    if (!/\?\s*$/.test(text) || text.length > 200 || wordsOf(text).length < 3 || seen.has(key)) return [];
    seen.add(key);
    return [{ text, answered: vocabulary.share(text) >= ANSWERED, from }];
  });
}
