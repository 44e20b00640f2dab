/** Times of one case, milliseconds, sorted. */
export interface Sample {
  readonly name: string;
  readonly callers: number;
  readonly timesMs: readonly number[];
  readonly wallMs: number;
}

export function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

export const p50 = ({ timesMs }: Sample) => quantile(timesMs, 0.5);
export const p95 = ({ timesMs }: Sample) => quantile(timesMs, 0.95);
export const perSecond = ({ timesMs, wallMs }: Sample) => (timesMs.length / wallMs) * 1_000;

/**
 * Runs cases in turn, round by round, so that what else the machine does falls on all of them alike; the rounds of a
 * case are put together.
 */
export async function interleaved(
  cases: Readonly<Record<string, () => Promise<unknown>>>,
  { rounds, roundMs, callers }: { rounds: number; roundMs: number; callers: number },
): Promise<Sample[]> {
  const times = new Map<string, number[]>();
  const walls = new Map<string, number>();
  for (const run of Object.values(cases)) for (let i = 0; i < 20; i++) await run();
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(cases)) {
      const start = performance.now();
      const list = times.get(name) ?? [];
      times.set(name, list);
      await Promise.all(
        Array.from({ length: callers }, async () => {
          while (performance.now() - start < roundMs) {
            const began = performance.now();
            await run();
            list.push(performance.now() - began);
          }
        }),
      );
      walls.set(name, (walls.get(name) ?? 0) + performance.now() - start);
    }
  }
  return [...times].map(([name, list]) => ({
    name,
    callers,
    timesMs: list.sort((a, b) => a - b),
    wallMs: walls.get(name)!,
  }));
}

/** A Markdown table; numbers with at most three digits that matter. */
export function table(head: readonly string[], rows: ReadonlyArray<ReadonlyArray<string | number>>): string {
  const cell = (value: string | number) => (typeof value === 'number' ? shortNumber(value) : value);
  const lines = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`);
  return `${lines.join('\n')}\n`;
}

function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return '-';
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}
