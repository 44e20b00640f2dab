import type { ErrorFields, ErrorTable } from '#platform';

/**
 * The codes of the command line. Only types come from #platform here: its readers of file formats would double the time
 * until `kaze tasks list` answers. `error-catalogue.ts` registers this table where the catalogue is wanted.
 */
export const CLI_ERRORS = {
  KAZE_CLI_USAGE: {
    kind: 'caller',
    status: 400,
    when: 'The command line does not fit the command: an unknown command or option, a missing or wrong value.',
    remedy: 'See the help of the command: its name with --help.',
  },
  KAZE_CLI_FILE: {
    kind: 'caller',
    status: 400,
    when: 'A file or folder named on the command line cannot be read or written.',
    remedy: 'Correct the path, or its permissions.',
  },
  KAZE_CLI_INPUT: {
    kind: 'caller',
    status: 400,
    when: 'The content given to a command is not what it takes, such as broken JSON in `--variables` or `edit --file`.',
    remedy: 'Correct what the message names.',
  },
  KAZE_CLI_NO_CELL: {
    kind: 'environment',
    status: 503,
    retryable: true,
    when: 'No cell answers at the address that was given or found in the data folder.',
    remedy: 'Start one with `npm start`, or give its address with --url or KAZE_URL.',
  },
  KAZE_CLI_NO_CREDENTIAL: {
    kind: 'caller',
    status: 401,
    when: 'There is no token to talk to the cell with.',
    remedy: 'Use the folder of the cell (--data), or give a token with KAZE_API_TOKEN or --token.',
  },
  KAZE_CLI_CREDENTIAL_OPEN: {
    kind: 'environment',
    status: 500,
    when: 'The file with the token can be read by other users of this machine, so it is not used.',
    remedy: 'chmod 600 the file, and revoke the token if others may have read it.',
  },
  KAZE_CLI_NOT_FOUND: {
    kind: 'caller',
    status: 404,
    when: 'There is nothing with this id or name within what the token may see.',
    remedy: 'Check the id; the matching `list` command shows what there is.',
  },
  KAZE_CLI_EXISTS: {
    kind: 'caller',
    status: 409,
    when: 'What `kaze new` would write is there already: a file, a vertical, or a skill or agent of that name.',
    remedy: 'Choose another name; nothing that is there is changed.',
  },
  KAZE_CLI_AMBIGUOUS: {
    kind: 'caller',
    status: 400,
    when: 'A name stands for several things, or no client is named and the cell has several.',
    remedy: 'Give --tenant, or the id.',
  },
  KAZE_CLI_QUERY: {
    kind: 'caller',
    status: 400,
    when: 'The cell refused a GraphQL operation.',
    remedy: 'Correct the operation; the message is the cell’s.',
  },
  KAZE_CLI_TASK_ENDED: {
    kind: 'caller',
    status: 409,
    when: 'A watched task reached a last state other than delivered.',
    remedy: '`kaze tasks show ID` says why; `kaze tasks retry ID` tries again.',
  },
  KAZE_CLI_CHECKS: {
    kind: 'environment',
    status: 500,
    when: 'A check found a problem: `doctor`, or `audit verify`.',
    remedy: 'See the lines that are marked.',
  },
  KAZE_CLI_INTERRUPTED: {
    kind: 'caller',
    status: 499,
    when: 'The command was interrupted.',
    remedy: 'Run it again; what was done stays done.',
  },
  KAZE_CLI_UNEXPECTED: {
    kind: 'internal',
    status: 500,
    when: 'The command failed in a way that it does not know.',
    remedy: 'Report it, with the output of the same command under KAZE_DEBUG=1.',
  },
} as const satisfies ErrorTable;

export type CliErrorCode = keyof typeof CLI_ERRORS;

/** Whatever a command fails with: its own codes, and those that the cell answered with. */
export class CommandError extends Error {
  override readonly name = 'CommandError';

  /** @param message one sentence: what, on which subject, the way out */
  constructor(
    readonly code: string,
    message: string,
    readonly fields: ErrorFields = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The same with a code of this folder, checked by the compiler. */
export const cliError = (code: CliErrorCode, message: string, fields?: ErrorFields): CommandError =>
  new CommandError(code, message, fields);

export const usageError = (message: string, fields?: ErrorFields): CommandError =>
  cliError('KAZE_CLI_USAGE', message, fields);
