import { Chunk, Entity, Knowledge, type NodeOf, type UnitOfWork } from '#graph-schema';
import { derivedId, nameKey } from '#platform';
import { type ExtractionOptions, extract, type Mention } from '../domain/extraction.ts';
import { bandsOf, NEARLY_EQUAL, similarity } from '../domain/near-duplicates.ts';
import type { IdentifiedPassage, Passage } from '../domain/passage.ts';
import { batched } from './context.ts';

export interface SourceWriting {
  readonly unit: UnitOfWork;
  readonly scope: string;
  readonly source: string;
  readonly revision: number;
}

export interface PlacedPassage extends Passage {
  readonly id: string;
  /** Whether no reader knew it before. */
  readonly fresh: boolean;
}

/** A passage that said the same before, was gone and is back again is a new node each time: its past stays true. */
const MAX_RETURNS = 1_000;

/**
 * Writes passages of a revision: those held already keep their node and only move, new ones are made, hidden when asked
 * for. Doing it again changes nothing.
 */
export async function placePassages(
  { unit, scope, source, revision }: SourceWriting,
  passages: readonly IdentifiedPassage[],
  hidden: boolean,
): Promise<PlacedPassage[]> {
  const placed: PlacedPassage[] = [];
  let open = passages.map((passage) => ({ passage, times: 0 }));
  while (open.length > 0) {
    const ids = open.map(({ passage, times }) => idOf(source, passage, times, scope));
    const known = new Map<string, NodeOf<typeof Chunk>>();
    for (const some of batched(ids)) {
      for (const chunk of await unit.list(Chunk, { where: { id: { in: some } }, limit: some.length })) {
        known.set(chunk.id, chunk);
      }
    }
    const again: typeof open = [];
    const moved = new Map<string, IdentifiedPassage>();
    for (const [at, { passage, times }] of open.entries()) {
      const id = ids[at]!;
      const chunk = known.get(id);
      const gone = chunk && chunk.retiredAt !== null && chunk.sourceRevision !== revision;
      if ((gone || chunk?.erasedAt) && times < MAX_RETURNS) again.push({ passage, times: times + 1 });
      else if (!chunk) {
        unit.create(Chunk, { id, scope, ...valuesOf(passage, revision), ...madeAt(unit.now, hidden) });
        unit.relate(Chunk, 'source', id, source);
        placed.push({ ...passage, id, fresh: true });
      } else {
        moved.set(id, passage);
        placed.push({ ...passage, id, fresh: false });
      }
    }
    await unit.updateAll(Chunk, [...moved.keys()], ({ id }) => placeOf(moved.get(id)!, revision));
    open = again;
  }
  return placed;
}

const madeAt = (now: number, hidden: boolean) => (hidden ? { recordedAt: now, retiredAt: now } : { recordedAt: now });

function idOf(source: string, { contentHash, occurrence }: IdentifiedPassage, times: number, scope: string): string {
  return derivedId(scope, source, 'passage', contentHash, String(occurrence), String(times));
}

function placeOf({ position, startOffset, endOffset, page, line }: IdentifiedPassage, revision: number) {
  return { position, startOffset, endOffset, page: page ?? null, line: line ?? null, sourceRevision: revision };
}

function valuesOf(passage: IdentifiedPassage, revision: number) {
  const { kind, text, headings, language, contentHash } = passage;
  const bands = kind === 'prose' ? bandsOf(text) : undefined;
  return { kind, text, headings, language, contentHash, ...placeOf(passage, revision), ...bands };
}

export interface Described {
  readonly entities: number;
  readonly facts: readonly string[];
}

export interface DescribeOptions extends Omit<ExtractionOptions, 'names'> {
  readonly entityPassages: number;
  readonly factPassages: number;
  readonly factRowPassages: number;
}

/** Writes the entities and facts of passages that readers see now, and marks what is nearly the same as elsewhere. */
export async function describePassages(
  writing: SourceWriting,
  passages: readonly PlacedPassage[],
  options: DescribeOptions,
): Promise<Described> {
  const read = passages
    .filter(({ position }) => position < options.entityPassages)
    .map((passage) => {
      const limit = passage.kind === 'rows' ? options.factRowPassages : options.factPassages;
      const maxFacts = passage.position < limit ? options.maxFacts : 0;
      return { passage, ...extract(passage, { ...options, names: true, maxFacts }) };
    });
  const mentions = read.flatMap((one) => one.mentions);
  const entities = await writeEntities(writing, mentions);
  for (const { passage, mentions: said } of read) {
    const { unit, scope } = writing;
    for (const mention of said) {
      unit.relate(Chunk, 'entities', passage.id, entityId(scope, mention), { form: mention.as });
    }
  }
  const facts = await writeFacts(writing, read);
  await markNearDuplicates(writing, passages);
  return { entities, facts };
}

const entityId = (scope: string, { kind, key }: Mention) => derivedId(scope, 'entity', kind, key);

