import { type Listed, Roster } from './roster.ts';

/** Something that comes in pieces. */
export interface Watched extends Listed {
  /** When its last piece came, by `performance.now()`. */
  heardAtMs: number;
  /** Nothing came for too long. Leaves by itself. */
  tooLong(): void;
}

/**
 * Tells those of whom nothing is heard for `idleMs`, at most a quarter of it later. One timer for all of them: one each
 * takes longer than reading a usual body.
 */
export class IdleWatch {
  private readonly watched = new Roster<Watched>();
  private timer: NodeJS.Timeout | undefined;

  constructor(readonly idleMs: number) {}

  enter(one: Watched): void {
    this.watched.enter(one);
    this.timer ??= this.lookLater();
  }

  /** Once for each that entered. */
  leave(one: Watched): void {
    this.watched.leave(one);
  }

  private lookLater(): NodeJS.Timeout {
    return setTimeout(() => this.look(), Math.ceil(this.idleMs / 4)).unref();
  }

  private look(): void {
    const since = performance.now() - this.idleMs;
    for (const one of this.watched.all()) if (one.heardAtMs <= since) one.tooLong();
    this.timer = this.watched.size > 0 ? this.lookLater() : undefined;
  }
}
