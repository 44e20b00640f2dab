/** What a figure is held to, and whether it holds. */
export interface Bar {
  readonly figure: string;
  readonly measured: number;
  /** At least (or, for what should be rare, at most) this; with `above`, more than this. */
  readonly bar: number;
  readonly rule: 'above' | 'at least' | 'at most';
}

export const BAR_HEAD = ['figure', 'bar', 'measured', 'verdict'];

export function barRows(bars: readonly Bar[]): string[][] {
  return bars.map(({ figure, measured, bar, rule }) => {
    const holds = rule === 'above' ? measured > bar : rule === 'at least' ? measured >= bar : measured <= bar;
    return [figure, `${rule} ${share(bar)}`, share(measured), holds ? 'holds' : 'MISSED'];
  });
}

function share(value: number): string {
  return value.toFixed(3).replace(/^0\./u, '.');
}
