/** What the command answers to the shell. Documented in docs/cli.md; a number never changes its meaning. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  partly: 3,
  noCell: 4,
  refused: 5,
  notFound: 6,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_MEANINGS: ReadonlyArray<readonly [code: ExitCode, meaning: string]> = [
  [EXIT.ok, 'Done.'],
  [EXIT.failed, 'It failed; the message says why. Also: a watched task ended as failed, a check found a problem.'],
  [EXIT.usage, 'The command line or a file given to it is wrong; nothing was done.'],
  [
    EXIT.partly,
    'Done in part: some files failed, a root was held back from retiring, or a task of the demo did not move.',
  ],
  [EXIT.noCell, 'No cell answers at the address.'],
  [EXIT.refused, 'The token is missing, unknown or does not allow it.'],
  [EXIT.notFound, 'There is no such thing within what the token may see.'],
  [EXIT.interrupted, 'Interrupted (Ctrl-C); running it again goes on.'],
];

/** By the code that an error carries; codes of all folders follow one pattern, so new ones sort themselves. */
export function exitCodeOf(code: string): ExitCode {
  if (code === 'KAZE_CLI_INTERRUPTED') return EXIT.interrupted;
  if (code === 'KAZE_CLI_NO_CELL' || code === 'KAZE_CLIENT_UNREACHABLE') return EXIT.noCell;
  if (code === 'KAZE_AUTH_KEYS') return EXIT.failed;
  if (/_(UNAUTHENTICATED|FORBIDDEN|NO_CREDENTIAL|KEY_REFUSED)$/.test(code) || code.startsWith('KAZE_AUTH_'))
    return EXIT.refused;
  if (
    /^KAZE_(CLI_USAGE|CLI_EXISTS|CLI_FILE|CLI_INPUT|CLI_AMBIGUOUS|CONFIG_INVALID|DEFINITION_INVALID|DEFINITION_FOLDER_UNREADABLE|GATEWAY_KEY_INPUT|TASK_INPUT|SECRETS_(KEY_MISSING|KEY_WEAK|PATH|VALUE))$/.test(
      code,
    )
  )
    return EXIT.usage;
  if (/_(NOT_FOUND|UNKNOWN)$/.test(code)) return EXIT.notFound;
  return EXIT.failed;
}
