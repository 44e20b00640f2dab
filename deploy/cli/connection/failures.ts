import type { ErrorFields } from '#platform';
import { CommandError } from '../errors.ts';
import type { RawAnswer } from './cell-client.ts';

/** The first error of an answer, with its code and fields; the others stand in `fields.others`. */
export function errorOf(errors: NonNullable<RawAnswer['errors']>): CommandError {
  const [first, ...others] = errors;
  const extensions = first?.extensions ?? {};
  const ours = typeof extensions.code === 'string' && extensions.code.startsWith('KAZE_');
  const fields: ErrorFields = ours
    ? ((extensions.fields as ErrorFields | undefined) ?? {})
    : { reason: typeof extensions.code === 'string' ? extensions.code : undefined };
  return new CommandError(
    ours ? String(extensions.code) : 'KAZE_CLI_QUERY',
    first?.message ?? 'the cell answered with an error that has no message',
    others.length > 0 ? { ...fields, others: others.map((error) => error.message) } : fields,
  );
}

/** Nothing answers, or it stopped answering. */
export function unreachable(url: string, cause: unknown): CommandError {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const reason = inner instanceof Error ? ((inner as NodeJS.ErrnoException).code ?? inner.message) : String(inner);
  const lost = reason === 'UND_ERR_SOCKET' || reason === 'ECONNRESET';
  const message = lost
    ? `the cell at ${url} ended the connection; see its log, then run the command again`
    : `no cell at ${url}, run npm start`;
  return new CommandError('KAZE_CLI_NO_CELL', message, { url, reason }, { cause });
}

/** Something answers, but not as a cell does. */
export const notACell = (url: string, why: string): CommandError =>
  new CommandError('KAZE_CLIENT_PROTOCOL', `what answers at ${url} is no Kaze cell (${why}); check the address`, {
    url,
  });
