import { Cli } from './cli.ts';
import { EXIT_MEANINGS } from './exit-codes.ts';
import { buildProgram, helpTexts } from './program.ts';
import type { Terminal } from './terminal.ts';

/** From here on docs/cli.md is made from the commands themselves. */
export const REFERENCE_MARK = '<!-- From here on made from the commands (deploy/cli/reference.ts); do not edit. -->';

/** Exit codes and the help of every command, as Markdown: the second half of docs/cli.md. */
export async function cliReference(): Promise<string> {
  const program = await buildProgram(new Cli(NOWHERE), 'all');
  const codes = EXIT_MEANINGS.map(([code, meaning]) => `| ${code} | ${meaning} |`);
  const commands = helpTexts(program).map(({ path, text }) => {
    const depth = path === 'kaze' || path.split(' ').length === 2 ? '###' : '####';
    return `${depth} ${path}\n\n\`\`\`text\n${text}\n\`\`\``;
  });
  return [
    REFERENCE_MARK,
    `## Exit codes\n\n| code | meaning |\n|---|---|\n${codes.join('\n')}`,
    '## Commands',
    ...commands,
    '',
  ]
    .join('\n\n')
    .trimEnd()
    .concat('\n');
}

const NOWHERE: Terminal = {
  stdin: process.stdin,
  stdout: { write: () => true },
  stderr: { write: () => true },
  env: {},
  cwd: '/',
  signal: new AbortController().signal,
};
