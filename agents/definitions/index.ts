/**
 * Skills, agents and knowledge packs as YAML: reading, checking, hashing, loading a folder and watching it.
 *
 * @example
 * const loaded = await loadDefinitions('agents/verticals');
 * if (loaded.problems.length > 0) console.error(formatProblems(loaded.problems));
 * for (const skill of loaded.skills) console.log(skill.name, skill.source.hash);
 */
export { canonicalJson, definitionHash } from './canonical.ts';
export type { CaseValue, SkillCase, SkillCases } from './cases.ts';
export { CASES_FILE } from './cases-file.ts';
export { checkReferences, checkSkillMetrics } from './cross-check.ts';
export * from './expressions/index.ts';
export { VERTICAL_PARTS } from './folder-reading.ts';
export {
  KNOWLEDGE_KINDS,
  KNOWLEDGE_RELATIONS,
  type KnowledgeItem,
  type KnowledgeKind,
  type KnowledgeRelation,
  parseKnowledgePack,
  SHARED_PACK,
} from './knowledge-pack.ts';
export { knowledgeScope, matchesKnowledgeGlob, parseKnowledgePath } from './knowledge-path.ts';
export {
  DEFAULT_MAX_AGE_DAYS,
  KNOWLEDGE_LINT_RULES,
  type KnowledgeLintOptions,
  type KnowledgeLintProblem,
  type KnowledgeLintRule,
  lintKnowledge,
} from './lint-knowledge.ts';
export {
  type LoadedDefinitions,
  type LoadOptions,
  loadDefinitions,
  loadKnowledgePack,
  namesOfFiles,
  packsOfFiles,
} from './load.ts';
export { parseAgentDefinition } from './parse-agent.ts';
export { type ParseCasesOptions, parseSkillCases, RESULT_NAME } from './parse-cases.ts';
export { parseDefinition } from './parse-definition.ts';
export { type ParseOptions, parseSkillDefinition } from './parse-skill.ts';
export {
  type DefinitionProblem,
  definitionInvalid,
  formatProblem,
  formatProblems,
  type Parsed,
  type Position,
  problemAt,
  requireDefinition,
} from './problems.ts';
export { MOST_OF_SEVERAL, namesOfInput, numberRepeated } from './several.ts';
export * from './types.ts';
export { STANDARD_VALIDATORS, type ValidatorCatalogue } from './validators.ts';
export { type DefinitionChange, type DefinitionWatcher, type WatchOptions, watchDefinitions } from './watch.ts';
export { SOURCE_LIMITS } from './yaml-source.ts';
