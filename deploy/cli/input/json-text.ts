import { cliError } from '../errors.ts';

/** An object from JSON text. Errors: KAZE_CLI_INPUT with the place where it breaks off. */
export function jsonObject(text: string, what: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw cliError('KAZE_CLI_INPUT', `${what} is no JSON: ${reason}`, { what });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw cliError('KAZE_CLI_INPUT', `${what} must be a JSON object, such as {"name": "value"}`, { what });
  }
  return value as Record<string, unknown>;
}
