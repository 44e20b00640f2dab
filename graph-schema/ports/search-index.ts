export interface SearchDocument {
  /** Id of the node. */
  readonly id: string;
  readonly label: string;
  /** Hash of the node's scope, hex: the one thing the index may filter by. */
  readonly scopeToken: string;
  readonly text: string;
  /** BCP 47 language or `unknown`. */
  readonly language?: string;
}

export interface SearchVector {
  readonly id: string;
  readonly model: string;
  readonly vector: Float32Array;
  /** The text it was made from. When given, a vector whose text was replaced meanwhile is dropped, not stored. */
  readonly text?: string;
}

export interface SearchQuery {
  readonly text: string;
  readonly vector?: { readonly model: string; readonly values: Float32Array };
  readonly scopeTokens: readonly string[];
  readonly labels?: readonly string[];
  /** 1 to 200. */
  readonly limit: number;
}

/** Candidates, each list best first. Raw scores stay inside: they depend on other tenants' words. */
export interface SearchCandidates {
  readonly byText: ReadonlyArray<{
    readonly id: string;
    /** 0..1, relative to the best of this list. */
    readonly relative: number;
    /** Has a vector of the query's model: one just indexed gets it later. */
    readonly hasVector: boolean;
  }>;
  readonly byVector: ReadonlyArray<{ readonly id: string /** Cosine, -1..1. */; readonly cosine: number }>;
}

/** Identity of the graph state an index was built for. What does not match is rebuilt. */
export interface SearchFingerprint {
  readonly storeId: string;
  readonly generation: number;
  readonly model: string;
}

/**
 * Vectors and BM25 over what the graph holds. Never the truth and never the access check: it can be thrown away and
 * rebuilt, and what it finds is read from the graph again under the caller's rights.
 */
export interface SearchIndex {
  /** Idempotent by id; text is searchable when this resolves. Replaces text; keeps the vector only if text is equal. */
  upsert(documents: readonly SearchDocument[]): Promise<void>;
  setVectors(vectors: readonly SearchVector[]): Promise<void>;
  remove(ids: readonly string[]): Promise<void>;
  /** Ids without a vector of this model, for the background embedding; at most `limit`. */
  missingVectors(model: string, limit: number): Promise<readonly SearchDocument[]>;
  search(query: SearchQuery): Promise<SearchCandidates>;
  counts(): Promise<{ documents: number; vectors: number }>;
  fingerprint(): Promise<SearchFingerprint | undefined>;
  /** Empties the index. Until `seal` it is of no graph, so a rebuild that was interrupted is begun again. */
  reset(): Promise<void>;
  /** Says that it now holds all of that graph. */
  seal(fingerprint: SearchFingerprint): Promise<void>;
  /** Compaction; called when idle. */
  optimize(): Promise<void>;
  healthy(): Promise<boolean>;
  close(): Promise<void>;
}
