/**
 * Kaze's one error type and the tables of codes that each folder declares.
 *
 * A code is `KAZE_<AREA>_<WHAT>`, is never renamed and never used again once retired. The kind says who must act, and
 * decides retry, log level and what a client may see:
 * - `caller`: the request is wrong; mending it is the caller's work. Never retried.
 * - `environment`: something Kaze depends on is away, slow, full or misconfigured. May be retried when `retryable`.
 * - `internal`: a defect of ours. Clients see a reference instead of the text.
 */
export type ErrorKind = 'caller' | 'environment' | 'internal';

export interface ErrorDefinition {
  readonly kind: ErrorKind;
  /** HTTP status that the edges answer with. */
  readonly status: number;
  /** One sentence for the error page: when it happens. */
  readonly when: string;
  /** One sentence for the error page: the way out. */
  readonly remedy: string;
  /** Whether the same call may succeed later without a change. */
  readonly retryable?: boolean;
}

export type ErrorTable = Readonly<Record<`KAZE_${string}`, ErrorDefinition>>;

/** Facts that code may branch on and people may read: limits, ids, positions. Never a secret and never prompt text. */
export type ErrorFields = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export interface KazeErrorOptions {
  readonly fields?: ErrorFields;
  readonly cause?: unknown;
}

const catalogue = new Map<string, ErrorDefinition>();

export class KazeError extends Error {
  override readonly name = 'KazeError';
  readonly code: string;
  readonly kind: ErrorKind;
  readonly status: number;
  readonly retryable: boolean;
  readonly fields: ErrorFields;

  /**
   * @param code a code of some folder's `errors.ts`
   * @param message one sentence: what happened, on which subject, the limit, the way out
   */
  constructor(code: string, message: string, options: KazeErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    const definition = catalogue.get(code);
    this.code = code;
    this.kind = definition?.kind ?? 'internal';
    this.status = definition?.status ?? 500;
    this.retryable = definition?.retryable ?? false;
    this.fields = options.fields ?? {};
  }

  /** The shape in which an error crosses an edge (HTTP, GraphQL extensions, the command line's --json). */
  toJSON(): { code: string; message: string; kind: ErrorKind; retryable: boolean; fields: ErrorFields } {
    return { code: this.code, message: this.message, kind: this.kind, retryable: this.retryable, fields: this.fields };
  }
}

/**
 * Registers a folder's codes and returns a typed constructor for them.
 *
 * @example
 * const errors = defineErrors({ KAZE_TASK_UNKNOWN: { kind: 'caller', status: 404, when: '…', remedy: '…' } });
 * throw errors('KAZE_TASK_UNKNOWN', 'there is no task t1', { fields: { id: 't1' } });
 */
export function defineErrors<T extends ErrorTable>(
  table: T,
): (code: keyof T & string, message: string, options?: KazeErrorOptions) => KazeError {
  for (const [code, definition] of Object.entries(table)) {
    const known = catalogue.get(code);
    if (known && known !== definition && JSON.stringify(known) !== JSON.stringify(definition)) {
      throw new Error(`error code ${code} is declared twice`);
    }
    catalogue.set(code, definition);
  }
  return (code, message, options) => new KazeError(code, message, options);
}

/** Every registered code, sorted: the source of the generated error page. */
export function errorCatalogue(): ReadonlyArray<readonly [code: string, definition: ErrorDefinition]> {
  return [...catalogue].sort(([a], [b]) => (a < b ? -1 : 1));
}

export function isKazeError(value: unknown, code?: string): value is KazeError {
  return value instanceof KazeError && (code === undefined || value.code === code);
}
