import { graphError } from '../../../errors.ts';
import type { CypherParameters } from '../../../ports/graph-engine.ts';

/**
 * Refuses parameters that the two engines would take differently or silently change: `undefined`, `NaN`, infinities,
 * integers beyond 2^53, lists that hold a null, and every object that is not a plain one (a Date becomes `{}` in one
 * driver and a local date-time in the other).
 *
 * @throws KAZE_GRAPH_STATEMENT that names the place, e.g. `$rows[3].props.at`
 */
export function checkParameters(parameters: CypherParameters): void {
  for (const name of Object.keys(parameters)) checkValue(parameters[name], () => `$${name}`, false);
}

function checkValue(value: unknown, place: () => string, inList: boolean): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return;
    case 'number':
      if (Number.isSafeInteger(value)) return;
      if (!Number.isFinite(value)) refuse(place(), `${value} is no number that a graph can hold`);
      if (Number.isInteger(value)) refuse(place(), `the integer ${value} is beyond 2^53`);
      return;
    case 'object':
      break;
    default:
      refuse(place(), `a value of type ${typeof value} cannot be sent`);
  }
  if (value === null) {
    if (inList) refuse(place(), 'a list may not hold null');
    return;
  }
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      checkValue(value[index], () => `${place()}[${index}]`, true);
    }
    return;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    refuse(place(), `a ${prototype.constructor?.name ?? 'foreign object'} cannot be sent`);
  }
  for (const key of Object.keys(value as object)) {
    checkValue((value as Record<string, unknown>)[key], () => `${place()}.${key}`, false);
  }
}

function refuse(place: string, why: string): never {
  throw graphError('KAZE_GRAPH_STATEMENT', `The parameter ${place} was not sent to the graph: ${why}.`, {
    fields: { parameter: place },
  });
}
