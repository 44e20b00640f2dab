import type { Cli } from '../cli.ts';
import { cut } from '../output/text.ts';

const LEAST_MS = 1_000;

/** What long work without steps is doing: one line that changes on a terminal, elsewhere a line now and then. */
export interface Status {
  say(text: string): void;
  end(): void;
}

export function statusFor(cli: Cli): Status {
  const { stderr, env } = cli.terminal;
  const redraws = stderr.isTTY === true && env.TERM !== 'dumb';
  let said = '';
  let saidAt = Number.NEGATIVE_INFINITY;
  return {
    say(text) {
      if (text === said) return;
      // What begins like the line before is the same work, further on.
      const isSameWork = text.replace(/\d+/g, '') === said.replace(/\d+/g, '');
      if (redraws) stderr.write(`\r\u001b[2K${cut(`${text} …`, (stderr.columns || 80) - 1)}`);
      else if (!isSameWork || performance.now() - saidAt >= LEAST_MS) stderr.write(`${text} …\n`);
      else return;
      said = text;
      saidAt = performance.now();
    },
    end() {
      if (redraws && said !== '') stderr.write('\r\u001b[2K');
    },
  };
}
