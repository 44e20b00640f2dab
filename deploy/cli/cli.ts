import type { CellClient } from './connection/cell-client.ts';
import type { ConnectionOptions } from './connection/find-cell.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { type Style, styleFor } from './output/style.ts';
import type { Terminal } from './terminal.ts';

export interface OutputOptions {
  readonly json?: boolean;
}

export type Connect = (options: ConnectionOptions, terminal: Terminal) => Promise<CellClient>;

/** One run of the command: where it writes, how it reaches the cell, and what it will answer to the shell. */
export class Cli {
  exitCode: ExitCode = EXIT.ok;
  readonly style: Style;
  readonly noteStyle: Style;
  readonly #connect: Connect;

  constructor(
    readonly terminal: Terminal,
    connect: Connect = connectOverHttp,
  ) {
    this.style = styleFor(terminal.stdout, terminal.env);
    this.noteStyle = styleFor(terminal.stderr, terminal.env);
    this.#connect = connect;
  }

  /** Width of the terminal, or undefined when the output goes elsewhere and must not be cut. */
  get width(): number | undefined {
    return this.terminal.stdout.isTTY ? Math.max(40, this.terminal.stdout.columns || 80) : undefined;
  }

  /** A result, on stdout. */
  say(text: string): void {
    this.terminal.stdout.write(`${text}\n`);
  }

  /** What accompanies the work (progress, hints, warnings), on stderr. */
  note(text: string): void {
    this.terminal.stderr.write(`${text}\n`);
  }

  /** The one result of a command: `value` as JSON where --json asks for it, else the text. */
  result(options: OutputOptions, value: unknown, text: () => string): void {
    if (options.json) this.say(JSON.stringify(value, null, this.terminal.stdout.isTTY ? 2 : undefined));
    else this.say(text());
  }

  /** One line of a stream of results. */
  event(options: OutputOptions, value: unknown, text: () => string): void {
    this.say(options.json ? JSON.stringify(value) : text());
  }

  connect(options: ConnectionOptions): Promise<CellClient> {
    return this.#connect(options, this.terminal);
  }
}

async function connectOverHttp(options: ConnectionOptions, terminal: Terminal): Promise<CellClient> {
  const [{ findCell }, { httpClient }] = await Promise.all([
    import('./connection/find-cell.ts'),
    import('./connection/http-client.ts'),
  ]);
  return httpClient(await findCell(options, terminal));
}
