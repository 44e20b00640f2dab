import { JetStreamApiCodes, JetStreamApiError, JetStreamError } from '@nats-io/jetstream';
import { errors } from '@nats-io/transport-node';
import { KazeError } from '../../../errors.ts';
import { platformErrors } from '../../../errors-platform.ts';

/** A native failure as an error of ours. What is unknown counts as a defect, except where the connection is gone. */
export function toBusError(error: unknown, operation: string): KazeError {
  if (error instanceof KazeError) return error;
  const { code, message } = classify(error);
  return platformErrors(code, `${message} (${operation})`, { cause: error, fields: { operation } });
}

function classify(error: unknown) {
  if (isNamed(error, 'JetStreamNotEnabled') || apiCode(error) === JetStreamApiCodes.JetStreamNotEnabledForAccount) {
    return { code: 'KAZE_BUS_ACCESS', message: 'the messaging server has no JetStream for this account' } as const;
  }
  if (
    error instanceof errors.AuthorizationError ||
    error instanceof errors.PermissionViolationError ||
    error instanceof errors.UserAuthenticationExpiredError
  ) {
    return { code: 'KAZE_BUS_ACCESS', message: 'the messaging server refuses the credentials' } as const;
  }
  // 503 of JetStream's own: no leader yet, resources exhausted for now, or still recovering after a restart.
  const transient = error instanceof JetStreamApiError && error.status === 503;
  if (
    transient ||
    error instanceof errors.TimeoutError ||
    error instanceof errors.RequestError ||
    error instanceof errors.NoRespondersError ||
    error instanceof errors.ConnectionError ||
    error instanceof errors.ClosedConnectionError ||
    error instanceof errors.DrainingConnectionError ||
    (error instanceof JetStreamError && !(error instanceof JetStreamApiError)) ||
    isNetworkError(error)
  ) {
    return { code: 'KAZE_BUS_UNAVAILABLE', message: 'the messaging server does not answer' } as const;
  }
  return { code: 'KAZE_BUS_FAILED', message: 'the messaging server gave an unexpected error' } as const;
}

export function apiCode(error: unknown): number | undefined {
  return error instanceof JetStreamApiError ? error.code : undefined;
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

function isNetworkError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)/.test(code);
}
