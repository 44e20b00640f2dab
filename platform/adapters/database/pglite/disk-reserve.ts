import { statfs } from 'node:fs/promises';

/** Looked at again this often while there is enough: less is written in between than the reserve holds. */
const INTERVAL_MS = 200;

/** Statements after which the disk holds no more than before, or that must pass to end a transaction. */
const HARMLESS = /^\s*(select|begin|start transaction|commit|rollback|show)\b/i;

/**
 * Refuses writing while the disk is nearly full. PGlite must never meet a full disk: when it cannot extend its
 * write-ahead log it spins inside WebAssembly for ever, with the whole process (seen with 0.5.14).
 */
export class DiskReserve {
  readonly #folder: string;
  readonly #reserveBytes: number;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #freeBytes = Number.POSITIVE_INFINITY;

  constructor(folder: string, reserveBytes: number) {
    this.#folder = folder;
    this.#reserveBytes = reserveBytes;
  }

  /** Errors: an `ENOSPC` as the disk itself would give. */
  async check(statement: string): Promise<void> {
    if (HARMLESS.test(statement)) return;
    const now = performance.now();
    if (now - this.#lookedAt >= INTERVAL_MS || this.#freeBytes < this.#reserveBytes) {
      const { bavail, bsize } = await statfs(this.#folder);
      this.#freeBytes = bavail * bsize;
      this.#lookedAt = now;
    }
    if (this.#freeBytes >= this.#reserveBytes) return;
    const text = `${this.#freeBytes} bytes are free under ${this.#folder}, less than the reserve of ${this.#reserveBytes}`;
    throw Object.assign(new Error(text), { code: 'ENOSPC' });
  }
}
