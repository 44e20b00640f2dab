import {
  type BinaryExpression,
  type ComparisonOperator,
  type Expression,
  isComparison,
  renderExpression,
} from './ast.ts';
import { Evaluator, ExpressionFailure, type ExpressionValues, showValue } from './evaluate.ts';

/** The answer of one quality expression, with the words a reviewer needs. */
export interface ExpressionResult {
  readonly passed: boolean;
  /** `relevance_score = 0.62, needs > 0.8`; with several reasons, joined by "; ". */
  readonly explanation: string;
  /** What would mend it: `raise relevance_score from 0.62 to above 0.8`. Empty when it passed. */
  readonly mend: string;
  /** Set when it could not be decided: a value is missing or of the wrong kind. It then counts as not passed. */
  readonly undecided?: string;
}

/**
 * Evaluates an expression over values by name and says why it came out so. Never throws on data: what cannot be
 * compared is "not passed" with the reason, since a check that could not be made has not been passed.
 */
export function evaluateExpression(expression: Expression, values: ExpressionValues): ExpressionResult {
  const evaluator = new Evaluator([values]);
  try {
    const passed = evaluator.boolean(expression);
    const reasons = explain(expression, { wanted: true, evaluator });
    const shown = passed ? reasons : reasons.filter((reason) => !reason.holds);
    return {
      passed,
      explanation: (shown.length > 0 ? shown : reasons).map((reason) => reason.says).join('; '),
      mend: passed ? '' : mendOf(expression, reasons),
    };
  } catch (error) {
    if (!(error instanceof ExpressionFailure)) throw error;
    const missing = error.message.startsWith(`${error.part} is missing`);
    return {
      passed: false,
      explanation: error.message,
      mend: missing
        ? `let the skill return ${error.part}`
        : `return values with which ${renderExpression(expression)} can be decided`,
      undecided: error.message,
    };
  }
}

interface Reason {
  readonly holds: boolean;
  readonly says: string;
  readonly mend: string;
}

interface ExplainState {
  /** Whether this part should be true; turns to false beneath a `not`. */
  readonly wanted: boolean;
  readonly evaluator: Evaluator;
}

function mendOf(expression: Expression, reasons: readonly Reason[]): string {
  const mends = [...new Set(reasons.filter((reason) => !reason.holds).map((reason) => reason.mend))];
  return mends.join(expression.type === 'binary' && expression.operator === 'or' ? ', or ' : ', and ');
}

function explain(node: Expression, state: ExplainState): Reason[] {
  if (node.type === 'not') return explain(node.operand, { ...state, wanted: !state.wanted });
  if (node.type === 'binary' && (node.operator === 'and' || node.operator === 'or')) return explainJoined(node, state);
  if (isComparison(node)) return [explainComparison(node, state)];
  if (node.type === 'call' && node.args.length === 2 && (node.name === 'all' || node.name === 'any')) {
    return [explainItems(node, state)];
  }
  const value = state.evaluator.boolean(node);
  const text = renderExpression(node);
  const says = `${text} = ${value}, needs ${state.wanted}`;
  return [{ holds: value === state.wanted, says, mend: `make ${text} ${state.wanted}` }];
}

function explainJoined(node: BinaryExpression, state: ExplainState): Reason[] {
  const all = (node.operator === 'and') === state.wanted;
  const left = explain(node.left, state);
  const leftHolds = state.evaluator.boolean(node.left) === state.wanted;
  // The right side is looked at only where evaluation looked, so that it may rely on the left one.
  const looked = state.evaluator.boolean(node.left) === (node.operator === 'and');
  if (!looked) return all && !leftHolds ? left : left.filter((reason) => reason.holds === leftHolds);
  const right = explain(node.right, state);
  if (all) return [...left, ...right];
  const rightHolds = state.evaluator.boolean(node.right) === state.wanted;
  if (leftHolds) return left;
  return rightHolds ? right : [...left, ...right];
}

const OPPOSITE: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
  '==': '!=',
  '!=': '==',
  in: 'not in',
  'not in': 'in',
};
const MIRROR: Readonly<Partial<Record<ComparisonOperator, ComparisonOperator>>> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};
const MEND: Readonly<Record<ComparisonOperator, readonly [verb: string, target: string]>> = {
  '<': ['lower', 'below'],
  '<=': ['lower', 'at most'],
  '>': ['raise', 'above'],
  '>=': ['raise', 'at least'],
  '==': ['change', 'exactly'],
  '!=': ['change', 'something else than'],
  in: ['change', 'one of'],
  'not in': ['change', 'none of'],
};

function explainComparison(node: BinaryExpression & { operator: ComparisonOperator }, state: ExplainState): Reason {
  const held = state.evaluator.boolean(node) === state.wanted;
  const mirrored = isConstant(node.left) && !isConstant(node.right) ? MIRROR[node.operator] : undefined;
  const [subject, limit] = mirrored ? [node.right, node.left] : [node.left, node.right];
  const asWritten = mirrored ?? node.operator;
  const operator = state.wanted ? asWritten : OPPOSITE[asWritten];
  const value = showValue(state.evaluator.value(subject));
  const bound = isConstant(limit)
    ? renderExpression(limit)
    : `${renderExpression(limit)} (${showValue(state.evaluator.value(limit))})`;
  const name = renderExpression(subject);
  const [verb, target] = MEND[operator];
  const says = isConstant(subject)
    ? `${name}, needs ${operator} ${bound}`
    : `${name} = ${value}, needs ${operator} ${bound}`;
  return { holds: held, says, mend: `${verb} ${name} from ${value} to ${target} ${bound}` };
}

function isConstant(node: Expression): boolean {
  switch (node.type) {
    case 'literal':
      return true;
    case 'negate':
    case 'not':
      return isConstant(node.operand);
    case 'list':
      return node.items.every(isConstant);
    default:
      return false;
  }
}

/** `all(findings, score > 0.5)`: how many items fail and the first of them, by position from 1. */
function explainItems(node: Expression & { type: 'call' }, state: ExplainState): Reason {
  const [list, condition] = node.args as readonly [Expression, Expression];
  const items = state.evaluator.list(list);
  const results = items.map((item) => state.evaluator.forItem(item).boolean(condition));
  const passing = results.filter(Boolean).length;
  const value = node.name === 'all' ? passing === items.length : passing > 0;
  const name = renderExpression(list);
  const test = renderExpression(condition);
  const first = results.indexOf(false);
  let where = '';
  if (first >= 0 && node.name === 'all') {
    const reasons = explain(condition, { wanted: true, evaluator: state.evaluator.forItem(items[first]) });
    where = `, first is item ${first + 1}: ${reasons
      .filter((reason) => !reason.holds)
      .map((reason) => reason.says)
      .join('; ')}`;
  }
  const needed = state.wanted ? node.name : `not ${node.name}`;
  return {
    holds: value === state.wanted,
    says: `${passing} of ${items.length} items of ${name} have ${test}, needs ${needed}${where}`,
    mend: `make ${test} ${state.wanted ? 'true' : 'false'} for ${node.name === 'all' ? 'every' : 'at least one'} item of ${name}`,
  };
}
