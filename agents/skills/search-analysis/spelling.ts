import { inert } from '../text/inert.ts';
import type { Estimate } from './types.ts';

export const number = (value: number): string =>
  (value < 10 ? Math.round(value * 10) / 10 : Math.round(value)).toLocaleString('en-GB');
export const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
/** Anyone can put a query into an export by searching for it: what it holds is shown, and links and marks nothing. */
export const inline = (text: string): string => inert(text, { mostChars: 1_000 });
export const lineList = (lines: readonly number[]): string =>
  `${lines.length === 1 ? 'line' : 'lines'} ${lines.slice(0, 6).join(', ')}${lines.length > 6 ? ` and ${lines.length - 6} more` : ''}`;
export const clicksOf = ({ low, mid, high }: Estimate): string =>
  `about ${number(mid)} extra clicks (${number(low)} to ${number(high)})`;
