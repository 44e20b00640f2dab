import type { Cli } from '../cli.ts';
import type { CellOptions } from '../command.ts';
import { errorOf } from '../connection/failures.ts';
import { exitCodeOf } from '../exit-codes.ts';
import { jsonObject } from '../input/json-text.ts';
import { readText } from '../input/read-text.ts';

interface QueryOptions extends CellOptions {
  readonly expression?: string;
  /** JSON text, or `@file`. */
  readonly variables?: string;
}

export async function query(cli: Cli, file: string, options: QueryOptions): Promise<void> {
  const text = options.expression ?? (file.includes('{') ? file : await readText(cli, file));
  const variables = await variablesFrom(cli, options.variables);
  const client = await cli.connect(options);
  const answer = await client.raw(text, variables, { signal: cli.terminal.signal });
  cli.say(JSON.stringify(answer, null, cli.terminal.stdout.isTTY ? 2 : undefined));
  if (answer.errors?.length) cli.exitCode = exitCodeOf(errorOf(answer.errors).code);
}

async function variablesFrom(cli: Cli, given: string | undefined): Promise<Record<string, unknown>> {
  if (given === undefined) return {};
  const text = given.startsWith('@') ? await readText(cli, given.slice(1)) : given;
  return jsonObject(text, '--variables');
}
