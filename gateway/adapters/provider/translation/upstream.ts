import { context, propagation } from '@opentelemetry/api';
import type { Agent } from 'undici';

/**
 * HTTP as the vendors' SDKs are given it: any answer that is not a success becomes one kind of error with the facts of
 * it, whatever the vendor. The SDKs would put the body into a message, or print it (ollama does).
 */
export interface UpstreamFacts {
  readonly status: number | null;
  /** What the vendor calls it: types, codes and statuses of its error object. */
  readonly types: readonly string[];
  readonly retryAfterMs: number | null;
  /** Only to tell failures apart by; never shown, logged or kept. */
  readonly says: string;
}

export class UpstreamFailure extends Error {
  override readonly name = 'UpstreamFailure';

  constructor(readonly facts: UpstreamFacts) {
    super(`the provider answered with status ${facts.status}`);
    // Out of reach of whoever prints or serialises the error.
    Object.defineProperty(this, 'facts', { enumerable: false });
  }
}

const MAX_ERROR_BYTES = 64 * 1024;

/**
 * A `fetch` for an SDK. `signal` ends requests for which the SDK takes none of its own; connections that take longer
 * than `connectTimeoutMs` fail with undici's UND_ERR_CONNECT_TIMEOUT.
 */
export function upstreamFetch({
  signal,
  connectTimeoutMs,
}: {
  readonly signal?: AbortSignal;
  readonly connectTimeoutMs?: number;
} = {}): typeof fetch {
  return async (input, init) => {
    const own =
      connectTimeoutMs === undefined ? {} : { dispatcher: (await connectionsWithin(connectTimeoutMs)) as never };
    const signals = [init?.signal, signal].filter((one): one is AbortSignal => one instanceof AbortSignal);
    // Redirects are refused: they would carry the key to another host.
    const headers = tracedHeaders(init?.headers);
    const response = await fetch(input, {
      ...{ ...init, ...own, headers, signal: AbortSignal.any(signals), redirect: 'error' },
    }).catch((error: unknown) => {
      throw connectedLate(error) ? new UpstreamFailure(LATE) : error;
    });
    if (response.ok) return response;
    const body = await boundedText(response);
    throw new UpstreamFailure(factsOf(response.status, body, response.headers));
  };
}

/** Told as a failure of ours: the SDKs make a time-out of their own, without a cause, of whatever speaks of one. */
const LATE: UpstreamFacts = { status: null, types: ['connect-late'], retryAfterMs: null, says: '' };

function connectedLate(error: unknown): boolean {
  const { cause } = error as { cause?: { code?: unknown } };
  return cause?.code === 'UND_ERR_CONNECT_TIMEOUT' || cause?.code === 'ETIMEDOUT';
}

const agents = new Map<number, Promise<Agent>>();

/** One set of connections for each time; they close by themselves once they are idle. */
function connectionsWithin(connectTimeoutMs: number): Promise<Agent> {
  const known = agents.get(connectTimeoutMs);
  if (known) return known;
  const made = import('undici').then(({ Agent }) => new Agent({ connect: { timeout: connectTimeoutMs } }));
  agents.set(connectTimeoutMs, made);
  return made;
}

/** The trace goes on at the provider's; without one registered nothing is added. */
function tracedHeaders(given: RequestInit['headers']): RequestInit['headers'] {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  const { traceparent } = carrier;
  if (traceparent === undefined) return given;
  const headers = new Headers(given);
  // No baggage: what stands in it is nobody's outside.
  headers.set('traceparent', traceparent);
  return headers;
}

async function boundedText(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
    bytes += value.byteLength;
    if (bytes < MAX_ERROR_BYTES) continue;
    await reader.cancel().catch(() => {});
    return text;
  }
}

/** Reads an error body of any of the vendors: `{ error: { type, code, status, message, details } }` or `{ error: text }`. */
export function factsOf(status: number | null, body: unknown, headers?: Headers): UpstreamFacts {
  const parsed = typeof body === 'string' ? parse(body) : body;
  // Google wraps errors of its streams in a list.
  const whole = Array.isArray(parsed) ? parsed[0] : parsed;
  const error = field(whole, 'error') ?? whole;
  const details = field(error, 'details');
  const listed: readonly unknown[] = Array.isArray(details) ? details : [];
  const inner = field(error, 'innererror');
  const candidates = [field(error, 'type'), field(error, 'code'), field(error, 'status'), field(inner, 'code')];
  const types = [...candidates, ...listed.map((one) => field(one, 'reason'))].flatMap(safeName);
  const said = typeof error === 'string' ? error : field(error, 'message');
  const code = field(error, 'code');
  return {
    status: status ?? (typeof code === 'number' ? code : null),
    types,
    retryAfterMs: retryAfterOf(headers) ?? delayIn(listed),
    says: typeof said === 'string' ? said.slice(0, 2_000) : '',
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** A vendor's name for an error, and nothing that could be prose. */
function safeName(value: unknown): string[] {
  return typeof value === 'string' && /^[A-Za-z][\w.-]{0,63}$/.test(value) ? [value] : [];
}

const MAX_RETRY_AFTER_MS = 24 * 3_600_000;

function retryAfterOf(headers: Headers | undefined): number | null {
  const exact = Number(headers?.get('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(exact)) return bounded(exact);
  const said = headers?.get('retry-after')?.trim();
  if (!said) return null;
  if (/^\d+(\.\d+)?$/.test(said)) return bounded(Number(said) * 1_000);
  const at = Date.parse(said);
  return Number.isNaN(at) ? null : bounded(at - Date.now());
}

/** Google's way: `{ '@type': '…RetryInfo', retryDelay: '17s' }` among the details. */
function delayIn(details: readonly unknown[]): number | null {
  for (const detail of details) {
    const delay = field(detail, 'retryDelay');
    const seconds = typeof delay === 'string' ? /^(\d+(?:\.\d+)?)s$/.exec(delay)?.[1] : undefined;
    if (seconds) return bounded(Number(seconds) * 1_000);
  }
  return null;
}

function bounded(ms: number): number {
  return Math.round(Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS));
}
