import type { Cli } from '../cli.ts';
import { cut } from '../output/text.ts';

/** How far long work is: a bar that redraws itself on a terminal, lines elsewhere. On stderr. */
export interface Progress {
  /** Something ended; `line` is said where there is no bar, and always when `keep`. */
  step(line: string, keep?: boolean): void;
  /** What is being worked on, for the bar. */
  working(on: string): void;
  end(): void;
}

const BAR = 24;

/** @param total how many steps there will be */
export function progressFor(cli: Cli, total: number): Progress {
  const { stderr } = cli.terminal;
  const redraws = stderr.isTTY === true && cli.terminal.env.TERM !== 'dumb';
  let done = 0;
  let current = '';
  const draw = () => {
    if (!redraws) return;
    const filled = total === 0 ? BAR : Math.round((done / total) * BAR);
    const head = `[${'#'.repeat(filled)}${'.'.repeat(BAR - filled)}] ${done}/${total} `;
    const room = (stderr.columns || 80) - head.length - 1;
    stderr.write(`\r\u001b[2K${head}${room > 8 ? cut(current, room) : ''}`);
  };
  const clear = () => void (redraws && stderr.write('\r\u001b[2K'));
  return {
    step(line, keep = false) {
      done++;
      if (!redraws || keep) {
        clear();
        stderr.write(`${line}\n`);
      }
      draw();
    },
    working(on) {
      current = on;
      draw();
    },
    end: clear,
  };
}
