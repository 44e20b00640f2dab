import { type Command, CommanderError } from 'commander';
import { Cli, type Connect } from './cli.ts';
import { CommandError, cliError, usageError } from './errors.ts';
import { EXIT, type ExitCode, exitCodeOf } from './exit-codes.ts';
import { writeError } from './output/failure.ts';
import { buildProgram } from './program.ts';
import { processTerminal, type Terminal } from './terminal.ts';

/** Runs one command line of the `kaze` command in this process; resolves with its exit code. */
export async function run(argv: readonly string[]): Promise<number> {
  const terminal = processTerminal();
  try {
    return await runIn(terminal, argv);
  } finally {
    terminal.release();
  }
}

/** The same in a given surrounding. */
export async function runIn(terminal: Terminal, argv: readonly string[], connect?: Connect): Promise<ExitCode> {
  const cli = new Cli(terminal, connect);
  let called = 'kaze';
  try {
    const program = await buildProgram(cli, wantedCommand(argv));
    called = calledCommand(program, argv);
    await program.parseAsync([...argv], { from: 'user' });
    return cli.exitCode;
  } catch (error) {
    const failure = toFailure(error, terminal);
    if (failure === undefined) return EXIT.ok;
    writeError(cli, failure, argv.includes('--json'), called);
    return exitCodeOf(failure.code);
  }
}

/** Which command file has to be loaded: `kaze tasks …`, `kaze help tasks`. */
function wantedCommand(argv: readonly string[]): string | undefined {
  const words = argv.filter((word) => !word.startsWith('-'));
  return words[0] === 'help' ? words[1] : words[0];
}

/** `kaze new skill`: as many words of the line as name a command. */
function calledCommand(program: Command, argv: readonly string[]): string {
  const names = [program.name()];
  let command = program;
  for (const word of argv) {
    const next = command.commands.find((one) => one.name() === word);
    if (!next) break;
    names.push(word);
    command = next;
  }
  return names.join(' ');
}

/** Undefined for what is no failure, such as help that was asked for. */
function toFailure(error: unknown, terminal: Terminal): CommandError | undefined {
  if (error instanceof CommandError) return error;
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return undefined;
    if (error.code === 'commander.help') return usageError('a command is missing; the help lists what there is');
    return usageError(error.message.replace(/^error: /, '').replace(/\n/g, ' '));
  }
  if (terminal.signal.aborted) return cliError('KAZE_CLI_INTERRUPTED', 'interrupted');
  // A KazeError of a part that runs in this process (start, doctor, validate) carries code and fields of its own.
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('KAZE_')) {
    const { fields } = error as { fields?: CommandError['fields'] };
    return new CommandError(String(error.code), error.message, fields, { cause: error });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new CommandError('KAZE_CLI_UNEXPECTED', `an unexpected error: ${message}`, {}, { cause: error });
}
