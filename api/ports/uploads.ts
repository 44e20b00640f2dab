import type { Readable } from 'node:stream';
import type { Principal } from '#graph-schema';

export interface Upload {
  /** Not guessable; good for its owner only. */
  readonly id: string;
  /** As the sender named the file; never used as a path. */
  readonly name: string;
  readonly contentType: string;
  readonly bytes: number;
  /** SHA-256 of the bytes, lower-case hex. */
  readonly sha256: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** Files on their way into the cell. What nobody uses expires. */
export interface Uploads {
  /**
   * Keeps a stream whole or not at all. Errors: KAZE_API_UPLOAD_TOO_LARGE, KAZE_API_UPLOAD_FULL, and the stream's own
   * when the sender goes away.
   */
  put(principal: Principal, stream: Readable, meta: { name: string; contentType: string }): Promise<Upload>;
  /** Errors: KAZE_API_UPLOAD_UNKNOWN, also for another principal's or another client's. */
  describe(principal: Principal, id: string): Promise<Upload>;
  /** Errors as `describe`. */
  open(principal: Principal, id: string): Promise<{ readonly upload: Upload; readonly stream: Readable }>;
  /** Removes it once it has been taken over; absent ones are no error. */
  remove(principal: Principal, id: string): Promise<void>;
  close(): Promise<void>;
}
