import { EXPRESSION_LIMITS, type ExpressionProblem } from './ast.ts';

export interface Token {
  readonly kind: 'number' | 'text' | 'word' | 'sign' | 'end';
  readonly text: string;
  readonly at: number;
}

/** Thrown inside the parser only; `parseExpression` turns it into a value. */
export class ExpressionSyntaxError extends Error {
  readonly problem: ExpressionProblem;

  constructor(problem: ExpressionProblem) {
    super(problem.what);
    this.problem = problem;
  }
}

const PATTERN =
  /\s+|(?<number>\d+(?:\.\d+)?(?![\w.]))|(?<text>"(?:[^"\\]|\\["\\])*"|'(?:[^'\\]|\\['\\])*')|(?<word>[A-Za-z_][A-Za-z0-9_]*)|(?<sign>==|!=|<=|>=|&&|\|\||[<>=!+\-*/%(),.[\]])/y;

/** Signs of other languages, and how the same is said here. */
const FOREIGN: Readonly<Record<string, string>> = {
  '&&': '"and"',
  '||': '"or"',
  '!': '"not"',
  '=': '"==" to compare',
  '%': 'a number between 0 and 1 for a share; there is no remainder',
};

export function tokenize(text: string): Token[] {
  if (text.length > EXPRESSION_LIMITS.maxLength) {
    throw new ExpressionSyntaxError({
      at: EXPRESSION_LIMITS.maxLength,
      what: `the expression is ${text.length} characters long`,
      expected: `at most ${EXPRESSION_LIMITS.maxLength}; write a validator instead`,
    });
  }
  const tokens: Token[] = [];
  PATTERN.lastIndex = 0;
  while (PATTERN.lastIndex < text.length) {
    const at = PATTERN.lastIndex;
    const match = PATTERN.exec(text);
    if (!match) throw new ExpressionSyntaxError(unreadable(text, at));
    const groups = match.groups ?? {};
    if (groups.number !== undefined) tokens.push({ kind: 'number', text: groups.number, at });
    else if (groups.text !== undefined)
      tokens.push({ kind: 'text', text: groups.text.slice(1, -1).replace(/\\(.)/g, '$1'), at });
    else if (groups.word !== undefined) tokens.push({ kind: 'word', text: groups.word, at });
    else if (groups.sign !== undefined) {
      const instead = FOREIGN[groups.sign];
      if (instead)
        throw new ExpressionSyntaxError({ at, what: `"${groups.sign}" is not known here`, expected: instead });
      tokens.push({ kind: 'sign', text: groups.sign, at });
    }
  }
  tokens.push({ kind: 'end', text: '', at: text.length });
  return tokens;
}

function unreadable(text: string, at: number): ExpressionProblem {
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if (character === '"' || character === "'")
    return { at, what: 'a text without its closing quote', expected: character };
  if (/\d/.test(character))
    return { at, what: `"${/^[\w.]+/.exec(text.slice(at))?.[0]}" is not a number`, expected: 'a number such as 0.8' };
  return { at, what: `"${character}" has no meaning in an expression` };
}
