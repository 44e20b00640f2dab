import { type BinaryExpression, EXPRESSION_LIMITS, type Expression, renderExpression } from './ast.ts';

/** What an evaluation could not do: a missing value, the wrong kind, a division by zero, too many steps. */
export class ExpressionFailure extends Error {
  /** The part that failed, as text. */
  readonly part: string;

  constructor(part: string, message: string) {
    super(message);
    this.part = part;
  }
}

/** Values by name. Only own properties of plain objects and items of arrays are ever read. */
export type ExpressionValues = Readonly<Record<string, unknown>>;

export class Evaluator {
  readonly #scopes: readonly ExpressionValues[];
  readonly #budget: { steps: number };

  constructor(scopes: readonly ExpressionValues[], budget = { steps: 0 }) {
    this.#scopes = scopes;
    this.#budget = budget;
  }

  value(node: Expression): unknown {
    this.#spend(1, node);
    switch (node.type) {
      case 'literal':
        return node.value;
      case 'list':
        return node.items.map((item) => this.value(item));
      case 'name':
        return this.#lookUp(node);
      case 'call':
        return this.#call(node);
      case 'not':
        return !this.boolean(node.operand);
      case 'negate':
        return -this.#number(node.operand);
      case 'binary':
        return this.#binary(node);
    }
  }

  boolean(node: Expression): boolean {
    const value = this.value(node);
    if (typeof value === 'boolean') return value;
    throw new ExpressionFailure(renderExpression(node), `${renderExpression(node)} ${is(value)}, needs true or false`);
  }

  /** An evaluator for one item of a list: the item's own fields first (`item` is the item itself), then the outer names. */
  forItem(item: unknown): Evaluator {
    const fields = isPlainObject(item) ? item : {};
    return new Evaluator([fields, { item }, ...this.#scopes], this.#budget);
  }

  list(node: Expression): readonly unknown[] {
    const value = this.value(node);
    if (!Array.isArray(value))
      throw new ExpressionFailure(renderExpression(node), `${renderExpression(node)} ${is(value)}, needs a list`);
    this.#spend(value.length, node);
    return value;
  }

  #spend(steps: number, node: Expression): void {
    this.#budget.steps += steps;
    if (this.#budget.steps > EXPRESSION_LIMITS.maxSteps) {
      throw new ExpressionFailure(
        renderExpression(node),
        `more than ${EXPRESSION_LIMITS.maxSteps} steps; write a validator instead`,
      );
    }
  }

  #lookUp(node: Expression & { type: 'name' }): unknown {
    const [first, ...rest] = node.path;
    const scope = this.#scopes.find((candidate) => Object.hasOwn(candidate, first!));
    let value: unknown = scope?.[first!];
    for (const part of rest) {
      if (Array.isArray(value)) this.#spend(value.length, node);
      value = field(value, part);
    }
    return value ?? null;
  }

