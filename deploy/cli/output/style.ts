import { styleText } from 'node:util';
import type { Output } from '../terminal.ts';

type Format = Parameters<typeof styleText>[0];
export type Style = (text: string, format: Format) => string;

/** Colours on a terminal only, and not where NO_COLOR (https://no-color.org) or TERM=dumb say otherwise. */
export function styleFor(output: Output, env: Readonly<Record<string, string | undefined>>): Style {
  const plain = !output.isTTY || (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb';
  if (plain) return (text) => text;
  return (text, format) => styleText(format, text, { validateStream: false });
}

const STATE_COLOURS: Readonly<Record<string, Format>> = {
  delivered: 'green',
  approved: 'green',
  active: 'green',
  edited: 'green',
  running: 'cyan',
  queued: 'cyan',
  pending: 'yellow',
  awaiting_approval: 'yellow',
  parked: 'yellow',
  paused: 'yellow',
  failed: 'red',
  rejected: 'red',
  cancelled: 'gray',
  retired: 'gray',
  erased: 'gray',
};

export const styledState = (style: Style, state: string): string =>
  STATE_COLOURS[state] ? style(state, STATE_COLOURS[state]) : state;
