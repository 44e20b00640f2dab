import type { CypherToken } from './cypher-tokens.ts';

type Tokens = readonly CypherToken[];

export interface CypherClause {
  readonly keyword: string;
  readonly start: number;
  /** The first token behind it. */
  readonly end: number;
  /** Brackets around it. */
  readonly depth: number;
  /** Its parts between commas, without ORDER BY and what follows. */
  readonly items: readonly (readonly CypherToken[])[];
  /** The tokens of its WHERE. */
  readonly where: readonly CypherToken[];
}

const CLAUSES = /^(MATCH|OPTIONAL|WITH|RETURN|SET|REMOVE|CREATE|MERGE|DELETE|DETACH|UNWIND|CALL|UNION|FOREACH|ON)$/;
const TAIL = /^(ORDER|SKIP|LIMIT|WHERE)$/;

/** The clauses of a text, those of subqueries included. */
export function clausesOf(tokens: Tokens): readonly CypherClause[] {
  const clauses: CypherClause[] = [];
  tokens.forEach((token, start) => {
    if (!isClause(tokens, start)) return;
    let end = start + 1;
    while (end < tokens.length && tokens[end]!.depth >= token.depth) {
      if (tokens[end]!.depth === token.depth && isClause(tokens, end)) break;
      end += 1;
    }
    const own = tokens.slice(start + 1, end);
    const whereAt = own.findIndex(
      ({ key, kind, depth }) => key === 'WHERE' && kind === 'word' && depth === token.depth,
    );
    const tailAt = own.findIndex(({ key, kind, depth }) => TAIL.test(key) && kind === 'word' && depth === token.depth);
    clauses.push({
      keyword: token.key,
      start,
      end,
      depth: token.depth,
      items: split(own.slice(0, tailAt < 0 ? own.length : tailAt), token.depth),
      where: whereAt < 0 ? [] : own.slice(whereAt + 1),
    });
  });
  return clauses;
}

/** `STARTS WITH` and `ENDS WITH` are no clauses, nor is a word that names a property, a label or a key. */
function isClause(tokens: Tokens, index: number): boolean {
  const token = tokens[index]!;
  if (token.kind !== 'word' || !CLAUSES.test(token.key)) return false;
  const before = tokens[index - 1];
  if (before && /^[.:]$/.test(before.text)) return false;
  return !(token.key === 'WITH' && before !== undefined && /^(STARTS|ENDS)$/.test(before.key));
}

function split(tokens: Tokens, depth: number): readonly (readonly CypherToken[])[] {
  const items: CypherToken[][] = [[]];
  for (const token of tokens) {
    if (token.key === ',' && token.depth === depth) items.push([]);
    else if (token.key !== 'DISTINCT' || token.kind !== 'word') items.at(-1)!.push(token);
  }
  return items;
}

export interface NodePattern {
  readonly variable: string | undefined;
  readonly start: number;
  readonly end: number;
  readonly hasMap: boolean;
}

/** `(n:Label {key: ..})` in MATCH, CREATE and MERGE clauses. */
export function nodePatterns(tokens: Tokens): readonly NodePattern[] {
  const patterns: NodePattern[] = [];
  for (const { keyword, start, end, depth } of clausesOf(tokens)) {
    if (!/^(MATCH|CREATE|MERGE)$/.test(keyword)) continue;
    const whereAt = tokens.findIndex(
      (token, index) => index > start && index < end && token.key === 'WHERE' && token.depth === depth,
    );
    const last = whereAt < 0 ? end : whereAt;
    for (let index = start + 1; index < last; index += 1) {
      const token = tokens[index]!;
      if (token.key !== '(' || token.depth !== depth) continue;
      const first = tokens[index + 1];
      const close = token.closes < 0 ? last : token.closes;
      patterns.push({
        variable: first?.kind === 'word' || first?.kind === 'quoted' ? first.text : undefined,
        start: index,
        end: close,
        hasMap: tokens.slice(index, close).some(({ key, depth: inner }) => key === '{' && inner === depth + 1),
      });
    }
  }
  return patterns;
}

/** Relationships in each connected pattern of MATCH and MERGE clauses; CREATE may make a longer path at once. */
export function countHops(tokens: Tokens): readonly number[] {
  const counts: number[] = [];
  for (const { keyword, items } of clausesOf(tokens)) {
    if (keyword !== 'MATCH' && keyword !== 'MERGE') continue;
    for (const item of items) {
      const base = item[0]?.depth;
      counts.push(item.filter(({ key, depth }) => key === '(' && depth === base).length - 1);
    }
  }
  return counts;
}
