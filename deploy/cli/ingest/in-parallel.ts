import { cliError } from '../errors.ts';

/**
 * Works through a list with at most `concurrency` at a time, beginning in order. The first error ends it: what is under
 * way is told so by its signal and waited for. Errors: the first one; KAZE_CLI_INTERRUPTED.
 */
export async function inParallel<Item>(
  items: readonly Item[],
  options: { readonly concurrency: number; readonly signal: AbortSignal },
  work: (item: Item, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const queue = items.values();
  let first: { readonly error: unknown } | undefined;
  const worker = async () => {
    for (const item of queue) {
      if (signal.aborted) return;
      try {
        await work(item, signal);
      } catch (error) {
        first ??= { error };
        failed.abort();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.concurrency, items.length) }, worker));
  if (options.signal.aborted) throw cliError('KAZE_CLI_INTERRUPTED', 'interrupted');
  if (first) throw first.error;
}
