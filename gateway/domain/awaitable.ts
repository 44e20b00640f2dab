/**
 * What is at hand, or will be. A call passes some thirty steps that could wait and mostly do not: a promise at each of
 * them, with the frame that waits for it, is garbage at every call.
 */
export type Awaitable<T> = T | Promise<T>;

/** Goes on with what is at hand without a promise. */
export function andThen<T, R>(given: Awaitable<T>, next: (value: T) => Awaitable<R>): Awaitable<R> {
  return given instanceof Promise ? given.then(next) : next(given);
}
