import type { Logger } from '#platform';

/** What has to be ended, in the reverse order of its start; one that fails does not keep the others from ending. */
export class Closers {
  readonly #logger: Logger;
  readonly #ends: Array<{ name: string; end: () => Promise<void> }> = [];
  #closing: Promise<void> | undefined;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  add(name: string, end: () => Promise<void>): void {
    this.#ends.push({ name, end });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const { name, end } of this.#ends.reverse()) {
      try {
        await end();
      } catch (error) {
        this.#logger.error({ err: error, part: name }, 'a part could not be closed');
      }
    }
  }
}
