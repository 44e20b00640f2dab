import type { Readable } from 'node:stream';

/** A GraphQL document with the types of its variables and of its data, as generated from api/client/operations. */
export interface Operation<Data, Variables> {
  readonly name: string;
  readonly text: string;
  readonly types?: { readonly result: Data; readonly variables: Variables };
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface RawAnswer {
  readonly data?: unknown;
  readonly errors?: ReadonlyArray<{
    readonly message: string;
    readonly extensions?: Readonly<Record<string, unknown>>;
  }>;
}

export interface UploadFile {
  readonly stream: Readable;
  readonly name: string;
  readonly contentType: string;
}

/** What the commands need of a cell. They throw CommandErrors with the cell's own codes. */
export interface CellClient {
  /** Address such as `http://127.0.0.1:4000`. */
  readonly url: string;
  execute<Data, Variables>(
    operation: Operation<Data, Variables>,
    variables: Variables,
    options?: CallOptions,
  ): Promise<Data>;
  /** Any operation, answered as the cell answers it, errors included. */
  raw(query: string, variables: Readonly<Record<string, unknown>>, options?: CallOptions): Promise<RawAnswer>;
  /** Live results until the caller stops or the cell ends them; a lost connection is an error. */
  subscribe<Data, Variables>(
    operation: Operation<Data, Variables>,
    variables: Variables,
    options: { readonly signal: AbortSignal },
  ): AsyncIterable<Data>;
  /** A file that the cell serves below its address, as it comes. */
  download(path: string, options?: CallOptions): Promise<Readable>;
  /** Streams a file into the cell; its id is good for one day and for this token only. */
  upload(file: UploadFile, options?: CallOptions): Promise<{ readonly id: string; readonly bytes: number }>;
}
