import { contentHash } from '#platform';
import { renderExpression } from './expressions/index.ts';
import type { AgentDefinition, Criterion, SkillDefinition } from './types.ts';

type Unsourced = Omit<SkillDefinition, 'source' | 'positions'> | Omit<AgentDefinition, 'source' | 'positions'>;

/**
 * SHA-256 over what a definition says: blanks, key order, quotes, the headline form and comments that mean nothing do
 * not count; defaults count as written out; the order of lists does count.
 */
export function definitionHash(definition: Unsourced): string {
  const said =
    definition.kind === 'skill'
      ? { ...definition, qualityCriteria: definition.qualityCriteria.map(saidByCriterion) }
      : definition;
  return contentHash(canonicalJson(said));
}

function saidByCriterion(criterion: Criterion): unknown {
  const { kind, description } = criterion;
  if (kind === 'expression') return { kind, description, expression: renderExpression(criterion.expression) };
  if (kind === 'validator') return { kind, description, name: criterion.name };
  return { kind, description, question: criterion.question, minScore: criterion.minScore };
}

/** JSON with sorted keys and without undefined members. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
