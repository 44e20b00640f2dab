import { clausesOf, countHops, nodePatterns } from './cypher-clauses.ts';
import type { CypherToken } from './cypher-tokens.ts';

export interface CypherRule {
  readonly name: string;
  find(tokens: readonly CypherToken[]): readonly string[];
}

type Tokens = readonly CypherToken[];
const at = (tokens: Tokens, index: number): string => tokens[index]?.key ?? '';
const isName = (token: CypherToken | undefined): boolean => token?.kind === 'word' || token?.kind === 'quoted';

/** A rule that looks at each token with its neighbours. */
function each(name: string, test: (tokens: Tokens, index: number) => string | false): CypherRule {
  return {
    name,
    find: (tokens) => tokens.flatMap((_, index) => test(tokens, index) || []),
  };
}

const TEMPORAL = /^(DATE|DATETIME|LOCALDATETIME|TIME|LOCALTIME|DURATION|TIMESTAMP|POINT|RANDOMUUID|RAND)$/;
const AGGREGATE = /^(COUNT|SUM|AVG|MIN|MAX|STDEV|STDEVP|PERCENTILECONT|PERCENTILEDISC)$/;
const MISSING =
  /^(SHORTESTPATH|ALLSHORTESTPATHS|ISEMPTY|BTRIM|TOINTEGERORNULL|TOFLOATORNULL|TOSTRINGORNULL|TOBOOLEANORNULL|PERCENTILECONT|PERCENTILEDISC)$/;

const isCall = (tokens: Tokens, index: number): boolean =>
  tokens[index]?.kind === 'word' && at(tokens, index + 1) === '(';

