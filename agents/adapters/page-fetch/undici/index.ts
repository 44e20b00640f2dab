import { isIP } from 'node:net';
import robots from 'robots-parser';
import { Agent, type Dispatcher, request } from 'undici';
import { type Clock, systemClock } from '#platform';
import type { FetchedPage, FetchResult, PageFetch } from '../../../ports/page-fetch.ts';
import { ClosedAddressError, guardedLookup, isPublicAddress } from './public-addresses.ts';

export interface PageFetchLimits {
  /** Addresses of one call; the rest is refused. */
  readonly maxPages: number;
  /** Of one page, as it comes over the wire. */
  readonly maxBytes: number;
  /** Of one page with all its redirects. */
  readonly timeoutMs: number;
  readonly maxRedirects: number;
  /** Between two requests to one host; a longer `Crawl-delay` counts, up to ten seconds. */
  readonly pauseMs: number;
}

export const PAGE_FETCH_LIMITS: PageFetchLimits = {
  maxPages: 30,
  maxBytes: 2_000_000,
  timeoutMs: 15_000,
  maxRedirects: 5,
  pauseMs: 1_000,
};

export interface UndiciPageFetchOptions {
  /** `example.com` for one host, `*.example.com` for all below it. */
  readonly hosts: readonly string[];
  readonly limits?: Partial<PageFetchLimits>;
  readonly clock?: Clock;
  /** For tests alone: servers on this machine count as public, on any port. No setting leads here. */
  readonly permitLoopback?: boolean;
}

/** What robots.txt is asked by, and servers are told. */
const ROBOT = 'KazeBot';
const USER_AGENT = `Mozilla/5.0 (compatible; ${ROBOT}/1.0)`;
/** RFC 9309 asks for at least 500 kibibytes to be read. */
const ROBOTS_BYTES = 512_000;
const LONGEST_PAUSE_MS = 10_000;
const PAGES = ['text/html', 'application/xhtml+xml', 'text/markdown', 'text/plain'];

class Refusal extends Error {}

interface RobotRules {
  isAllowed(url: string, robot: string): boolean | undefined;
  /** Seconds. */
  getCrawlDelay(robot: string): number | undefined;
}
type Rules = RobotRules | 'closed';
// Its declaration is that of an ES module, and it is none.
const robotsParser = robots as unknown as (url: string, text: string) => RobotRules;

/** Fetches pages over HTTP and HTTPS, one after the other; the pool of connections ends with each call. */
export function createUndiciPageFetch(options: UndiciPageFetchOptions): PageFetch {
  const limits = { ...PAGE_FETCH_LIMITS, ...options.limits };
  return {
    hosts: options.hosts,
    async fetch(urls, signal = new AbortController().signal) {
      const run = new FetchRun(options, limits);
      try {
        const results: FetchResult[] = [];
        for (const [at, asked] of urls.entries()) {
          signal.throwIfAborted();
          if (at >= limits.maxPages)
            results.push({ asked, refused: `only ${limits.maxPages} pages are fetched in one task` });
          else results.push(await run.result(asked, signal));
        }
        return results;
      } finally {
        await run.close();
      }
    },
  };
}

class FetchRun {
  readonly #agent: Agent;
  readonly #rules = new Map<string, Rules>();
  readonly #lastAt = new Map<string, number>();
  readonly #options: UndiciPageFetchOptions;
  readonly #limits: PageFetchLimits;
  readonly #clock: Clock;

