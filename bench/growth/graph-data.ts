import type { CypherRow } from '#graph-schema';
import type { Corpus } from './corpus.ts';
import { random, seedOf } from './random.ts';
import { rangeOf, type Size, TENANTS, tenantOf } from './sizes.ts';

export interface NodeBatch {
  readonly label: string;
  readonly rows: readonly CypherRow[];
}

export interface RelationBatch {
  readonly type: string;
  readonly pairs: ReadonlyArray<{ readonly from: string; readonly to: string }>;
}

const BATCH = 4_000;
const EPOCH = 1_700_000_000_000;

export const idOf = (label: string, index: number): string => `${label}-${String(index).padStart(7, '0')}`;
export const scopeOf = (tenant: number): string => `tenant:${TENANTS[tenant]}`;

type Make = (index: number) => CypherRow;

/** Labels with how many there are and what stands in them. What is left of the nodes are revisions, as a cell keeps. */
function kinds(size: Size, corpus: Corpus): ReadonlyArray<readonly [label: string, count: number, make: Make]> {
  const named = TENANTS.length + size.agents + size.sources + size.entities + size.knowledge;
  const revisions = size.nodes - named - size.chunks - size.outcomes - size.tasks - size.steps;
  const passage: Make = (index) => ({
    ...{ kind: 'prose', text: corpus.text(index), headings: [`Part ${index % 97}`], position: index % 25 },
    ...{ startOffset: 0, endOffset: 400, language: 'en', contentHash: `hash-${index}`, sourceRevision: 1 },
    ...{ recordedAt: EPOCH, band0: `a${index}`, band1: `b${index}`, band2: `c${index}`, band3: `d${index}` },
  });
  return [
    ['Tenant', TENANTS.length, (i) => ({ name: TENANTS[i]!, title: `Client ${i}`, language: 'en' })],
    [
      'Agent',
      size.agents,
      (i) => ({
        ...{ name: `agent-${i}`, role: 'Works for the bench', state: 'paused', ramp: ['supervised'], knowledge: [] },
        restarts: 0,
      }),
    ],
    [
      'Source',
      size.sources,
      (i) => ({
        ...{ name: `file-${i}.md`, title: `File ${i}`, format: 'markdown', contentHash: `source-${i}`, bytes: 12_000 },
        ...{ language: 'en', state: 'active', revision: 1, chunkCount: 25, pipeline: 1 },
      }),
    ],
    ['Chunk', size.chunks, passage],
    ['Entity', size.entities, (i) => ({ name: `Thing ${i}`, kind: 'term', aliases: [], confidence: 0.6 })],
    [
      'Knowledge',
      size.knowledge,
      (i) => ({
        ...{
          kind: 'fact',
          title: `Fact ${i}`,
          text: corpus.text(size.chunks + size.entities + i),
          confidence: 0.8,
          importance: 0.5,
        },
        ...{
          language: 'en',
          recordedAt: EPOCH,
          factKey: `key-${i}`,
          subject: `Thing ${i}`,
          predicate: 'is',
          value: `${i}`,
        },
      }),
    ],
    [
      'Outcome',
      size.outcomes,
      (i) => ({
        ...{
          summary: corpus.text(size.chunks + size.entities + size.knowledge + i),
          output: '{}',
          metrics: '{}',
          notes: [],
        },
        ...{ state: 'delivered', costMicros: 5, deliveredAt: EPOCH },
      }),
    ],
    [
      'Task',
      size.tasks,
      (i) => ({
        ...{ skill: 'answer-from-handbook', state: 'delivered', inputs: '{}', attempt: 1, maxAttempts: 3, steps: 8 },
        ...{
          maxSteps: 50,
          timeoutMs: 60_000,
          costMicros: 10,
          cancelRequested: false,
          assignee: idOf('agent', i % 100),
        },
      }),
    ],
    ['TaskStep', size.steps, (i) => ({ task: idOf('task', i % size.tasks), name: `step-${i}`, result: '{"rows":12}' })],
    [
      'Revision',
      revisions,
      (i) => ({
        ...{ subject: idOf('knowledge', i % size.knowledge), subjectType: 'Knowledge', action: 'updated' },
        ...{ number: 1 + Math.floor(i / size.knowledge), why: 'a file was taken in', erased: false },
        ...{ before: '{"confidence":0.7}', after: '{"confidence":0.8}' },
      }),
    ],
  ];
}

