import type { PageFetch } from '#agents';
import type { CellConfig } from './config.ts';

/** Reads web pages of the hosts that the settings list; undefined where they list none, which is the default. */
export async function openPageFetch({ hosts }: CellConfig['fetch']): Promise<PageFetch | undefined> {
  if (hosts.length === 0) return undefined;
  const { createUndiciPageFetch } = await import('#agents/adapters/page-fetch/undici');
  return createUndiciPageFetch({ hosts });
}
