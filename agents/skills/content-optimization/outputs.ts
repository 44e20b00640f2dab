import type { Json, SkillContext } from '../handler.ts';
import { shown } from '../text/shown.ts';
import type { SourceText } from './edits.ts';
import type { Optimised, Placed } from './optimise.ts';
import type { Practices } from './practices.ts';
import { type Part, WEIGHTS } from './score.ts';
import { widthOf } from './title-width.ts';
import { Vocabulary } from './words.ts';

export interface Context {
  readonly source: SourceText;
  readonly practices: Practices;
}

/** Faults before notices, then by place. */
export function inReadingOrder(findings: readonly Placed[]): Placed[] {
  const rank = ({ severity, at }: Placed) => (severity === 'fault' ? 0 : 1e9) + (at?.start ?? 5e8);
  return [...findings].sort((left, right) => rank(left) - rank(right));
}

/** More of one kind than anybody reads are left out; the note says how many. */
const MOST_OF_A_KIND = 50;

export function leftOut({ findings }: Optimised): string | undefined {
  const shown = firstOfEachKind(findings).length;
  return shown === findings.length
    ? undefined
    : `Of ${findings.length} suggestions the first ${MOST_OF_A_KIND} of each kind are listed (${shown}).`;
}

function firstOfEachKind(findings: readonly Placed[]): Placed[] {
  const counts = new Map<string, number>();
  return inReadingOrder(findings).filter(({ kind }) => {
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    return count <= MOST_OF_A_KIND;
  });
}

export function suggestionList({ findings }: Optimised, { source, practices }: Context): Json {
  return firstOfEachKind(findings).map((finding): Json => {
    const { kind, severity, at, before, after, inDiff, reason } = finding;
    const place = at ? source.placeOf(at.start) : null;
    return {
      kind,
      severity,
      line: place?.line ?? null,
      column: place?.column ?? null,
      before,
      after,
      in_diff: inDiff,
      reason,
      knowledge: [...practices.pathsFor(finding)],
    };
  });
}

export function titleAndDescription({ subject, after }: Optimised): Json {
  const [was, is] = [subject.page, after.page];
  const title = is.titles[0]?.text ?? '';
  const description = is.descriptions[0]?.text ?? '';
  return {
    title: title === '' ? null : shown(title),
    title_before: was.titles[0]?.text ? shown(was.titles[0].text) : null,
    title_px: widthOf(title),
    description: description === '' ? null : shown(description, 1_000),
    description_before: was.descriptions[0]?.text ? shown(was.descriptions[0].text, 1_000) : null,
    description_characters: description.length,
  };
}

/** Queries that the page leaves open, with where the client's own sources speak of what is missing. */
export async function unansweredQueries(
  { after }: Optimised,
  context: SkillContext,
): Promise<{ list: Json; chunks: string[] }> {
  const { material, vocabulary, stemmer } = after;
  const chunks: string[] = [];
  const list: Json[] = [];
  for (const { query, origin, impressions } of material.queries) {
    const missing = vocabulary.missing(query);
    if (missing.length === 0) continue;
    const passages = list.length < 10 ? await context.knowledge.passages(query, { limit: 5 }) : [];
    const known = passages.filter(({ text }) => new Vocabulary(text, stemmer).missing(missing.join(' ')).length === 0);
    chunks.push(...known.map(({ id }) => id));
    list.push({
      query: shown(query),
      origin,
      impressions,
      missing_words: missing.map((word) => shown(word)),
      known_in: known.map(({ id, sourceName, line, page }) => ({ chunk: id, source: shown(sourceName), line, page })),
    });
  }
  return { list, chunks };
}

export function scoreTable({ parts, score }: Optimised): Json {
  const rows = Object.entries(parts.before) as Array<[Part, number]>;
  const round = (value: number) => Math.round(value * 100) / 100;
  return {
    before: score.before,
    after: score.after,
    parts: rows.map(([part, before]) => ({
      part,
      weight: WEIGHTS[part],
      before: round(before),
      after: round(parts.after[part] ?? 1),
    })),
  };
}

export function readabilityFigures({ subject, after }: Optimised): Json {
  const found = subject.readability;
  if (!found) return null;
  const { formula, index, wordsPerSentence, schoolYears } = found;
  return {
    language: subject.language,
    formula,
    index,
    index_after: after.readability?.index ?? null,
    words_per_sentence: wordsPerSentence,
    school_years: schoolYears,
  };
}
