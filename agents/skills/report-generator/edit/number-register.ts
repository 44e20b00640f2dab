import type { Piece } from './pieces.ts';

/** An entry of the list of sources that a mark leads to. */
export interface Target {
  readonly number: number;
  /** Written by the person who edits. */
  readonly isOwn: boolean;
}

type NumberPiece = Extract<Piece, { kind: 'number' }>;
/** What stands between marks. */
export type Said = Exclude<Piece, { kind: 'mark' }>;
type Mark = Extract<Piece, { kind: 'mark' }>;

/**
 * Which number may stand with which mark. A number belongs to the first mark after it in its paragraph, item or cell. With
 * a mark of the report it must be one that the report printed with that mark, each as often as it was printed there; a mark
 * of the person's own takes all numbers since the mark before it. What has no source is kept as a problem.
 */
export class NumberRegister {
  readonly problems: string[] = [];
  /** Numbers as the report printed them before a mark, by its label. */
  readonly #printed = new Map<string, string[][]>();
  readonly #targets: ReadonlyMap<string, Target>;

  constructor(targets: ReadonlyMap<string, Target>) {
    this.#targets = targets;
  }

  /** Takes up what the report said before it was edited. */
  learn(pieces: readonly Piece[]): void {
    for (const { before, mark } of groups(pieces)) {
      if (!mark) continue;
      const known = this.#printed.get(mark.label) ?? [];
      known.push(before.filter(isNumber).map(normal));
      this.#printed.set(mark.label, known);
    }
  }

  /** Marks must have their entries, also in what was not edited. */
  requireEntries(pieces: readonly Piece[]): void {
    for (const piece of pieces) {
      if (piece.kind === 'mark' && !this.#targets.has(piece.label)) this.#missing(piece);
    }
  }

  /** Numbers of the pieces before a mark that may stand with it; the others become problems. */
  sourced(before: readonly Said[], mark: Mark | undefined): { target?: Target; numbers: ReadonlySet<Said> } {
    const numbers = before.filter(isNumber);
    const target = mark && this.#targets.get(mark.label);
    if (target?.isOwn) return { target, numbers: new Set(numbers) };
    if (mark && !target) {
      this.#missing(mark);
      return { numbers: new Set() };
    }
    const printed = (mark && this.#printed.get(mark.label)) ?? [];
    const best = printed
      .map((known) => covered(numbers, known))
      .reduce((most, one) => (one.size > most.size ? one : most), new Set<NumberPiece>());
    for (const number of numbers) {
      if (best.has(number)) continue;
      const why = mark ? `stands with [^${mark.label}], from which the report has no such number` : 'has no source';
      this.problems.push(`line ${number.line}: ${number.text} ${why}`);
    }
    return { ...(target ? { target } : {}), numbers: best };
  }

  #missing({ line, label }: Mark): void {
    this.problems.push(`line ${line}: [^${label}] has no entry in the list of sources`);
  }
}

/** Pieces up to each mark, and behind the last one. */
export function* groups(pieces: readonly Piece[]): Generator<{ before: readonly Said[]; mark?: Mark }> {
  let before: Said[] = [];
  for (const piece of pieces) {
    if (piece.kind !== 'mark') before.push(piece);
    else {
      yield { before, mark: piece };
      before = [];
    }
  }
  yield { before };
}

/** From the mark backwards, each number is looked for before the one that was found last. */
function covered(numbers: readonly NumberPiece[], known: readonly string[]): Set<NumberPiece> {
  const found = new Set<NumberPiece>();
  let end = known.length;
  for (const number of numbers.toReversed()) {
    const wanted = normal(number);
    // "rose by 110" says what the report has as +110; the other sign is another number.
    const at = known.slice(0, end).findLastIndex((one) => one === wanted || one.replace(/^[+-]/, '') === wanted);
    if (at < 0) continue;
    found.add(number);
    end = at;
  }
  return found;
}

const isNumber = (piece: Said): piece is NumberPiece => piece.kind === 'number';

const normal = ({ text }: NumberPiece): string =>
  text
    .replace(/^[\u2212\u2013]/u, '-')
    .replaceAll(/\s/gu, '')
    .toLowerCase();
