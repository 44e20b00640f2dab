import { nearestName } from '#platform';
import { type Expression, type ExpressionProblem, renderExpression } from './ast.ts';

/** What is known of an expression's surroundings before anything runs. */
export interface ExpressionContext {
  /** Names of outputs and metrics; undefined when they are not known, and then any name passes. */
  readonly names?: readonly string[];
}

type Kind = 'number' | 'text' | 'boolean' | 'list' | 'null' | 'unknown';

/**
 * Finds what can be seen to be wrong without running: unknown names, comparisons that can never hold between what
 * they compare (`"high" > 3`), arithmetic on texts, and an expression that does not answer yes or no.
 */
export function checkExpression(expression: Expression, context: ExpressionContext = {}): ExpressionProblem[] {
  const problems: ExpressionProblem[] = [];
  const kind = kindOf(expression, { names: context.names, problems });
  if (kind !== 'boolean' && kind !== 'unknown') {
    problems.push({
      at: expression.at,
      what: `"${renderExpression(expression)}" is a ${kind}, no yes or no`,
      expected: 'a comparison, such as … > 0.8',
    });
  }
  return problems;
}

interface CheckState {
  /** Undefined inside a condition over a list's items: their fields are not declared anywhere. */
  readonly names: readonly string[] | undefined;
  readonly problems: ExpressionProblem[];
}

function kindOf(node: Expression, state: CheckState): Kind {
  switch (node.type) {
    case 'literal':
      if (node.value === null) return 'null';
      return typeof node.value === 'string' ? 'text' : (typeof node.value as 'number' | 'boolean');
    case 'list':
      for (const item of node.items) kindOf(item, state);
      return 'list';
    case 'name':
      checkName(node.path[0]!, node.at, state);
      return 'unknown';
    case 'call':
      return kindOfCall(node, state);
    case 'not':
      need(node.operand, 'boolean', state);
      return 'boolean';
    case 'negate':
      need(node.operand, 'number', state);
      return 'number';
    case 'binary':
      return kindOfBinary(node, state);
  }
}

function kindOfBinary(node: Expression & { type: 'binary' }, state: CheckState): Kind {
  const { operator, left, right } = node;
  if (operator === 'and' || operator === 'or') {
    need(left, 'boolean', state);
    need(right, 'boolean', state);
    return 'boolean';
  }
  if (operator === '+' || operator === '-' || operator === '*' || operator === '/') {
    need(left, 'number', state);
    need(right, 'number', state);
    return 'number';
  }
  const kinds = [kindOf(left, state), kindOf(right, state)] as const;
  if (operator === 'in' || operator === 'not in') {
    if (kinds[1] !== 'list' && kinds[1] !== 'text' && kinds[1] !== 'unknown') {
      state.problems.push({
        at: right.at,
        what: `"${operator}" on a ${kinds[1]}`,
        expected: 'a list such as ["a", "b"], or a text',
      });
    }
    return 'boolean';
  }
  const ordered = operator !== '==' && operator !== '!=';
  const sides = kinds.filter((kind) => kind !== 'unknown');
  const unordered = ordered ? sides.find((kind) => kind !== 'number' && kind !== 'text') : undefined;
  if (unordered) {
    state.problems.push({ at: node.at, what: `"${operator}" on a ${unordered}`, expected: 'numbers, or texts' });
  } else if (sides.length === 2 && sides[0] !== sides[1] && !sides.includes('null')) {
    state.problems.push({
      at: node.at,
      what: `a ${sides[0]} compared with a ${sides[1]}`,
      expected: 'the same kind on both sides',
    });
  }
  return 'boolean';
}

function kindOfCall(node: Expression & { type: 'call' }, state: CheckState): Kind {
  const [list, condition] = node.args;
  const withCondition = condition !== undefined && ['all', 'any', 'count'].includes(node.name);
  if (withCondition) {
    kindOf(list!, state);
    need(condition, 'boolean', { names: undefined, problems: state.problems });
  } else {
    for (const argument of node.args) kindOf(argument, state);
  }
  return node.name === 'all' || node.name === 'any' ? 'boolean' : 'number';
}

function need(node: Expression, wanted: 'boolean' | 'number', state: CheckState): void {
  const kind = kindOf(node, state);
  if (kind === wanted || kind === 'unknown') return;
  state.problems.push({
    at: node.at,
    what: `"${renderExpression(node)}" is a ${kind}`,
    expected: wanted === 'boolean' ? 'a yes or no' : 'a number',
  });
}

function checkName(name: string, at: number, state: CheckState): void {
  if (!state.names || state.names.includes(name)) return;
  const nearest = nearestName(name, state.names);
  const known =
    state.names.length === 0 ? 'no outputs or metrics are declared' : `an output or metric: ${state.names.join(', ')}`;
  state.problems.push({ at, what: `unknown name "${name}"`, expected: known, ...(nearest ? { nearest } : {}) });
}
