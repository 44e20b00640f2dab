import { createInterface } from 'node:readline/promises';
import type { Cli } from '../cli.ts';

/** A yes or no from a person at the terminal; anything but a clear yes is no. */
export async function confirm(cli: Cli, question: string): Promise<boolean> {
  const { stdin, stderr, signal } = cli.terminal;
  const lines = createInterface({ input: stdin, terminal: false });
  stderr.write(`${question} [y/N] `);
  try {
    const answer = await lines.question('', { signal });
    return /^(y|yes)$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