export function* nodesOf(size: Size, corpus: Corpus): Generator<NodeBatch> {
  for (const [label, count, make] of kinds(size, corpus)) {
    for (let at = 0; at < count; at += BATCH) {
      const rows = Array.from({ length: Math.min(BATCH, count - at) }, (_, offset): CypherRow => {
        const index = at + offset;
        const made = EPOCH + ((index * 7_919) % 1_000_003);
        return {
          ...{
            id: idOf(label.toLowerCase(), index),
            scope: scopeOf(label === 'Tenant' ? index : tenantOf(index, count)),
          },
          ...{ createdAt: made, createdBy: 'system:bench', updatedAt: made, version: 1, ...make(index) },
        };
      });
      yield { label, rows };
    }
  }
}

/**
 * Relations within each client. Which entity a passage mentions is far from even, so there are hubs: the most mentioned
 * one of a client stands in some hundredths of all its mentions.
 */
export function* relationsOf(size: Size, seed: number): Generator<RelationBatch> {
  let written = 0;
  function* batched(type: string, pairs: Iterable<{ from: string; to: string }>): Generator<RelationBatch> {
    let batch: Array<{ from: string; to: string }> = [];
    for (const pair of pairs) {
      batch.push(pair);
      written++;
      if (batch.length < BATCH) continue;
      yield { type, pairs: batch };
      batch = [];
    }
    if (batch.length > 0) yield { type, pairs: batch };
  }
  const counts: Readonly<Record<string, number>> = {
    ...{ source: size.sources, chunk: size.chunks, entity: size.entities, knowledge: size.knowledge },
    ...{ outcome: size.outcomes, task: size.tasks, agent: size.agents },
  };
  /** `each` relations from every one to one of its own client, the first of them likelier by `skew`. */
  function* spread(from: string, to: string, { each, skew = 1, salt }: { each: number; skew?: number; salt: number }) {
    for (let index = 0; index < counts[from]!; index++) {
      const next = random(seedOf(seed, salt, index));
      const range = rangeOf(tenantOf(index, counts[from]!), counts[to]!);
      const chosen = new Set<number>();
      while (chosen.size < Math.min(each, range.to - range.from))
        chosen.add(range.from + Math.floor(next() ** skew * (range.to - range.from)));
      for (const other of chosen) yield { from: idOf(from, index), to: idOf(to, other) };
    }
  }
  yield* batched('PART_OF', spread('chunk', 'source', { each: 1, salt: 11 }));
  yield* batched('DERIVED_FROM', spread('knowledge', 'chunk', { each: 2, salt: 12 }));
  yield* batched('DERIVED_FROM', spread('knowledge', 'source', { each: 1, salt: 13 }));
  yield* batched('ABOUT', spread('knowledge', 'entity', { each: 2, skew: 2.5, salt: 14 }));
  yield* batched('CITES', spread('outcome', 'knowledge', { each: 5, salt: 15 }));
  yield* batched('CITES', spread('outcome', 'chunk', { each: 3, salt: 16 }));
  yield* batched('PRODUCED', spread('task', 'outcome', { each: 1, salt: 17 }));
  yield* batched('ASSIGNED_TO', spread('task', 'agent', { each: 1, salt: 18 }));
  yield* batched('USED', spread('task', 'chunk', { each: 5, salt: 19 }));
  const left = size.relationships - written;
  const mentions = spread('chunk', 'entity', { each: Math.ceil(left / size.chunks), skew: 2.5, salt: 20 });
  yield* batched('MENTIONS', take(mentions, left));
}

function* take<T>(items: Iterable<T>, count: number): Generator<T> {
  let given = 0;
  for (const item of items) {
    if (given++ >= count) return;
    yield item;
  }
}
