/**
 * The small language of quality criteria: comparisons over a skill's outputs and metrics, with an answer that says why.
 *
 * @example
 * const { expression } = parseExpression('relevance_score > 0.8');
 * evaluateExpression(expression!, { relevance_score: 0.62 });
 * // { passed: false, explanation: 'relevance_score = 0.62, needs > 0.8',
 * //   mend: 'raise relevance_score from 0.62 to above 0.8' }
 */
export { EXPRESSION_LIMITS, type Expression, type ExpressionProblem, FUNCTION_NAMES, renderExpression } from './ast.ts';
export { checkExpression, type ExpressionContext } from './check.ts';
export type { ExpressionValues } from './evaluate.ts';
export { type ExpressionResult, evaluateExpression } from './explain.ts';
export { type ParsedExpression, parseExpression } from './parse.ts';
