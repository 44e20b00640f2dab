import { type Detector, type FindingKind, nameKey } from '#platform';
import type { Fact } from './fact.ts';
import type { Passage } from './passage.ts';
import { keyValueFacts, statementFacts } from './statement-facts.ts';
import { kindOfColumn, looksLikeName, rowFacts, sheetRows, type TableCell, tableRows } from './table-facts.ts';

/** Raised when extraction would find something else in the same text: sources of an older version are read again. */
export const PIPELINE_VERSION = 1;

export type EntityKind =
  | 'person'
  | 'organisation'
  | 'place'
  | 'product'
  | 'date'
  | 'money'
  | 'email'
  | 'phone'
  | 'url'
  | 'term';

export interface Mention {
  readonly kind: EntityKind;
  /** Equal keys of one kind are one entity of the tenant. */
  readonly key: string;
  /** The words used. */
  readonly as: string;
  readonly confidence: number;
}

export interface ExtractedFact extends Fact {
  /** Mentions that it is about, by index. */
  readonly about: readonly number[];
}

export interface Extraction {
  readonly mentions: readonly Mention[];
  readonly facts: readonly ExtractedFact[];
}

export interface ExtractionOptions {
  readonly detector: Detector;
  /** Title of the document, or its name. */
  readonly title: string;
  readonly names: boolean;
  readonly maxFacts: number;
}

// Numbers of accounts, cards and hosts are personal or secret and no things that passages speak of.
const ENTITY_KINDS: Partial<Record<FindingKind, EntityKind>> = {
  person: 'person',
  organisation: 'organisation',
  place: 'place',
  product: 'product',
  term: 'term',
  date: 'date',
  money: 'money',
  email: 'email',
  phone: 'phone',
  url: 'url',
};
const MAX_NAME = 300;
const MAX_SUBJECT_TERM_WORDS = 6;
const SUBJECT_TERM_CONFIDENCE = 0.6;

/** Entities and facts of one passage, from its own words alone: the same passage always gives the same. */
export function extract(
  passage: Pick<Passage, 'kind' | 'text' | 'headings' | 'language'>,
  { detector, title, names, maxFacts }: ExtractionOptions,
): Extraction {
  const { kind, text, language } = passage;
  if (kind === 'code') return { mentions: [], facts: [] };
  const rows = kind === 'table' ? tableRows(text) : kind === 'rows' ? sheetRows(text) : [];
  const mentions = new Map<string, Mention>();
  const add = (mention: Mention) => {
    if (mention.as.length > MAX_NAME || mention.key === '') return;
    const id = `${mention.kind} ${mention.key}`;
    const known = mentions.get(id);
    if (!known || known.confidence < mention.confidence) mentions.set(id, mention);
  };

  for (const named of namedByColumn(rows)) add(named);
  const byColumn = new Set([...mentions.values()].map(({ key }) => key));
  const prose = kind === 'prose';
  for (const finding of detector.detect(text, { language, names: names && prose })) {
    const entity = ENTITY_KINDS[finding.kind];
    // A day without its year is a different day every year.
    if (!entity || (entity === 'date' && finding.normalised.startsWith('--'))) continue;
    if (!byColumn.has(finding.normalised)) {
      add({ kind: entity, key: finding.normalised, as: finding.text, confidence: finding.confidence });
    }
  }

  const about = passage.headings.at(-1) ?? title;
  const found = (
    prose
      ? [...keyValueFacts(text, about), ...statementFacts(text, language)]
      : rowFacts(rows, kind === 'table' ? 'table' : 'row')
  ).slice(0, maxFacts);
  for (const { subject } of found) {
    const term = termOf(subject);
    const isNamed = [...mentions.values()].some((mention) => mention.key === term || nameKey(mention.as) === term);
    if (term !== '' && !isNamed) add({ kind: 'term', key: term, as: subject, confidence: SUBJECT_TERM_CONFIDENCE });
  }
  const all = [...mentions.values()];
  const facts = found.map((fact) => {
    const term = termOf(fact.subject);
    const words = ` ${nameKey(`${fact.subject} ${fact.text}`)} `;
    const related = all.flatMap((mention, index) =>
      mention.key === term || words.includes(` ${nameKey(mention.as)} `) ? [index] : [],
    );
    return { ...fact, about: related };
  });
  return { mentions: all, facts };
}

/** A subject as a term of its own, without its article; empty when it is a phrase rather than a term. */
function termOf(subject: string): string {
  const bare = subject.replace(/^(?:the|a|an|der|die|das|ein|eine)\s+/i, '');
  return bare.split(/\s+/).length > MAX_SUBJECT_TERM_WORDS ? '' : nameKey(bare);
}

function namedByColumn(rows: readonly TableCell[][]): Mention[] {
  return rows.flatMap((cells) =>
    cells.flatMap(({ column, value }): Mention[] => {
      const kind = kindOfColumn(column);
      if (!kind || !looksLikeName(value, kind)) return [];
      return [{ kind, key: nameKey(value), as: value, confidence: 0.92 }];
    }),
  );
}
