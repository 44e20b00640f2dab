import { CYPHER_RULES } from './cypher-lint-rules.ts';
import { type CypherToken, cypherTokens } from './cypher-tokens.ts';

/**
 * What is wrong with a Cypher text that has to mean the same, and be fast, on both engines. Empty when nothing is.
 * It reads the text alone: it is no parser, and knows the constructs that were seen to differ or to be a thousand
 * times too slow on one engine. Each message starts with the rule's name.
 *
 * @example lintCypher('MATCH (n) RETURN n') // ['bare-node: ...']
 */
export function lintCypher(text: string): readonly string[] {
  const tokens: readonly CypherToken[] = cypherTokens(text);
  return CYPHER_RULES.flatMap(({ name, find }) => [...new Set(find(tokens))].map((message) => `${name}: ${message}`));
}
