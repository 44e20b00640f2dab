import { nearestName } from '#platform';
import {
  type BinaryOperator,
  EXPRESSION_LIMITS,
  type Expression,
  type ExpressionProblem,
  FUNCTION_NAMES,
  type FunctionName,
} from './ast.ts';
import { ExpressionSyntaxError, type Token, tokenize } from './tokens.ts';

export type ParsedExpression =
  | { readonly expression: Expression; readonly problem?: undefined }
  | { readonly expression?: undefined; readonly problem: ExpressionProblem };

/**
 * Reads an expression such as `relevance_score > 0.8 and count(reasoning) >= 3`. Binding, loosest first: `or`, `and`,
 * `not`, comparisons (which do not chain), `+ -`, `* /`, unary `-`. Never throws.
 */
export function parseExpression(text: string): ParsedExpression {
  try {
    return { expression: new Parser(tokenize(text)).whole() };
  } catch (error) {
    if (error instanceof ExpressionSyntaxError) return { problem: error.problem };
    throw error;
  }
}

const ARITY: Readonly<Record<FunctionName, readonly [least: number, most: number]>> = {
  count: [1, 2],
  length: [1, 1],
  min: [1, 8],
  max: [1, 8],
  avg: [1, 8],
  sum: [1, 8],
  all: [1, 2],
  any: [1, 2],
};

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Expression {
    const expression = this.#or();
    const rest = this.#peek();
    if (rest.kind !== 'end')
      throw new ExpressionSyntaxError({
        at: rest.at,
        what: `"${rest.text}" after the end of the expression`,
        expected: 'an operator or nothing',
      });
    return expression;
  }

  #or(): Expression {
    return this.#chain(['or'], () => this.#chain(['and'], () => this.#not()));
  }

  #not(): Expression {
    const token = this.#peek();
    if (!this.#take('not')) return this.#comparison();
    return this.#deeper(token, () => ({ type: 'not', operand: this.#not(), at: token.at }));
  }

  #comparison(): Expression {
    const left = this.#sum();
    const operator = this.#comparisonOperator();
    if (!operator) return left;
    const right = this.#sum();
    const again = this.#peek();
    if (this.#comparisonOperator()) {
      throw new ExpressionSyntaxError({
        at: again.at,
        what: 'a second comparison in a row',
        expected: 'two comparisons joined by "and"',
      });
    }
    return { type: 'binary', operator, left, right, at: left.at };
  }

  #comparisonOperator(): BinaryOperator | undefined {
    for (const operator of ['==', '!=', '<=', '>=', '<', '>', 'in'] as const) if (this.#take(operator)) return operator;
    const following = this.#tokens[this.#next + 1];
    if (
      this.#peek().text === 'not' &&
      this.#peek().kind === 'word' &&
      following?.kind === 'word' &&
      following.text === 'in'
    ) {
      this.#next += 2;
      return 'not in';
    }
    return undefined;
  }

  #sum(): Expression {
    return this.#chain(['+', '-'], () => this.#chain(['*', '/'], () => this.#unary()));
  }

  #chain(operators: readonly BinaryOperator[], operand: () => Expression): Expression {
    let left = operand();
    for (let length = 1; ; length += 1) {
      const token = this.#peek();
      const operator = operators.find((candidate) => this.#take(candidate));
      if (!operator) return left;
      // A long chain leans to the left: each link is one level of the tree.
      if (length >= EXPRESSION_LIMITS.maxDepth) throw tooDeep(token);
      left = { type: 'binary', operator, left, right: operand(), at: left.at };
    }
  }

  #unary(): Expression {
    const token = this.#peek();
    if (!this.#take('-')) return this.#primary();
    return this.#deeper(token, () => ({ type: 'negate', operand: this.#unary(), at: token.at }));
  }

  #primary(): Expression {
    const token = this.#peek();
    this.#next += 1;
    if (token.kind === 'number') return { type: 'literal', value: Number(token.text), at: token.at };
    if (token.kind === 'text') return { type: 'literal', value: token.text, at: token.at };
    if (token.kind === 'sign' && token.text === '(') {
      return this.#deeper(token, () => {
        const inner = this.#or();
        this.#expect(')');
        return inner;
      });
    }
    if (token.kind === 'sign' && token.text === '[') {
      return this.#deeper(token, () => ({ type: 'list', items: this.#items(']'), at: token.at }));
    }
    if (token.kind === 'word') return this.#word(token);
    const found = token.kind === 'end' ? 'the expression ends too early' : `"${token.text}" in the wrong place`;
    throw new ExpressionSyntaxError({ at: token.at, what: found, expected: 'a name, a number, a text or "("' });
  }

  #word(token: Token): Expression {
    if (token.text === 'true' || token.text === 'false')
      return { type: 'literal', value: token.text === 'true', at: token.at };
    if (token.text === 'null') return { type: 'literal', value: null, at: token.at };
    if (['and', 'or', 'in', 'not'].includes(token.text)) {
      throw new ExpressionSyntaxError({
        at: token.at,
        what: `"${token.text}" in the wrong place`,
        expected: 'a name, a number or a text',
      });
    }
    if (this.#peek().text === '(' && this.#peek().kind === 'sign') return this.#call(token);
    const path = [token.text];
    while (this.#take('.')) {
      const part = this.#peek();
      if (part.kind !== 'word')
        throw new ExpressionSyntaxError({
          at: part.at,
          what: 'a "." without a name behind it',
          expected: 'a field name',
        });
      this.#next += 1;
      path.push(part.text);
    }
    return { type: 'name', path, at: token.at };
  }

  #call(token: Token): Expression {
    const name = FUNCTION_NAMES.find((candidate) => candidate === token.text);
    if (!name) {
      const nearest = nearestName(token.text, FUNCTION_NAMES);
      throw new ExpressionSyntaxError({
        at: token.at,
        what: `unknown function "${token.text}"`,
        expected: `one of ${FUNCTION_NAMES.join(', ')}`,
        ...(nearest ? { nearest } : {}),
      });
    }
    this.#expect('(');
    const args = this.#deeper(token, () => this.#items(')'));
    const [least, most] = ARITY[name];
    if (args.length < least || args.length > most) {
      const expected = least === most ? `${least}` : `${least} to ${most}`;
      throw new ExpressionSyntaxError({ at: token.at, what: `${name}() with ${args.length} values`, expected });
    }
    return { type: 'call', name, args, at: token.at };
  }

  #items(close: ')' | ']'): Expression[] {
    const items: Expression[] = [];
    if (this.#take(close)) return items;
    do items.push(this.#or());
    while (this.#take(','));
    this.#expect(close);
    return items;
  }

  #deeper<T>(token: Token, inner: () => T): T {
    this.#depth += 1;
    if (this.#depth > EXPRESSION_LIMITS.maxDepth) throw tooDeep(token);
    const result = inner();
    this.#depth -= 1;
    return result;
  }

  #peek(): Token {
    return this.#tokens[Math.min(this.#next, this.#tokens.length - 1)]!;
  }

  #take(text: string): boolean {
    const token = this.#peek();
    if (token.text !== text || (token.kind !== 'sign' && token.kind !== 'word')) return false;
    this.#next += 1;
    return true;
  }

  #expect(text: string): void {
    const token = this.#peek();
    if (this.#take(text)) return;
    const found = token.kind === 'end' ? 'the expression ends too early' : `"${token.text}" in the wrong place`;
    throw new ExpressionSyntaxError({ at: token.at, what: found, expected: `"${text}"` });
  }
}

function tooDeep(token: Token): ExpressionSyntaxError {
  return new ExpressionSyntaxError({
    at: token.at,
    what: 'nested too deeply',
    expected: `at most ${EXPRESSION_LIMITS.maxDepth} levels`,
  });
}
