import type { Principal } from '#graph-schema';

/** Finds passages by meaning and words, best first, within what the principal may read. */
export interface PassageSearch {
  search(
    principal: Principal,
    query: {
      readonly text: string;
      readonly types?: readonly string[];
      readonly limit?: number;
      readonly scopes?: readonly string[];
      readonly signal?: AbortSignal;
    },
  ): Promise<ReadonlyArray<{ readonly id: string; readonly label: string; readonly score: number }>>;
}