  constructor(options: UndiciPageFetchOptions, limits: PageFetchLimits) {
    this.#options = options;
    this.#limits = limits;
    this.#clock = options.clock ?? systemClock;
    this.#agent = new Agent({
      connect: { lookup: guardedLookup((address) => this.#isAllowed(address)), timeout: limits.timeoutMs },
      pipelining: 1,
    });
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  async result(asked: string, signal: AbortSignal): Promise<FetchResult> {
    const time = AbortSignal.timeout(this.#limits.timeoutMs);
    try {
      return { asked, page: await this.#page(asked, AbortSignal.any([signal, time])) };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Refusal) return { asked, refused: error.message };
      if (time.aborted) return { asked, refused: `no answer within ${this.#limits.timeoutMs / 1_000} s` };
      const closed = error instanceof ClosedAddressError || (error as Error).cause instanceof ClosedAddressError;
      return { asked, refused: closed ? 'its address is not public' : `the connection failed${codeOf(error)}` };
    }
  }

  async #page(asked: string, signal: AbortSignal): Promise<FetchedPage> {
    let url = this.#checked(asked);
    for (let hop = 0; hop <= this.#limits.maxRedirects; hop++) {
      await this.#requireRobots(url, signal);
      await this.#pause(url, signal);
      const answer = await this.#request(url, signal);
      const next = redirectOf(answer, url);
      if (next === undefined) return this.#read(url, answer);
      discard(answer);
      // Each hop is checked like the first: a page must not lead out of what is allowed.
      url = this.#checked(next);
    }
    throw new Refusal(`more than ${this.#limits.maxRedirects} redirects`);
  }

  /** Scheme, port, host and, for addresses as such, whether they are public. */
  #checked(address: string): URL {
    if (!URL.canParse(address)) throw new Refusal('it is no address');
    const url = new URL(address);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new Refusal('only http and https are fetched');
    if (url.username !== '' || url.password !== '') throw new Refusal('addresses with a password are not fetched');
    if (url.port !== '' && !this.#options.permitLoopback) throw new Refusal('only the usual ports are fetched');
    const host = url.hostname.replace(/\.$/, '').toLowerCase();
    if (!this.#options.hosts.some((entry) => isListed(host, entry)))
      throw new Refusal(`${host.slice(0, 100)} is not among the hosts that the cell's settings allow`);
    const bare = host.replace(/^\[|\]$/g, '');
    if (isIP(bare) !== 0 && !this.#isAllowed(bare)) throw new Refusal('its address is not public');
    url.hash = '';
    return url;
  }

  #isAllowed(address: string): boolean {
    if (this.#options.permitLoopback && (address.startsWith('127.') || address === '::1')) return true;
    return isPublicAddress(address);
  }

  async #requireRobots(url: URL, signal: AbortSignal): Promise<void> {
    let rules = this.#rules.get(url.origin);
    if (rules === undefined) {
      rules = await this.#readRobots(url.origin, signal);
      this.#rules.set(url.origin, rules);
    }
    if (rules === 'closed') throw new Refusal('its robots.txt cannot be read, which closes the site (RFC 9309)');
    if (rules.isAllowed(url.href, ROBOT) === false) throw new Refusal('its robots.txt does not allow it');
  }

  /** RFC 9309: absent rules allow all, a server that fails forbids all. */
  async #readRobots(origin: string, signal: AbortSignal): Promise<Rules> {
    const address = `${origin}/robots.txt`;
    let url = new URL(address);
    for (let hop = 0; hop <= this.#limits.maxRedirects; hop++) {
      const answer = await this.#request(url, signal);
      const next = redirectOf(answer, url);
      if (next === undefined) {
        if (answer.statusCode >= 500) {
          discard(answer);
          return 'closed';
        }
        const isThere = answer.statusCode < 300;
        const bytes = isThere ? await collect(answer, { most: ROBOTS_BYTES, cut: true }) : new Uint8Array();
        if (!isThere) discard(answer);
        return robotsParser(address, new TextDecoder().decode(bytes));
      }
      discard(answer);
      url = this.#checked(next);
    }
    return 'closed';
  }

  async #pause(url: URL, signal: AbortSignal): Promise<void> {
    const rules = this.#rules.get(url.origin);
    const asked = rules === undefined || rules === 'closed' ? 0 : (rules.getCrawlDelay(ROBOT) ?? 0) * 1_000;
    const pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(this.#limits.pauseMs, asked));
    const last = this.#lastAt.get(url.host);
    const waitMs = last === undefined ? 0 : last + pauseMs - this.#clock.now();
    if (waitMs > 0) await this.#clock.sleep(waitMs, signal);
    this.#lastAt.set(url.host, this.#clock.now());
  }

  #request(url: URL, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const { timeoutMs } = this.#limits;
    return request(url, {
      dispatcher: this.#agent,
      signal,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      // Plain bytes: a small answer that unpacks to a large one is not asked for.
      headers: { 'user-agent': USER_AGENT, accept: PAGES.join(', '), 'accept-encoding': 'identity' },
    });
  }

  async #read(url: URL, answer: Dispatcher.ResponseData): Promise<FetchedPage> {
    const header = (name: string) => [answer.headers[name]].flat()[0];
    const refuse = (why: string): never => {
      discard(answer);
      throw new Refusal(why);
    };
    if (answer.statusCode !== 200) refuse(`the server answers ${answer.statusCode}`);
    const contentType = (header('content-type') ?? '').split(';')[0]!.trim().toLowerCase();
    if (!PAGES.includes(contentType)) refuse(`it is ${contentType.slice(0, 60) || 'of no kind'} and no page`);
    if ((header('content-encoding') ?? 'identity') !== 'identity')
      refuse('it comes packed, though plain was asked for');
    const body = await collect(answer, { most: this.#limits.maxBytes, cut: false });
    const modified = Date.parse(header('last-modified') ?? '');
    const lastModified = Number.isNaN(modified) ? null : new Date(modified).toISOString().slice(0, 10);
    return { url: url.href, body, contentType, lastModified };
  }
}

const isListed = (host: string, entry: string): boolean => {
  const wanted = entry.trim().toLowerCase();
  return wanted.startsWith('*.') ? host.endsWith(wanted.slice(1)) : host === wanted;
};

function redirectOf({ statusCode, headers }: Dispatcher.ResponseData, from: URL): string | undefined {
  if (![301, 302, 303, 307, 308].includes(statusCode)) return undefined;
  const location = [headers.location].flat()[0];
  return location !== undefined && URL.canParse(location, from.href) ? new URL(location, from).href : undefined;
}

/** Ends an answer that nobody reads; the abort is an event of its body, which unheard would end the process. */
function discard({ body }: Dispatcher.ResponseData): void {
  body.on('error', () => {});
  body.destroy();
}

async function collect(
  { body }: Dispatcher.ResponseData,
  { most, cut }: { readonly most: number; readonly cut: boolean },
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    const bytes = part as Uint8Array;
    size += bytes.length;
    if (size > most && !cut) throw new Refusal(`it is larger than ${most} bytes`);
    parts.push(size > most ? bytes.subarray(0, bytes.length - (size - most)) : bytes);
    if (size >= most && cut) break;
  }
  return Buffer.concat(parts);
}

const codeOf = (error: unknown): string => {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
  const known = code ?? cause?.code;
  return typeof known === 'string' ? ` (${known})` : '';
};
