import { Command } from 'commander';
import type { Cli } from './cli.ts';
import type { Define } from './command.ts';
import { COMMANDS, type CommandEntry } from './commands/index.ts';
import { VERSION } from './package-version.ts';

/**
 * The tree of commands. Only the command that a line names is loaded; of the others the list of names is enough.
 *
 * @param wanted name of the command to load, or 'all'
 */
export async function buildProgram(cli: Cli, wanted: string | undefined): Promise<Command> {
  const program = new Command('kaze');
  program
    .description('Kaze: one knowledge graph per cell, agents that act through it, people in charge.')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .version(VERSION, '-V, --version', 'print the version')
    .exitOverride()
    .configureHelp({ showGlobalOptions: false, helpWidth: cli.width ?? 100 })
    .configureOutput({
      writeOut: (text) => cli.terminal.stdout.write(text),
      // Errors are written once, by run().
      writeErr: () => {},
      getOutHelpWidth: () => cli.width ?? 100,
    })
    .showSuggestionAfterError(true)
    .enablePositionalOptions();
  for (const entry of COMMANDS) {
    const command = program.command(entry.name).summary(entry.summary).description(entry.summary);
    command.helpCommand(false);
    if (entry.name !== wanted && wanted !== 'all') continue;
    await fill(command, entry, cli);
  }
  program.addHelpText('after', AFTER);
  return program;
}

async function fill(command: Command, entry: CommandEntry, cli: Cli): Promise<void> {
  const define: Define = (await entry.load()).define;
  define(command, cli);
  if (command.commands.length > 0) {
    const description = command.description();
    if (description === entry.summary) {
      command.description(`${entry.summary.charAt(0).toUpperCase()}${entry.summary.slice(1)}.`);
    }
    command.usage('<command> [options]');
  }
}

const AFTER = `
Start here:
  $ npm start
  $ npx kaze ask "How many days of annual leave are there?" --tenant acme
  $ npx kaze help tasks

The cell is found through its data folder (./.kaze), or with --url and a token.
Exit codes: 0 done, 1 failed, 2 usage, 3 partly failed, 4 no cell, 5 refused, 6 not found, 130 interrupted.`;

/** Help of each command and subcommand, in order; docs/cli.md is made from it. */
export function helpTexts(program: Command): ReadonlyArray<{ readonly path: string; readonly text: string }> {
  const walk = (command: Command, path: string): Array<{ path: string; text: string }> => [
    { path, text: fullHelp(command) },
    ...command.commands.filter((one) => one.name() !== 'help').flatMap((one) => walk(one, `${path} ${one.name()}`)),
  ];
  return walk(program, 'kaze');
}

function fullHelp(command: Command): string {
  const parts: string[] = [];
  const saved = command.configureOutput();
  command.configureOutput({ ...saved, writeOut: (part) => void parts.push(part) });
  command.outputHelp();
  command.configureOutput(saved);
  return parts.join('').trimEnd();
}
