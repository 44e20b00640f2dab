import type { Column } from '../lead-scoring/types.ts';
import { bareNumber, type DecimalMark, decimalVote, parseNumber } from '../lead-scoring/values.ts';

/** So many of the cells that say something must be numbers for a column to be one of amounts. */
const MOSTLY = 0.95;

/** The first of these columns that holds amounts, by row; few different ones are amounts too. NaN where there is none. */
export function amountsOf(columns: readonly Column[]): ArrayLike<number> | undefined {
  for (const { kind, numbers, texts } of columns) {
    const found = kind === 'number' ? numbers : kind === 'date' ? undefined : readAmounts(texts);
    if (found) return found;
  }
  return undefined;
}

function readAmounts(texts: readonly string[]): number[] | undefined {
  const bares = texts.map((text) => (text === '' ? undefined : bareNumber(text)));
  const told = bares.filter((bare) => bare !== undefined);
  if (told.length === 0 || told.length < MOSTLY * texts.filter((text) => text !== '').length) return undefined;
  const votes = new Set(told.flatMap((bare) => decimalVote(bare) ?? []));
  // Two marks in one column: neither reading is sure, and a wrong one would be wrong by a thousand.
  if (votes.size > 1) return undefined;
  const [vote] = votes;
  const mark = vote ?? groupedBy(told);
  return bares.map((bare) => (bare === undefined ? Number.NaN : parseNumber(bare, mark)));
}

/** Without a proof, three digits behind a mark are thousands: amounts have two decimals or none. */
function groupedBy(bares: readonly string[]): DecimalMark {
  return bares.some((bare) => /\.\d{3}$/.test(bare)) ? ',' : '.';
}
