/** Turns text into vectors. Runs beside the event loop (a worker thread or a service), never on it. */
export interface Embedder {
  /** Stands beside each vector: vectors of different models are never compared. */
  readonly model: string;
  readonly dimensions: number;
  /** BCP 47 languages for which its distances mean something. */
  readonly languages: readonly string[];
  /** One unit-length vector a text, in order. Errors: KAZE_EMBEDDER_FAILED. */
  embed(texts: readonly string[], signal?: AbortSignal): Promise<readonly Float32Array[]>;
  close(): Promise<void>;
}
