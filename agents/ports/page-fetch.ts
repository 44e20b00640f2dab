/** A page as a server gave it. */
export interface FetchedPage {
  /** After redirects. */
  readonly url: string;
  readonly body: Uint8Array;
  /** Without parameters, lower case. */
  readonly contentType: string;
  /** YYYY-MM-DD; null where the server says none. */
  readonly lastModified: string | null;
}

/** One address that was asked for: the page, or why there is none. */
export type FetchResult =
  | { readonly asked: string; readonly page: FetchedPage }
  | { readonly asked: string; readonly refused: string };

/**
 * Reads public web pages of the hosts that the cell's settings allow, and no others: neither a task nor a model can widen
 * them. robots.txt is obeyed; time, bytes, redirects and count are bounded; addresses of private networks are refused by
 * what is connected to.
 */
export interface PageFetch {
  /** As the settings write them: `example.com`, `*.example.com`. */
  readonly hosts: readonly string[];
  /** Never throws for an address; rejects with the signal's reason. In the order asked. */
  fetch(urls: readonly string[], signal?: AbortSignal): Promise<readonly FetchResult[]>;
}
