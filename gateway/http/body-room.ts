import type { Ending } from '../domain/ending.ts';
import { httpError } from './errors.ts';

/** Bodies up to this never wait: what many of them take is bounded by how many calls there are. */
const SMALL_BYTES = 64 * 1024;
const RETRY_AFTER_MS = 1_000;

interface Waiting {
  readonly bytes: number;
  enter(): void;
}

/**
 * How many bytes of bodies the process holds at once, being read or of calls under way. Who does not fit waits in line,
 * its body unread, so that the sender's own network holds it up.
 */
export class BodyRoom {
  private held = 0;
  private readonly line = new Set<Waiting>();

  constructor(
    private readonly maxBytes: number,
    private readonly waitMs: number,
  ) {}

  /** One request's place. Costs nothing until it takes some. */
  place(): BodyPlace {
    return new BodyPlace(this);
  }

  change(from: number, to: number): void {
    this.held += to - from;
    if (this.line.size > 0) this.admit();
  }

  admits(bytes: number): boolean {
    return bytes <= SMALL_BYTES || (this.line.size === 0 && this.fits(bytes));
  }

  /** One alone always fits, however large. */
  private fits(bytes: number): boolean {
    return this.held === 0 || this.held + bytes <= this.maxBytes;
  }

  private admit(): void {
    for (const waiting of this.line) {
      // First come, first served: a smaller one behind it would starve the large one.
      if (!this.fits(waiting.bytes)) return;
      this.line.delete(waiting);
      waiting.enter();
    }
  }

  /** Until it fits: then `enter` takes it. */
  wait(bytes: number, signal: Ending, enter: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', left);
        this.line.delete(waiting);
      };
      const left = () => {
        end();
        this.admit();
        reject(httpError('KAZE_GATEWAY_BODY', 'the caller left before its body was read'));
      };
      const waiting: Waiting = {
        bytes,
        enter: () => {
          end();
          enter();
          resolve();
        },
      };
      const timer = setTimeout(() => {
        end();
        this.admit();
        const message = `the bodies of other requests fill the ${this.maxBytes} bytes that are held at once`;
        const fields = { allowed: this.maxBytes, retryAfterMs: RETRY_AFTER_MS };
        reject(httpError('KAZE_GATEWAY_BODIES_FULL', message, { fields }));
      }, this.waitMs);
      this.line.add(waiting);
      if (signal.aborted) left();
      else signal.addEventListener('abort', left, { once: true });
    });
  }
}

export class BodyPlace {
  private taken = 0;

  constructor(private readonly room: BodyRoom) {}

  /** Undefined where there is room at once. Errors: KAZE_GATEWAY_BODIES_FULL, KAZE_GATEWAY_BODY when the caller leaves. */
  take(bytes: number, signal: Ending): Promise<void> | undefined {
    if (!this.room.admits(bytes)) return this.room.wait(bytes, signal, () => this.keep(bytes));
    this.keep(bytes);
    return undefined;
  }

  /** Gives back what was taken beyond so many bytes. */
  keep(bytes: number): void {
    const before = this.taken;
    this.taken = bytes;
    this.room.change(before, bytes);
  }

  leave(): void {
    this.keep(0);
  }
}
