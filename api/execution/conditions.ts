import type { OrderBy, Where } from '#graph-schema';
import { apiError } from '../errors.ts';
import type { ApiModel, ApiType } from '../schema/model.ts';

type Input = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Input => typeof value === 'object' && value !== null;

function refuse(path: string, problem: string): never {
  throw apiError('KAZE_API_INPUT', `${path}: ${problem}`, { fields: { field: path } });
}

/** A condition on one property, checked so that a forgotten variable never widens a filter. */
function condition(path: string, value: unknown): Record<string, unknown> {
  if (!isObject(value)) refuse(path, 'a condition is an object, such as { eq: … }; ask for nothing with isNull: true');
  const operators = Object.entries(value);
  if (operators.length === 0) refuse(path, 'the condition is empty; was a variable left out?');
  for (const [operator, operand] of operators) {
    if (operand === null || operand === undefined) {
      refuse(`${path}.${operator}`, 'has no value; ask for what is not set with isNull: true');
    }
  }
  return { ...value };
}

/** A GraphQL filter input as the store's Where. Errors: KAZE_API_INPUT. */
export function toWhere(model: ApiModel, type: ApiType, filter: unknown, path = 'filter'): Where | undefined {
  if (filter === null || filter === undefined) return undefined;
  if (!isObject(filter)) refuse(path, 'a filter is an object');
  const where: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(filter)) {
    const at = `${path}.${key}`;
    if (value === undefined) continue;
    if (key === 'and' || key === 'or') {
      if (!Array.isArray(value)) refuse(at, 'is a list of filters');
      where[key] = value.map((item, index) => toWhere(model, type, item, `${at}[${index}]`) ?? {});
    } else if (key === 'not') {
      where.not = toWhere(model, type, value, at) ?? refuse(at, 'has no value');
    } else if (type.properties.has(key)) {
      where[key] = condition(at, value);
    } else {
      const relation = type.relations.get(key)!;
      const target = model.types.get(relation.target)!;
      const quantifiers = Object.entries(isObject(value) ? value : refuse(at, 'needs some, none or every'));
      if (quantifiers.length === 0) refuse(at, 'needs some, none or every');
      where[key] = Object.fromEntries(
        quantifiers.map(([quantifier, inner]) => [
          quantifier,
          toWhere(model, target, inner, `${at}.${quantifier}`) ?? refuse(`${at}.${quantifier}`, 'has no value'),
        ]),
      );
    }
  }
  return where as Where;
}

/** `createdAt_DESC` and the like. */
export function toOrder(orderBy: unknown): readonly OrderBy[] | undefined {
  if (!Array.isArray(orderBy) || orderBy.length === 0) return undefined;
  return orderBy.map((entry) => {
    const text = String(entry);
    const at = text.lastIndexOf('_');
    return { property: text.slice(0, at), direction: text.endsWith('_DESC') ? 'desc' : 'asc' };
  });
}
