import { Command, InvalidArgumentError, Option } from 'commander';
import type { Cli, OutputOptions } from './cli.ts';
import type { ConnectionOptions } from './connection/find-cell.ts';
import { usageError } from './errors.ts';

export interface TenantOptions {
  readonly tenant?: string;
  readonly client?: string;
}
export interface PageOptions {
  readonly limit: number;
  readonly after?: string;
}
export type CellOptions = OutputOptions & ConnectionOptions;

export interface LeafSpec {
  /** Name and arguments, as commander reads them: `show <id>`. */
  readonly usage: string;
  readonly summary: string;
  /** What --help says beyond the summary. */
  readonly more?: string;
  readonly args?: Readonly<Record<string, string>>;
  /** Command lines that work as they stand. */
  readonly examples: readonly string[];
  /** False for what needs no running cell. Default: true. */
  readonly cell?: boolean;
  /** Takes --tenant and its other name --client. */
  readonly tenant?: boolean | string;
  /** Takes --limit and --after. */
  readonly page?: boolean;
}

/** A command that does something: every one takes --json and shows examples in its help. */
export function leaf(parent: Command, spec: LeafSpec): Command {
  const [name = '', ...args] = spec.usage.split(' ');
  const command = parent.command(name).summary(spec.summary).description(describe(spec));
  for (const arg of args) command.argument(arg, spec.args?.[arg.replace(/[<>[\].]/g, '')] ?? '');
  configure(command, spec);
  return command;
}

/** The same for a command without subcommands, which exists already. */
export function configure(command: Command, spec: Omit<LeafSpec, 'usage'>): Command {
  command.summary(spec.summary).description(describe(spec));
  if (spec.tenant) {
    const text = typeof spec.tenant === 'string' ? spec.tenant : 'name of the client';
    command.addOption(new Option('--tenant <name>', text).argParser(clientName));
    command.addOption(new Option('--client <name>', 'the same as --tenant').argParser(clientName));
  }
  if (spec.page) {
    command.addOption(new Option('--limit <n>', 'how many at most').default(20).argParser(wholeNumber(1, 1000)));
    command.option('--after <cursor>', 'go on after this cursor, which --json gives');
  }
  command.option('--json', 'print JSON');
  if (spec.cell !== false) connectionOptions(command);
  command.addHelpText('after', `\nExamples:\n${spec.examples.map((line) => `  $ ${line}`).join('\n')}`);
  return command;
}

/** Only what stands behind the first sentence: a description of its own is needed where a summary is not enough. */
const describe = (spec: Pick<LeafSpec, 'summary' | 'more'>): string =>
  `${spec.summary.charAt(0).toUpperCase()}${spec.summary.slice(1)}.${spec.more ? `\n${spec.more}` : ''}`;

function connectionOptions(command: Command): void {
  command.option('--url <address>', 'address of the cell (KAZE_URL)');
  command.option('--token <token>', 'token to use (KAZE_API_TOKEN keeps it out of the list of processes)');
  command.option('--token-file <file>', 'file with the token (KAZE_API_TOKEN_FILE)');
  command.option('--data <folder>', 'data folder of the cell (KAZE_DATA_DIR, else ./.kaze)');
}

const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

function clientName(text: string): string {
  if (NAME.test(text)) return text;
  throw new InvalidArgumentError('A client’s name has lower-case letters, digits and dashes, such as acme.');
}

export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  };

/** Several uses of one option become a list. */
export const collect = (value: string, list: readonly string[] | undefined): readonly string[] => [
  ...(list ?? []),
  value,
];

/** The client that --tenant or --client names. Errors: KAZE_CLI_USAGE when they name two. */
export function tenantFrom({ tenant, client }: TenantOptions): string | undefined {
  if (tenant !== undefined && client !== undefined && tenant !== client) {
    throw usageError(`--tenant ${tenant} and --client ${client} name two clients; they are one option, give one`);
  }
  return tenant ?? client;
}

/** A command file: adds options, subcommands and actions to its command. */
export type Define = (command: Command, cli: Cli) => void;
