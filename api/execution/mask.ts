/**
 * Which errors a client may see. What the caller or the environment caused passes with its code; everything else
 * becomes one sentence with a reference under which the log has the cause.
 */
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { ArgumentValidationError } from 'type-graphql';
import { type ErrorFields, isKazeError, KazeError, type Logger, newId } from '#platform';
import { apiError } from '../errors.ts';

/** The public form of any thrown value; logs what it hides. */
export function publicError(error: unknown, logger: Logger): KazeError {
  const inner = error instanceof GraphQLError && error.originalError ? error.originalError : error;
  if (isKazeError(inner) && inner.kind !== 'internal') return inner;
  if (inner instanceof ArgumentValidationError) return inputError(inner);
  const reference = newId();
  logger.error({ err: inner, reference }, 'an internal error was masked');
  return apiError('KAZE_API_INTERNAL', `an internal error happened; the log has it under the reference ${reference}`, {
    fields: { reference },
  });
}

interface Violation {
  readonly property: string;
  readonly constraints?: Record<string, string>;
  readonly children?: readonly Violation[];
}

function inputError(error: ArgumentValidationError): KazeError {
  const problems = (list: readonly Violation[], path: string): string[] =>
    list.flatMap((violation) => {
      const at = path ? `${path}.${violation.property}` : violation.property;
      return [
        ...Object.values(violation.constraints ?? {}).map((text) => `${at}: ${text}`),
        ...problems(violation.children ?? [], at),
      ];
    });
  const violations = (error.extensions as { validationErrors?: readonly Violation[] }).validationErrors ?? [];
  const found = problems(violations, '');
  return apiError('KAZE_API_INPUT', found.join('; ') || 'the input is not valid', {
    fields: { problems: found },
  });
}

export interface ErrorExtensions {
  readonly code: string;
  readonly kind: KazeError['kind'];
  readonly retryable: boolean;
  readonly fields: ErrorFields;
}

export const extensionsOf = (error: KazeError): ErrorExtensions => ({
  code: error.code,
  kind: error.kind,
  retryable: error.retryable,
  fields: Object.fromEntries(
    Object.entries(error.fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? shortened(value, 500) : shortenedItems(value),
    ]),
  ),
});

const shortenedItems = (value: Exclude<ErrorFields[string], string>) =>
  typeof value === 'object' ? value.map((item) => shortened(item, 500)) : value;

/** Both ends of a text that repeats what the caller sent: a message is for people, and no way to have megabytes echoed. */
export function shortened(text: string, most = 2_000): string {
  if (text.length <= most) return text;
  const half = Math.floor(most / 2);
  return `${text.slice(0, half)} … ${text.slice(-half)}`;
}

const ours = new WeakSet<Error>();

/** `whole` errors answer the request as such and decide its HTTP status; the others stand beside data. */
export function toGraphQLError(
  error: unknown,
  logger: Logger,
  at: { readonly path?: ReadonlyArray<string | number>; readonly whole?: boolean } = {},
): GraphQLError {
  const seen = publicError(error, logger);
  const made = new GraphQLError(shortened(seen.message), {
    path: at.path ?? (error instanceof GraphQLError ? error.path : undefined),
    extensions: { ...extensionsOf(seen), ...(at.whole ? { http: { status: seen.status } } : {}) },
  });
  ours.add(made);
  return made;
}

/** Codes of Apollo Server's own refusals, all about the request itself. */
const REQUEST_CODES = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);

/** For Apollo's formatError: lets our errors and its own refusals pass, masks whatever else there may be. */
export function formatForApollo(logger: Logger) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    if (error instanceof Error && ours.has(error)) return formatted;
    if (REQUEST_CODES.has(String(formatted.extensions?.code))) {
      return { ...formatted, message: shortened(formatted.message) };
    }
    const masked = toGraphQLError(error, logger);
    return { ...formatted, message: masked.message, extensions: masked.extensions };
  };
}
