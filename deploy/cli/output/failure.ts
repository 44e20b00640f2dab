import type { Cli } from '../cli.ts';
import { CLI_ERRORS, type CommandError } from '../errors.ts';
import { harmless } from './text.ts';

/**
 * @param command the command that was called, such as `kaze new skill`, as far as the line names one
 *
 * With --json `{"error": {code, message, fields}}` on stdout; otherwise what happened and its code on stderr.
 */
export function writeError(cli: Cli, error: CommandError, json: boolean, command = 'kaze'): void {
  const { code, message, fields } = error;
  if (json) {
    cli.say(JSON.stringify({ error: { code, message, fields } }));
  } else {
    cli.note(`${cli.noteStyle('kaze:', 'red')} ${harmless(message)}`);
    const problems = fields.problems ?? fields.others;
    if (Array.isArray(problems)) {
      const unsaid = problems.filter((problem) => !message.includes(problem));
      for (const problem of unsaid) cli.note(`  ${harmless(problem)}`);
    }
    const remedy = wayOut(code, command);
    if (remedy) cli.note(`  ${remedy}`);
    cli.note(cli.noteStyle(`  [${code}]`, 'dim'));
  }
  if (cli.terminal.env.KAZE_DEBUG && error.cause) cli.note(String((error.cause as Error).stack ?? error.cause));
}

/** The codes of the cell say their way out in the message; of ours only some need more than that. */
function wayOut(code: string, command: string): string | undefined {
  if (code === 'KAZE_CLI_USAGE') return `See \`${command} --help\`.`;
  if (code === 'KAZE_CLI_UNEXPECTED') return CLI_ERRORS[code].remedy;
  if (code === 'KAZE_API_UNAUTHENTICATED')
    return 'Give a valid token: KAZE_API_TOKEN, --token-file, or the cell’s data folder with --data.';
  return undefined;
}
