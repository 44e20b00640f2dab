import type { IndexSpec } from '../../../ports/graph-engine.ts';
import { quotedName } from '../shared/statement-text.ts';

/**
 * The schema statements of these indexes. Grafeo's indexes are hashes keyed by the property alone, over all labels: one
 * for each property is enough, and a unique constraint without one would scan at every insert, so the index comes
 * first. There is no index for order and comparison; `range` specifications are left out.
 */
export function indexStatements(indexes: readonly IndexSpec[]): readonly string[] {
  const texts: string[] = [];
  const indexed = new Set<string>();
  for (const { name, label, property, kind } of indexes) {
    if (kind === 'range') continue;
    const target = `FOR (n:${quotedName(label)})`;
    if (!indexed.has(property)) {
      texts.push(`CREATE INDEX ${quotedName(`ix_${property}`)} IF NOT EXISTS ${target} ON (n.${quotedName(property)})`);
      indexed.add(property);
    }
    if (kind === 'unique') {
      texts.push(
        `CREATE CONSTRAINT ${quotedName(name)} IF NOT EXISTS ${target} REQUIRE n.${quotedName(property)} IS UNIQUE`,
      );
    }
  }
  return texts;
}
