/** A quality expression as a tree. Plain data: it can be stored, compared and sent. `at` counts UTF-16 units from 0. */
export type Expression =
  | { readonly type: 'literal'; readonly value: number | string | boolean | null; readonly at: number }
  | { readonly type: 'list'; readonly items: readonly Expression[]; readonly at: number }
  | { readonly type: 'name'; readonly path: readonly string[]; readonly at: number }
  | { readonly type: 'call'; readonly name: FunctionName; readonly args: readonly Expression[]; readonly at: number }
  | { readonly type: 'not' | 'negate'; readonly operand: Expression; readonly at: number }
  | BinaryExpression;

export interface BinaryExpression {
  readonly type: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
  readonly at: number;
}

export type BinaryOperator = 'or' | 'and' | ComparisonOperator | '+' | '-' | '*' | '/';
export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in';

export const FUNCTION_NAMES = ['count', 'length', 'min', 'max', 'avg', 'sum', 'all', 'any'] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];

/** Limits on one expression; what needs more is a validator in TypeScript. */
export const EXPRESSION_LIMITS = { maxLength: 500, maxDepth: 24, maxSteps: 100_000 } as const;

export const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', 'in', 'not in']);

export function isComparison(
  expression: Expression,
): expression is BinaryExpression & { operator: ComparisonOperator } {
  return expression.type === 'binary' && COMPARISONS.has(expression.operator);
}

/** Something wrong with an expression's text, at an offset into it. */
export interface ExpressionProblem {
  readonly at: number;
  readonly what: string;
  readonly expected?: string;
  readonly nearest?: string;
}

const PRECEDENCE: Readonly<Record<string, number>> = { or: 1, and: 2, '+': 5, '-': 5, '*': 6, '/': 6 };

/** The tree as text in one canonical spelling: equal trees give equal text, whatever blanks the author wrote. */
export function renderExpression(expression: Expression): string {
  switch (expression.type) {
    case 'literal':
      return typeof expression.value === 'string' ? JSON.stringify(expression.value) : String(expression.value);
    case 'list':
      return `[${expression.items.map(renderExpression).join(', ')}]`;
    case 'name':
      return expression.path.join('.');
    case 'call':
      return `${expression.name}(${expression.args.map(renderExpression).join(', ')})`;
    case 'not':
      return `not ${renderOperand(expression.operand, 3)}`;
    case 'negate':
      return `-${renderOperand(expression.operand, 7)}`;
    case 'binary': {
      const own = PRECEDENCE[expression.operator] ?? 4;
      return `${renderOperand(expression.left, own)} ${expression.operator} ${renderOperand(expression.right, own + 1)}`;
    }
  }
}

function renderOperand(operand: Expression, atLeast: number): string {
  let own = 8;
  if (operand.type === 'binary') own = PRECEDENCE[operand.operator] ?? 4;
  else if (operand.type === 'not') own = 3;
  const text = renderExpression(operand);
  return own < atLeast ? `(${text})` : text;
}
