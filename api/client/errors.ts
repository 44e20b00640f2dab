import { type ErrorFields, KazeError } from '#platform';
import { apiError } from '../errors.ts';

export interface WireError {
  readonly message: string;
  readonly path?: ReadonlyArray<string | number>;
  readonly extensions?: {
    readonly code?: string;
    readonly kind?: KazeError['kind'];
    readonly retryable?: boolean;
    readonly fields?: ErrorFields;
  };
}

/** The error of a cell as one of ours: with its code, kind and fields, also for codes that this process never loaded. */
export function fromWire(error: WireError, status = 400): KazeError {
  const { code, kind, retryable, fields } = error.extensions ?? {};
  if (!code) return apiError('KAZE_CLIENT_PROTOCOL', error.message);
  const made = new KazeError(code, error.message, { fields });
  // GraphQL's own refusals (a field that does not exist) carry no kind: the caller must act.
  const known = { kind: kind ?? ('caller' as const), retryable: retryable ?? false };
  return Object.assign(made, known, made.status === 500 && status !== 500 ? { status } : {});
}

export function unreachable(url: string, cause: unknown): KazeError {
  const detail = (cause as { cause?: { code?: string } }).cause?.code ?? (cause instanceof Error ? cause.message : '');
  return apiError('KAZE_CLIENT_UNREACHABLE', `no cell at ${url}${detail ? ` (${detail})` : ''}, run npm start`, {
    cause,
    fields: { url },
  });
}
