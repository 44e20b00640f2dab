import type { Usage } from './response.ts';

/** What had come of an answer when its stream broke off: never a whole one. */
export interface PartialAnswer {
  readonly text: string;
  /** As far as the provider had said, else bounded from above. */
  readonly usage: Usage;
}

/**
 * Beside the error and not in its fields: fields are logged and cross edges, and what a model wrote belongs in neither.
 */
const partials = new WeakMap<object, PartialAnswer>();

export function withPartial<E extends object>(error: E, partial: PartialAnswer): E {
  partials.set(error, partial);
  return error;
}

/** What an error of a call carries of its answer; undefined for an error that came before one began. */
export function partialOf(error: unknown): PartialAnswer | undefined {
  return typeof error === 'object' && error !== null ? partials.get(error) : undefined;
}