  #number(node: Expression): number {
    const value = this.value(node);
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw new ExpressionFailure(renderExpression(node), `${renderExpression(node)} ${is(value)}, needs a number`);
  }

  #binary(node: BinaryExpression): unknown {
    const { operator, left, right } = node;
    switch (operator) {
      case 'and':
        return this.boolean(left) && this.boolean(right);
      case 'or':
        return this.boolean(left) || this.boolean(right);
      case '+':
        return this.#number(left) + this.#number(right);
      case '-':
        return this.#number(left) - this.#number(right);
      case '*':
        return this.#number(left) * this.#number(right);
      case '/': {
        const divisor = this.#number(right);
        if (divisor === 0)
          throw new ExpressionFailure(
            renderExpression(right),
            `${renderExpression(right)} is 0, nothing can be divided by it`,
          );
        return this.#number(left) / divisor;
      }
      case '==':
        return equal(this.value(left), this.value(right));
      case '!=':
        return !equal(this.value(left), this.value(right));
      case 'in':
        return this.#contains(left, right);
      case 'not in':
        return !this.#contains(left, right);
      default: {
        const order = this.#order(node);
        if (operator === '<') return order < 0;
        if (operator === '<=') return order <= 0;
        return operator === '>' ? order > 0 : order >= 0;
      }
    }
  }

  #order({ operator, left, right }: BinaryExpression): number {
    const values = [this.value(left), this.value(right)] as const;
    const [a, b] = values;
    if (typeof a === 'number' && typeof b === 'number' && Number.isFinite(a) && Number.isFinite(b)) return a - b;
    if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
    const isOrdered = (value: unknown) => typeof value === 'string' || Number.isFinite(value);
    // A number against a text: the side that a run filled in is to blame, not the one in the definition.
    const blameRight = isOrdered(a) && (!isOrdered(b) || left.type === 'literal');
    const bad = blameRight ? right : left;
    const needs =
      bad === left && right.type === 'literal' ? `needs ${operator} ${renderExpression(right)}` : 'needs a number';
    throw new ExpressionFailure(
      renderExpression(bad),
      `${renderExpression(bad)} ${is(bad === left ? a : b)}, ${needs}`,
    );
  }

  #contains(needle: Expression, haystack: Expression): boolean {
    const wanted = this.value(needle);
    const within = this.value(haystack);
    if (typeof within === 'string' && typeof wanted === 'string') return within.includes(wanted);
    if (!Array.isArray(within)) {
      throw new ExpressionFailure(
        renderExpression(haystack),
        `${renderExpression(haystack)} ${is(within)}, needs a list or a text`,
      );
    }
    this.#spend(within.length, haystack);
    return within.some((item) => equal(item, wanted));
  }

  #call(node: Expression & { type: 'call' }): unknown {
    const [first, condition] = node.args as readonly [Expression, Expression | undefined];
    switch (node.name) {
      case 'count': {
        const value = condition ? this.list(first) : this.value(first);
        if (value === null) return 0;
        if (!Array.isArray(value))
          throw new ExpressionFailure(renderExpression(first), `${renderExpression(first)} ${is(value)}, needs a list`);
        return condition ? value.filter((item) => this.forItem(item).boolean(condition)).length : value.length;
      }
      case 'length': {
        const value = this.value(first);
        if (value === null) return 0;
        if (typeof value === 'string') return [...value].length;
        if (Array.isArray(value)) return value.length;
        throw new ExpressionFailure(
          renderExpression(first),
          `${renderExpression(first)} ${is(value)}, needs a text or a list`,
        );
      }
      case 'all':
      case 'any': {
        const test = condition
          ? (item: unknown) => this.forItem(item).boolean(condition)
          : (item: unknown) => this.#truth(item, first);
        return node.name === 'all' ? this.list(first).every(test) : this.list(first).some(test);
      }
      default:
        return this.#aggregate(node);
    }
  }

  #truth(item: unknown, node: Expression): boolean {
    if (typeof item === 'boolean') return item;
    throw new ExpressionFailure(
      renderExpression(node),
      `an item of ${renderExpression(node)} ${is(item)}, needs true or false`,
    );
  }

  #aggregate(node: Expression & { type: 'call' }): number {
    const text = renderExpression(node);
    const single = node.args.length === 1 ? this.value(node.args[0]!) : undefined;
    const values = Array.isArray(single) ? single : node.args.map((argument) => this.#number(argument));
    this.#spend(values.length, node);
    const wrong = values.find((value) => typeof value !== 'number' || !Number.isFinite(value));
    if (wrong !== undefined) throw new ExpressionFailure(text, `an item of ${text} ${is(wrong)}, needs a number`);
    const numbers = values as readonly number[];
    const sum = numbers.reduce((total, value) => total + value, 0);
    if (node.name === 'sum') return sum;
    if (numbers.length === 0) throw new ExpressionFailure(text, `${text} has no items, needs at least one`);
    if (node.name === 'avg') return sum / numbers.length;
    return numbers.reduce((a, b) => (node.name === 'min' ? Math.min(a, b) : Math.max(a, b)));
  }
}

/** A field of an own, plain value; of a list, that field of each item. Never a prototype's. */
function field(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map((item) => field(item, name) ?? null);
  return isPlainObject(value) && Object.hasOwn(value, name) ? value[name] : null;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function equal(a: unknown, b: unknown): boolean {
  return a === b || (a ?? null) === (b ?? null);
}

function is(value: unknown): string {
  if (value === null || value === undefined) return 'is missing';
  return `is ${showValue(value)}`;
}

/** A value short enough for a sentence. */
export function showValue(value: unknown): string {
  if (value === null || value === undefined) return 'missing';
  if (typeof value === 'number') return String(Number(value.toPrecision(6)));
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.length === 1 ? 'a list of 1 item' : `a list of ${value.length} items`;
  return 'a structure';
}
