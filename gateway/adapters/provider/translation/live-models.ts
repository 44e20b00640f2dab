import type { ModelInfo } from '../../../domain/model.ts';

const FRESH_MS = 60_000;
const FAILED_FRESH_MS = 5_000;
const PATIENCE_MS = 3_000;

/**
 * The models that a server lists by itself: asked for at most once a minute, for at most three seconds. A server that
 * does not answer has none, until it is asked again.
 */
export class LiveModels {
  private list: readonly ModelInfo[] = [];
  private freshUntilMs = 0;
  private asking: Promise<void> | undefined;

  constructor(private readonly ask: (signal: AbortSignal) => Promise<readonly ModelInfo[]>) {}

  async get(): Promise<readonly ModelInfo[]> {
    if (performance.now() < this.freshUntilMs) return this.list;
    this.asking ??= this.refresh().finally(() => {
      this.asking = undefined;
    });
    await this.asking;
    return this.list;
  }

  private async refresh(): Promise<void> {
    try {
      this.list = await this.ask(AbortSignal.timeout(PATIENCE_MS));
      this.freshUntilMs = performance.now() + FRESH_MS;
    } catch {
      this.list = [];
      this.freshUntilMs = performance.now() + FAILED_FRESH_MS;
    }
  }
}
