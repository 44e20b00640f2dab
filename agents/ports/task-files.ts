import type { Principal } from '#graph-schema';

/** A file that tasks own: its content is found by its hash, for one client. */
export interface StoredFile {
  /** SHA-256 of the bytes, lower-case hex. */
  readonly sha256: string;
  readonly bytes: number;
}

/** Durable storage of input files, shared by all workers of a cell. Errors: KAZE_TASK_FILE. */
export interface TaskFiles {
  /** Keeps a stream whole or not at all; resolves once it survives the death of the process. */
  keep(tenant: string, content: AsyncIterable<Uint8Array>): Promise<StoredFile>;
  open(tenant: string, sha256: string): AsyncIterable<Uint8Array>;
}

/** Files on their way in, as the edge took them. */
export interface IncomingFiles {
  open(
    principal: Principal,
    id: string,
  ): Promise<{ readonly upload: { readonly name: string }; readonly stream: AsyncIterable<Uint8Array> }>;
  /** Removes what has been taken over; absent ones are no error. */
  remove(principal: Principal, id: string): Promise<void>;
}