async function writeEntities({ unit, scope }: SourceWriting, mentions: readonly Mention[]): Promise<number> {
  const byId = new Map<string, Mention[]>();
  for (const mention of mentions) {
    const id = entityId(scope, mention);
    byId.set(id, [...(byId.get(id) ?? []), mention]);
  }
  for (const ids of batched([...byId.keys()])) {
    const known = new Map(
      (await unit.list(Entity, { where: { id: { in: ids } }, limit: ids.length })).map((entity) => [entity.id, entity]),
    );
    const grown = new Map<string, { aliases: string[]; confidence: number }>();
    for (const id of ids) {
      const said = byId.get(id)!;
      const confidence = Math.max(...said.map((mention) => mention.confidence));
      const entity = known.get(id);
      const name = entity?.name ?? said[0]!.as;
      const aliases = [...new Set([...(entity?.aliases ?? []), ...said.map(({ as }) => as)])]
        .filter((alias) => alias !== name)
        .slice(0, 50);
      if (!entity) {
        unit.create(Entity, { id, scope, name, kind: said[0]!.kind, aliases, confidence });
      } else if (aliases.length > entity.aliases.length || confidence > (entity.confidence ?? 1)) {
        grown.set(id, { aliases, confidence: Math.max(confidence, entity.confidence ?? 0) });
      }
    }
    await unit.updateAll(Entity, [...grown.keys()], ({ id }) => grown.get(id));
  }
  return byId.size;
}

type Read = { readonly passage: PlacedPassage } & ReturnType<typeof extract>;

async function writeFacts({ unit, scope, source }: SourceWriting, read: readonly Read[]): Promise<string[]> {
  const wanted = new Map<string, Array<{ one: Read; fact: Read['facts'][number] }>>();
  for (const one of read) {
    for (const fact of one.facts) {
      const id = derivedId(scope, 'fact', ...contextOf(one.passage), ...triple(fact), nameKey(fact.value));
      wanted.set(id, [...(wanted.get(id) ?? []), { one, fact }]);
    }
  }
  for (const ids of batched([...wanted.keys()])) {
    const known = new Set(
      (await unit.list(Knowledge, { where: { id: { in: ids } }, limit: ids.length })).map(({ id }) => id),
    );
    // The lock keeps a closing elsewhere from overlooking the passage that states it here.
    await unit.updateAll(Knowledge, [...known], (now) =>
      now.retiredAt === null ? {} : { retiredAt: null, validTo: null },
    );
    for (const id of ids) {
      const [{ one, fact }] = wanted.get(id)! as [{ one: Read; fact: Read['facts'][number] }];
      if (!known.has(id)) createFact(unit, { id, scope, one, fact });
      unit.relate(Knowledge, 'sources', id, source);
      for (const { one: from, fact: stated } of wanted.get(id)!) {
        unit.relate(Knowledge, 'chunks', id, from.passage.id);
        const about = stated.about.map((index) => entityId(scope, from.mentions[index]!));
        if (about.length > 0) unit.relate(Knowledge, 'entities', id, about);
      }
    }
  }
  return [...wanted.keys()];
}

function createFact(
  unit: UnitOfWork,
  { id, scope, one, fact }: { id: string; scope: string; one: Read; fact: Read['facts'][number] },
): void {
  const { headings, language } = one.passage;
  const place = headings.length > 0 ? ` (${headings.slice(-2).join(' › ')})` : '';
  unit.create(Knowledge, {
    id,
    scope,
    kind: 'fact',
    title: `${fact.subject}: ${fact.predicate}`.slice(0, 500),
    text: `${fact.text}${place}`,
    subject: fact.subject.slice(0, 500),
    predicate: fact.predicate.slice(0, 200),
    value: fact.value.slice(0, 2_000),
    factKey: derivedId(scope, 'fact-key', ...contextOf(one.passage), ...triple(fact)),
    confidence: fact.confidence,
    importance: 0.5,
    language,
    recordedAt: unit.now,
  });
}

/** "Limit" of "Breakfast" is one thing under "Expenses" and another under "Menu". */
const contextOf = ({ headings }: Passage) => [headings.map(nameKey).join('>')];
const triple = ({ subject, predicate }: { subject: string; predicate: string }) => [
  nameKey(subject),
  nameKey(predicate),
];

const MAX_NEAR = 5;

async function markNearDuplicates({ unit, scope }: SourceWriting, passages: readonly PlacedPassage[]): Promise<void> {
  const keyed = passages.flatMap((passage) => {
    const bands = passage.kind === 'prose' ? bandsOf(passage.text) : undefined;
    return bands ? [{ passage, bands }] : [];
  });
  if (keyed.length === 0) return;
  const candidates = new Map<string, NodeOf<typeof Chunk>>();
  for (const band of ['band0', 'band1', 'band2', 'band3'] as const) {
    const keys = [...new Set(keyed.map(({ bands }) => bands[band]))];
    for (const some of batched(keys)) {
      const where = { [band]: { in: some }, retiredAt: { isNull: true } };
      for (const chunk of await unit.list(Chunk, { where, limit: 1_000 })) {
        if (chunk.scope === scope) candidates.set(chunk.id, chunk);
      }
    }
  }
  const done = new Set<string>();
  for (const { passage, bands } of keyed) {
    done.add(passage.id);
    const near = [...candidates.values()]
      .filter((chunk) => !done.has(chunk.id))
      .filter((chunk) => Object.entries(bands).some(([band, key]) => chunk[band as keyof typeof bands] === key))
      .map((chunk) => ({ id: chunk.id, share: similarity(passage.text, chunk.text) }))
      .filter(({ share }) => share >= NEARLY_EQUAL)
      .sort((a, b) => b.share - a.share);
    for (const { id, share } of near.slice(0, MAX_NEAR)) {
      unit.relate(Chunk, 'nearDuplicates', passage.id, id, { similarity: share });
    }
  }
}
