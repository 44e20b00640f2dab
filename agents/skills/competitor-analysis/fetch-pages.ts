import { sourceOf } from '#platform/formats';
import type { SkillContext } from '../handler.ts';
import { namesOf } from '../read-input.ts';
import { hostOf } from '../search-exports/index.ts';
import { MOST_PAGES, type PageSource } from './page-sources.ts';
import { isWithin, type Rankings } from './read-material.ts';

export interface FetchedSources {
  readonly own: readonly PageSource[];
  readonly rivals: readonly PageSource[];
  readonly notes: readonly string[];
}

const MOST_TOLD = 5;

/** Pages of the addresses in `page_urls`, as far as the cell's settings and the sites allow; what is refused is told. */
export async function fetchPages(
  { inputs, fetchPages: load }: Pick<SkillContext, 'inputs' | 'fetchPages'>,
  { ownHosts }: Pick<Rankings, 'ownHosts'>,
): Promise<FetchedSources> {
  const urls = [...new Set(namesOf(inputs.page_urls, MOST_PAGES))];
  if (urls.length === 0) return { own: [], rivals: [], notes: [] };
  if (load === undefined) {
    const note = `${urls.length} addresses were not fetched: the settings of this cell allow no host (fetch.hosts). Give the pages as files.`;
    return { own: [], rivals: [], notes: [note] };
  }
  const own: PageSource[] = [];
  const rivals: PageSource[] = [];
  const refused: string[] = [];
  for (const result of await load(urls)) {
    if ('refused' in result) {
      refused.push(`${result.asked.slice(0, 200)}: ${result.refused}`);
      continue;
    }
    const { url, body, contentType, lastModified } = result.page;
    const ending = contentType.includes('html') ? 'html' : contentType === 'text/markdown' ? 'md' : 'txt';
    const source = { source: sourceOf(`${url.slice(0, 300)}.${ending}`, body), url, modified: lastModified };
    const isOwn = ownHosts.some((host) => isWithin(hostOf(url), host));
    (isOwn ? own : rivals).push({ ...source, referringDomains: null });
  }
  const more = refused.length > MOST_TOLD ? ` and ${refused.length - MOST_TOLD} more` : '';
  const notes = [`${own.length + rivals.length} of ${urls.length} addresses were fetched.`];
  if (refused.length > 0) notes.push(`Not fetched: ${refused.slice(0, MOST_TOLD).join('; ')}${more}.`);
  return { own, rivals, notes };
}