export const CYPHER_RULES: readonly CypherRule[] = [
  {
    name: 'one-hop',
    find: (tokens) =>
      countHops(tokens).some((hops) => hops > 1)
        ? ['a pattern has more than one hop; write them comma separated or as MATCH clauses of their own']
        : [],
  },
  each('exists-below', (tokens, index) =>
    at(tokens, index) === 'EXISTS' && tokens[index]!.kind === 'word' && at(tokens, index + 1) === '{'
      ? 'write COUNT { .. } > 0: EXISTS scans the whole relationship type on one engine'
      : false,
  ),
  each('optional-in-call', (tokens, index) =>
    at(tokens, index) === 'OPTIONAL' && tokens[index]!.calls > 0
      ? 'OPTIONAL MATCH inside CALL is a thousand times too slow on one engine; MATCH and aggregate'
      : false,
  ),
  each('collect-subquery', (tokens, index) =>
    at(tokens, index) === 'COLLECT' && at(tokens, index + 1) === '{'
      ? 'COLLECT { .. } does not parse everywhere'
      : false,
  ),
  each('map-projection', (tokens, index) => {
    const next = at(tokens, index + 2);
    const isProjection = isName(tokens[index]) && at(tokens, index + 1) === '{' && (next === '.' || next === '..');
    return isProjection && !/^(CALL|COUNT|EXISTS|COLLECT)$/.test(at(tokens, index))
      ? 'write a map literal with quoted keys'
      : false;
  }),
  {
    name: 'label-expression',
    find: (tokens) =>
      nodePatterns(tokens).flatMap(({ start, end }) =>
        tokens.slice(start, end).some((token, offset) => {
          const inner = start + offset;
          const isOutside = tokens[inner]!.depth === tokens[start]!.depth + 1;
          return isOutside && token.kind === 'sign' && /^[|&!]$/.test(token.text);
        })
          ? ['write n:A OR n:B in WHERE: label expressions do not parse everywhere']
          : [],
      ),
  },
  each('inline-where', (tokens, index) => {
    const open = tokens.findIndex(
      ({ closes }, start) => start < index && closes > index && tokens[start]!.depth === tokens[index]!.depth - 1,
    );
    const isInPattern =
      at(tokens, index) === 'WHERE' && open >= 0 && at(tokens, open) === '(' && at(tokens, open + 1) !== 'MATCH';
    return isInPattern && nodePatterns(tokens).some(({ start }) => start === open)
      ? 'WHERE belongs behind the pattern'
      : false;
  }),
  each('pattern-comprehension', (tokens, index) =>
    at(tokens, index) === '[' &&
    at(tokens, index + 1) === '(' &&
    /^[-<]$/.test(at(tokens, (tokens[index + 1]?.closes ?? -2) + 1)) &&
    tokens
      .slice(index, tokens[index]!.closes)
      .some(({ text, depth }) => text === '|' && depth === tokens[index]!.depth + 1)
      ? 'pattern comprehensions lose order and nulls; use CALL with collect'
      : false,
  ),
  {
    name: 'bare-node',
    find: (tokens) => {
      const nodes = new Set(nodePatterns(tokens).flatMap(({ variable }) => (variable ? [variable] : [])));
      return clausesOf(tokens)
        .filter(({ keyword, depth }) => keyword === 'RETURN' && depth === 0)
        .flatMap(({ items }) => items)
        .filter((item) => item.length > 0 && nodes.has(item[0]!.text) && (item.length === 1 || item[1]!.key === 'AS'))
        .map((item) => `"${item[0]!.text}" is returned as a node; return scalars or maps`);
    },
  },
  {
    name: 'alias',
    find: (tokens) =>
      clausesOf(tokens)
        .filter(({ keyword, depth }) => keyword === 'RETURN' && depth === 0)
        .flatMap(({ items }) => items)
        .filter((item) => item.length > 1 && item.at(-2)?.key !== 'AS')
        .map(() => 'every returned column needs an alias: engines name it differently'),
  },
  each('return-all', (tokens, index) =>
    /^(RETURN|WITH)$/.test(at(tokens, index)) && at(tokens, index + 1) === '*'
      ? 'name the columns: their order differs'
      : false,
  ),
  each('skip-limit', (tokens, index) => {
    if (!/^(SKIP|LIMIT)$/.test(at(tokens, index)) || tokens[index]!.kind !== 'word') return false;
    const value = tokens[index + 1];
    const isPlain = value?.kind === 'parameter' || (value?.kind === 'number' && /^\d+$/.test(value.text));
    const next = tokens[index + 2];
    const isAlone = next === undefined || next.kind === 'word' || next.text === '}' || next.text === ')';
    return isPlain && isAlone ? false : `${at(tokens, index)} takes one literal or parameter`;
  }),
  each('list-plus', (tokens, index) => {
    const isList = at(tokens, index) === ']' && at(tokens, index + 1) === '+';
    const isHop = /^[->]$/.test(at(tokens, index + 1));
    return isList && !isHop && at(tokens, index + 2) !== '[' && tokens[index + 2]?.kind !== 'parameter'
      ? 'write list + [element]'
      : false;
  }),
  each('temporal', (tokens, index) =>
    isCall(tokens, index) && TEMPORAL.test(at(tokens, index)) && at(tokens, index - 1) !== '.'
      ? `${tokens[index]!.text}() differs; times, ids and chance come from the application as parameters`
      : false,
  ),
  each('missing-function', (tokens, index) =>
    isCall(tokens, index) && MISSING.test(at(tokens, index))
      ? `${tokens[index]!.text}() is not on both engines`
      : false,
  ),
  each('aggregate-inside', (tokens, index) => {
    if (!isCall(tokens, index) || !AGGREGATE.test(at(tokens, index))) return false;
    const isInside = tokens.some(({ closes, kind, key }, open) => {
      if (kind !== 'sign' || open >= index || closes <= index) return false;
      return key === '[' || (key === '{' && isMap(tokens, open));
    });
    return isInside ? 'aggregate in WITH .. AS x, then use x: not inside a map or list' : false;
  }),
  each('sum', (tokens, index) => {
    if (!isCall(tokens, index) || at(tokens, index) !== 'SUM') return false;
    const alias = tokens[index + 1]!.closes + 1;
    return at(tokens, alias) === 'AS' &&
      tokens.some(
        (token, later) =>
          later > alias + 1 && token.key === 'COALESCE' && at(tokens, later + 2) === at(tokens, alias + 1),
      )
      ? false
      : 'sum() of nothing is null on one engine: WITH sum(x) AS s, then coalesce(s, 0)';
  }),
  each('null-in-map', (tokens, index) => {
    if (at(tokens, index) !== 'NULL' || at(tokens, index - 1) !== ':') return false;
    return nodePatterns(tokens).some(({ start, end }) => start < index && index < end)
      ? 'a literal null in a pattern matches on one engine; use IS NULL or a parameter'
      : false;
  }),
  each('unbounded', (tokens, index) => {
    if (at(tokens, index) !== '*' || tokens[index - 1] === undefined) return false;
    const open = tokens.findIndex(({ closes, key }, start) => key === '[' && start < index && closes > index);
    if (open < 0 || !/^[-]$/.test(at(tokens, open - 1))) return false;
    const close = tokens[open]!.closes;
    const range = tokens.slice(index + 1, close).map(({ text }) => text);
    const isBounded = /^\d+$/.test(range.at(-1) ?? '') && (range.length === 1 || range.includes('..'));
    return isBounded ? false : 'a variable-length pattern needs an upper bound';
  }),
  each('regular-expression', (tokens, index) =>
    at(tokens, index) === '=~' ? 'patterns differ between engines' : false,
  ),
  each('call-with', (tokens, index) =>
    at(tokens, index) === 'CALL' && at(tokens, index + 1) === '{' ? 'write CALL (variables) { .. }' : false,
  ),
  each('delete-detached', (tokens, index) => {
    if (at(tokens, index) !== 'DELETE' || at(tokens, index - 1) === 'DETACH') return false;
    const nodes = nodePatterns(tokens).map(({ variable }) => variable);
    return nodes.includes(tokens[index + 1]?.text) ? 'delete nodes with DETACH DELETE' : false;
  }),
  {
    name: 'key-map-with-where',
    find: (tokens) =>
      clausesOf(tokens)
        .filter(({ keyword }) => keyword === 'MATCH')
        .flatMap(({ start, end, where }) => {
          const keyed = nodePatterns(tokens).filter((node) => node.start > start && node.start < end && node.hasMap);
          const tested = new Set(
            where.filter((_, index) => /^[.:]$/.test(where[index + 1]?.key ?? '')).map(({ text }) => text),
          );
          return keyed.some(({ variable }) => variable !== undefined && tested.has(variable))
            ? [
                'with a WHERE on the same node one engine scans: write the key in WHERE too, as (n:Node) WHERE n.id = $id AND ..',
              ]
            : [];
        }),
  },
  {
    name: 'scope-before-set',
    find: (tokens) => {
      const set = tokens.findIndex(({ key, kind }) => key === 'SET' && kind === 'word');
      const scoped = tokens
        .slice(Math.max(set, 0))
        .some(
          (token, index, rest) =>
            token.key === '.' &&
            rest[index + 1]?.text === 'scope' &&
            /^(IN|STARTS|=)$/.test(rest[index + 2]?.key ?? ''),
        );
      const isFirst = set >= 0 && clausesOf(tokens).some(({ keyword, start }) => keyword === 'MATCH' && start < set);
      return isFirst && scoped && !hasWritingPartner(tokens, set)
        ? ['the scope predicate stands behind a SET: it must come before the first one']
        : [];
    },
  },
  {
    name: 'lock-first',
    find: (tokens) => {
      const clauses = clausesOf(tokens);
      return clauses
        .filter(({ keyword }) => keyword === 'MATCH')
        .flatMap(({ end, where }) => {
          const set = clauses.find(({ keyword, start }) => keyword === 'SET' && start === end);
          if (!set || set.items.every((item) => item[1]?.key === '.' && item[2]?.text === 'lock')) return [];
          return comparedProperties(where).map(
            (name) => `${name} is compared before a SET without a lock: SET n.lock first, then compare in WITH n WHERE`,
          );
        });
    },
  },
];

/** Whether a brace opens a map (and not the body of a subquery). */
function isMap(tokens: Tokens, brace: number): boolean {
  const first = tokens[brace + 1];
  return isName(first) && at(tokens, brace + 2) === ':';
}

/** After a SET another MATCH may begin a new matched node, whose own predicate is then in its place. */
function hasWritingPartner(tokens: Tokens, set: number): boolean {
  return clausesOf(tokens).some(({ keyword, start }) => keyword === 'MATCH' && start > set);
}

/** `n.version` where a WHERE compares it; the key and the scope never change and need no lock. */
function comparedProperties(where: Tokens): readonly string[] {
  return where.flatMap((token, index) => {
    const property = where[index + 2]?.text ?? '';
    const isCompared = where[index + 1]?.key === '.' && /^(=|<>|<|>|<=|>=)$/.test(where[index + 3]?.key ?? '');
    const isVariable = isName(token) && where[index - 1]?.key !== '=';
    return isCompared && isVariable && !/^(id|scope)$/.test(property) ? [`${token.text}.${property}`] : [];
  });
}
