import { distance } from 'fastest-levenshtein';
import type { KnownPage, Link } from './types.ts';

const ASSET = /\.(pdf|jpe?g|png|gif|webp|avif|svg|ico|zip|docx?|xlsx?|pptx?|mp[34]|webm|css|js|xml|txt|csv|ics|vcf)$/i;
const MOST_TYPOS = 2;

/** The pages of the site that are known, by address. */
export class SiteMap {
  readonly #base: URL;
  readonly #byKey = new Map<string, KnownPage>();
  readonly #pages = new Set<KnownPage>();
  readonly #hosts: ReadonlySet<string>;

  constructor(base: URL, ownPages: readonly KnownPage[]) {
    this.#base = base;
    const hosts = new Set([hostOf(base)]);
    for (const page of ownPages) {
      const address = page.url;
      // What browsers leave out of an address could join to a scheme that acts.
      if (address === undefined || /[\s\p{C}]/u.test(address) || !URL.canParse(address, base.href)) continue;
      const url = new URL(address, base);
      if (!/^https?:$/.test(url.protocol)) continue;
      this.#pages.add(page);
      if (base.hostname.endsWith('.invalid')) hosts.add(hostOf(url));
      if (!this.#byKey.has(keyOf(url))) this.#byKey.set(keyOf(url), page);
    }
    this.#hosts = hosts;
  }

  get size(): number {
    return this.#byKey.size;
  }

  /** The address that a link leads to within the site; undefined for others, files and places within the page. */
  internal(href: string): URL | undefined {
    const trimmed = href.trim();
    if (trimmed === '' || trimmed.startsWith('#') || !URL.canParse(trimmed, this.#base.href)) return undefined;
    const url = new URL(trimmed, this.#base);
    if (!/^https?:$/.test(url.protocol) || !this.#hosts.has(hostOf(url)) || ASSET.test(url.pathname)) return undefined;
    return url;
  }

  /** Whether a page has an address that a link can lead to. */
  has(page: KnownPage): boolean {
    return this.#pages.has(page);
  }

  pageAt(url: URL): KnownPage | undefined {
    return this.#byKey.get(keyOf(url));
  }

  /** Listed, the front page, or this page itself. */
  knows(url: URL): boolean {
    const key = keyOf(url);
    return key === '' || key === keyOf(this.#base) || this.#byKey.has(key);
  }

  /** The listed pages that links lead to. */
  linkedFrom(links: readonly Link[]): ReadonlySet<KnownPage> {
    const urls = links.map(({ href }) => this.internal(href)).filter((url) => url !== undefined);
    return new Set(urls.map((url) => this.pageAt(url)).filter((page) => page !== undefined));
  }

  /** The one page that a wrong address can have meant: nearly its spelling, or the same last part elsewhere. */
  meantBy(url: URL): KnownPage | undefined {
    const key = keyOf(url);
    const last = key.split('/').at(-1)!;
    const near = [...this.#byKey].filter(
      ([known]) =>
        (key.length > 4 && distance(known, key) <= MOST_TYPOS) ||
        (last.length > 3 && known.split('/').at(-1) === last) ||
        (last.length > 4 && distance(known.split('/').at(-1)!, last) <= MOST_TYPOS && parent(known) === parent(key)),
    );
    return near.length === 1 ? near[0]![1] : undefined;
  }

  /** How the page itself would write a link to another one, in the manner of an address that it has written. */
  writtenLike(page: KnownPage, manner: string): string {
    const url = new URL(page.url!, this.#base);
    const isRelative = !/^(?:[a-z][a-z0-9+.-]*:|\/)/i.test(manner);
    if (/^https?:/i.test(manner)) return `${new URL(manner).origin}${url.pathname}${url.search}`;
    if (isRelative && !/^(?:[a-z][a-z0-9+.-]*:|\/)/i.test(page.url!)) return page.url!;
    return `${url.pathname}${url.search}`;
  }
}

const hostOf = (url: URL) => url.hostname.replace(/^www\./, '');
const parent = (key: string) => key.split('/').slice(0, -1).join('/');

function keyOf({ pathname }: URL): string {
  let path = pathname;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    // As it stands.
  }
  return path
    .toLowerCase()
    .replace(/(^|\/)(index|default)\.(html?|php|md|aspx?)$/, '$1')
    .replace(/\.(html?|php|md|aspx?)$/, '')
    .replace(/^\/+|\/+$/g, '');
}
