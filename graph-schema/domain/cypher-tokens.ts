/** One token of a Cypher text, with how deep it stands in brackets and in subqueries. */
export interface CypherToken {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'parameter' | 'sign';
  /** Words in the writer's case; quoted names without backticks; signs one by one, but for the joined ones. */
  readonly text: string;
  /** Upper case for words, else the text itself. */
  readonly key: string;
  /** Index of the bracket that closes what this token opens; -1 otherwise. */
  readonly closes: number;
  /** How many CALL blocks are around it. */
  readonly calls: number;
  /** How many COUNT, EXISTS or COLLECT blocks are around it. */
  readonly subqueries: number;
  /** How many brackets of any kind are around it. */
  readonly depth: number;
}

const PATTERN =
  /(?<space>\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)|(?<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(?<quoted>`(?:[^`]|``)*`)|(?<parameter>\$(?:\w+|`[^`]*`))|(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?<word>[A-Za-z_]\w*)|(?<sign>\.\.|<=|>=|<>|=~|\+=|.)/gs;
const OPENING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const SUBQUERY = /^(COUNT|EXISTS|COLLECT)$/;

export function cypherTokens(text: string): readonly CypherToken[] {
  const tokens: Array<{ -readonly [K in keyof CypherToken]: CypherToken[K] }> = [];
  const open: Array<{ index: number; block: 'call' | 'subquery' | undefined }> = [];
  for (const { groups = {} } of text.matchAll(PATTERN)) {
    const found = Object.entries(groups).find(([, value]) => value !== undefined);
    if (!found || found[0] === 'space') continue;
    const kind = found[0] as CypherToken['kind'];
    const value = kind === 'quoted' ? (found[1] as string).slice(1, -1) : (found[1] as string);
    if (kind === 'sign' && /^[)\]}]$/.test(value)) {
      const opener = open.pop();
      if (opener) tokens[opener.index]!.closes = tokens.length;
    }
    tokens.push({
      kind,
      text: value,
      key: kind === 'word' ? value.toUpperCase() : value,
      closes: -1,
      calls: open.filter(({ block }) => block === 'call').length,
      subqueries: open.filter(({ block }) => block === 'subquery').length,
      depth: open.length,
    });
    if (kind === 'sign' && value in OPENING) {
      open.push({ index: tokens.length - 1, block: value === '{' ? blockAt(tokens, tokens.length - 1) : undefined });
    }
  }
  return tokens;
}

/** What a brace opens: the body of `CALL {`, `CALL (a, b) {`, `COUNT {` and its like; else a map. */
function blockAt(tokens: readonly CypherToken[], brace: number): 'call' | 'subquery' | undefined {
  const before = tokens[brace - 1];
  if (before?.kind === 'word' && before.key === 'CALL') return 'call';
  if (before?.kind === 'word' && SUBQUERY.test(before.key)) return 'subquery';
  if (before?.text !== ')') return undefined;
  const opener = tokens.findIndex(({ closes }) => closes === brace - 1);
  return opener > 0 && tokens[opener - 1]?.key === 'CALL' ? 'call' : undefined;
}
