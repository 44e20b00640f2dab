import type { ModelInfo } from '../../../domain/model.ts';

const FRESH_MS = 60_000;
const FAILED_FRESH_MS = 5_000;
const PATIENCE_MS = 3_000;

/**
 * The models that a server lists by itself: asked for at most once a minute, for at most three seconds. A server that
 * does not answer lists none, until it is asked again.
 */
export class LiveModels {
  private list: readonly ModelInfo[] = [];
  private freshUntilMs = 0;
  private asking: Promise<void> | undefined;

  /** @param complete makes what is offered of what the server lists */
  constructor(
    private readonly ask: (signal: AbortSignal) => Promise<readonly ModelInfo[]>,
    private readonly complete: (listed: readonly ModelInfo[]) => readonly ModelInfo[] = (listed) => listed,
  ) {}

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
      this.list = this.complete(await this.ask(AbortSignal.timeout(PATIENCE_MS)));
      this.freshUntilMs = performance.now() + FRESH_MS;
    } catch {
      this.list = this.complete([]);
      this.freshUntilMs = performance.now() + FAILED_FRESH_MS;
    }
  }
}
