import { contentHash } from '#platform';

/**
 * Whether an id belongs to the share that is looked at: always the same answer for the same id, and no way for an agent
 * to foresee or choose it, since ids of tasks are not its to make.
 *
 * @param share 0 (none) to 1 (all)
 */
export function isSampled(id: string, share: number): boolean {
  return Number.parseInt(contentHash(`kaze-sample:${id}`).slice(0, 12), 16) / 2 ** 48 < share;
}
