import { createHash } from 'node:crypto';
import type { SourceContent } from '#ingestion';
import { random, seedOf } from '../growth/random.ts';

export type Kind = 'text' | 'markdown' | 'csv';

export const ENDING: Readonly<Record<Kind, string>> = { text: 'txt', markdown: 'md', csv: 'csv' };
const PIECE = 64 * 1_024;

const pick = <T>(items: readonly T[], next: () => number): T => items[Math.floor(next() * items.length)]!;
const NAMES = ['Ada', 'Ben', 'Cora', 'Dan', 'Eva', 'Finn', 'Gus', 'Hana', 'Ivo', 'Jana', 'Karl', 'Lena'];
const FAMILIES = ['Miller', 'Novak', 'Olsen', 'Peters', 'Quinn', 'Rossi', 'Schmidt', 'Turner', 'Urban', 'Vogel'];
const PLACES = ['Berlin', 'Vienna', 'Oslo', 'Lisbon', 'Dublin', 'Prague', 'Turin', 'Lyon'];
const THINGS = ['rota', 'invoice', 'contract', 'claim', 'shift', 'delivery', 'training', 'report', 'visit', 'order'];
const VERBS = ['costs', 'needs', 'requires', 'covers', 'includes', 'takes'];

function sentence(next: () => number, at: number): string {
  const person = `${pick(NAMES, next)} ${pick(FAMILIES, next)}`;
  const number = Math.floor(next() * 900) + 10;
  return pick(
    [
      `The ${pick(THINGS, next)} number ${at} ${pick(VERBS, next)} ${number} EUR and a signature.`,
      `On ${1 + Math.floor(next() * 28)} March 2026 ${person} met the supplier in ${pick(PLACES, next)} about ${pick(THINGS, next)} ${number}.`,
      `Each ${pick(THINGS, next)} of the team in ${pick(PLACES, next)} is checked ${number} times before it leaves the house.`,
      `When a ${pick(THINGS, next)} comes late, ${person} writes to the office and asks for another one.`,
    ],
    next,
  );
}

function block(kind: Kind, next: () => number, at: number): string {
  if (kind === 'csv')
    return `${pick(THINGS, next)}-${at},${pick(NAMES, next)} ${pick(FAMILIES, next)},${pick(PLACES, next)},${Math.floor(next() * 9_000)},"${sentence(next, at)}"\n`;
  const paragraph = Array.from({ length: 5 }, (_, line) => sentence(next, at * 5 + line)).join(' ');
  const heading = kind === 'markdown' && at % 6 === 0 ? `## Part ${at}\n\n` : '';
  return `${heading}${paragraph}\n\n`;
}

/** So many bytes of a file of this kind, made as they are read: the same for the same seed, never whole in memory. */
export function* bytesOf(kind: Kind, bytes: number, seed: number): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  const next = random(seedOf(seed, 30, bytes));
  let text = kind === 'csv' ? 'item,contact,city,amount,note\n' : kind === 'markdown' ? '# Handbook\n\n' : '';
  let written = 0;
  for (let at = 0; written < bytes; at++) {
    text += block(kind, next, at);
    if (text.length < PIECE && written + text.length < bytes) continue;
    yield encoder.encode(text);
    written += text.length;
    text = '';
  }
}

export function contentOf(kind: Kind, size: number, seed: number): SourceContent {
  const hash = createHash('sha256');
  let bytes = 0;
  for (const piece of bytesOf(kind, size, seed)) {
    hash.update(piece);
    bytes += piece.byteLength;
  }
  return { bytes, sha256: hash.digest('hex'), open: () => streamOf(kind, size, seed) };
}

export async function* streamOf(kind: Kind, size: number, seed: number): AsyncGenerator<Uint8Array> {
  yield* bytesOf(kind, size, seed);
}
