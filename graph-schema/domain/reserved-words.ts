/**
 * Words that cannot name a node type, a property or a relationship: the first line is refused by one engine or another
 * as a bare name (measured on the texts that the store writes; test/contract/graph-engine proves the list on both), the
 * others begin or join clauses, so that a text which used them would be read wrongly by people and by the lint.
 */
const RESERVED = new Set(
  `AND AS CASE CREATE DELETE DETACH DISTINCT DROP ELSE FALSE FOREACH IN IS LOAD MATCH MERGE NOT NULL OPTIONAL OR REMOVE
RETURN SET THEN TRUE UNION UNWIND WHEN WHERE WITH XOR
ALL ANY ASC ASCENDING BY CALL CONTAINS DESC DESCENDING ENDS EXISTS FINISH LIMIT NONE ON ORDER SINGLE SKIP STARTS YIELD`.split(
    /\s+/,
  ),
);

/** What the store itself keeps on every node, beside the common properties. */
const TAKEN_BY_STORE = new Set(['LOCK', 'NODE']);

/** Throws a plain Error when a definition's name is no name: a wrong definition is a programming mistake. */
export function checkName(owner: string, name: string, what: 'node type' | 'property' | 'relation' | 'relationship') {
  const word = name.toUpperCase();
  if (RESERVED.has(word)) {
    throw new Error(`${owner}: "${name}" is a word of the query language and cannot name a ${what}; choose another`);
  }
  if (what !== 'relationship' && TAKEN_BY_STORE.has(word)) {
    throw new Error(`${owner}: "${name}" is kept for the store itself and cannot name a ${what}; choose another`);
  }
}
