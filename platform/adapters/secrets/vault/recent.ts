import type { Clock } from '../../../clock.ts';

const MOST = 10_000;

/** What was asked for lately. Whoever asks for the same at the same time shares one answer; a failure is not kept. */
export class Recent<T> {
  private readonly known = new Map<string, { readonly answer: Promise<T>; readonly until: number }>();

  constructor(private readonly options: { readonly forMs: number; readonly clock: Clock }) {}

  of(key: string, ask: () => Promise<T>): Promise<T> {
    const { forMs, clock } = this.options;
    if (forMs === 0) return ask();
    const now = clock.now();
    const kept = this.known.get(key);
    if (kept && now < kept.until) return kept.answer;
    const answer = ask();
    const entry = { answer, until: now + forMs };
    this.known.delete(key);
    this.known.set(key, entry);
    if (this.known.size > MOST) this.known.delete(this.known.keys().next().value!);
    answer.catch(() => {
      if (this.known.get(key) === entry) this.known.delete(key);
    });
    return answer;
  }

  clear(): void {
    this.known.clear();
  }
}
