import { nearestName } from '#platform';
import { checkExpression } from './expressions/index.ts';
import type { KnowledgeItem } from './knowledge-pack.ts';
import { matchesKnowledgeGlob } from './knowledge-path.ts';
import { type DefinitionProblem, type Position, problemAt } from './problems.ts';
import type { AgentDefinition, Definition, KnowledgeReference, SkillDefinition } from './types.ts';

const START: Position = { line: 1, column: 1 };

export interface DefinitionSet {
  readonly verticals: readonly string[];
  readonly skills: readonly SkillDefinition[];
  readonly agents: readonly AgentDefinition[];
  readonly knowledge: readonly KnowledgeItem[];
  /** Names that are defined in files which could not be read: pointing at them is no second problem. */
  readonly unreadable?: readonly string[];
  /** Verticals with a knowledge file that could not be read: what they lack is not known. */
  readonly incompletePacks?: readonly string[];
}

/**
 * Finds what only shows across files: an agent with a skill that does not exist, two definitions of one name, knowledge
 * of an unknown vertical, a path under which there is nothing, a relation into the void.
 */
export function checkReferences(set: DefinitionSet): DefinitionProblem[] {
  return [
    ...duplicates(
      set.skills,
      (skill) => skill.name,
      (skill) => [skill.source.file, skill.positions.skill],
    ),
    ...duplicates(
      set.agents,
      (agent) => agent.name,
      (agent) => [agent.source.file, agent.positions.agent],
    ),
    ...duplicates(
      set.knowledge,
      (item) => item.path,
      (item) => [item.file, item.position],
    ),
    ...set.agents.flatMap((agent) => unknownSkills(agent, set)),
    ...[...set.skills, ...set.agents].flatMap((definition) => unknownKnowledge(definition, set)),
    ...set.knowledge.flatMap((item) => danglingRelations(item, set)),
  ];
}

/**
 * Checks a skill's expressions once its handler's metrics are known. For callers that register handlers after loading;
 * `metrics` are the names that the handler returns beside the outputs.
 */
export function checkSkillMetrics(skill: SkillDefinition, metrics: readonly string[]): DefinitionProblem[] {
  const names = [
    ...skill.outputs.map((output) => output.name),
    ...skill.metrics.map((metric) => metric.name),
    ...metrics,
  ];
  return skill.qualityCriteria.flatMap((criterion, index) => {
    if (criterion.kind !== 'expression') return [];
    const position = skill.positions[`quality_criteria.${index}`] ?? START;
    return checkExpression(criterion.expression, { names }).map(({ what, expected, nearest }) =>
      problemAt(skill.source.file, position, {
        what: `in the expression "${criterion.text}": ${what}`,
        ...(expected === undefined ? {} : { expected }),
        ...(nearest === undefined ? {} : { nearest }),
      }),
    );
  });
}

function duplicates<T>(
  all: readonly T[],
  nameOf: (one: T) => string,
  placeOf: (one: T) => readonly [file: string, position: Position | undefined],
): DefinitionProblem[] {
  const first = new Map<string, T>();
  return all.flatMap((one) => {
    const name = nameOf(one);
    const earlier = first.get(name);
    if (earlier === undefined) {
      first.set(name, one);
      return [];
    }
    const [file, position] = placeOf(one);
    const [earlierFile, earlierPosition] = placeOf(earlier);
    const expected = `a name of its own; ${earlierFile}:${earlierPosition?.line ?? 1} has it already`;
    return [problemAt(file, position ?? START, { what: `"${name}" is defined twice`, expected })];
  });
}

function unknownSkills(agent: AgentDefinition, set: DefinitionSet): DefinitionProblem[] {
  const known = [...new Set(set.skills.map((skill) => skill.name))];
  return agent.skills.flatMap(({ name }) => {
    if (known.includes(name) || set.unreadable?.includes(name)) return [];
    const nearest = nearestName(name, known);
    const what = `agent "${agent.name}" has the unknown skill "${name}"`;
    const expected = known.length === 0 ? 'a skill; none is loaded' : `one of ${[...known].sort().join(', ')}`;
    const position = agent.positions[`skills.${name}`] ?? START;
    return [problemAt(agent.source.file, position, { what, expected, ...(nearest ? { nearest } : {}) })];
  });
}

function unknownKnowledge(definition: Definition, set: DefinitionSet): DefinitionProblem[] {
  const [key, references] =
    definition.kind === 'skill'
      ? (['knowledge_dependencies', definition.knowledgeDependencies] as const)
      : (['knowledge', definition.knowledge] as const);
  return references.flatMap((reference) => {
    const vertical = verticalOf(reference);
    if (vertical === undefined) return [];
    const position = definition.positions[`${key}.${reference.path}`] ?? START;
    if (!set.verticals.includes(vertical)) {
      const nearest = nearestName(vertical, set.verticals);
      const detail = {
        what: `knowledge path "${reference.path}" of the unknown vertical "${vertical}"`,
        expected: `one of ${set.verticals.join(', ')}`,
      };
      return [problemAt(definition.source.file, position, { ...detail, ...(nearest ? { nearest } : {}) })];
    }
    if (set.incompletePacks?.includes(vertical)) return [];
    const within = set.knowledge
      .filter((item) => item.vertical === vertical)
      .map((item) => item.path.slice(vertical.length + 1));
    if (within.some((path) => matchesKnowledgeGlob(reference.glob, path))) return [];
    const prefixes = [
      ...new Set(within.flatMap((path) => path.split('/').map((_, i, parts) => parts.slice(0, i + 1).join('/')))),
    ];
    const nearest = nearestName(reference.glob, prefixes);
    const detail = {
      what: `nothing in the pack of "${vertical}" matches "${reference.path}"`,
      expected: 'a path with at least one item',
    };
    return [
      problemAt(definition.source.file, position, {
        ...detail,
        ...(nearest ? { nearest: `${vertical}/${nearest}` } : {}),
      }),
    ];
  });
}

function verticalOf(reference: KnowledgeReference): string | undefined {
  return reference.scopeTemplate.startsWith('vertical:')
    ? reference.scopeTemplate.slice('vertical:'.length)
    : undefined;
}

function danglingRelations(item: KnowledgeItem, set: DefinitionSet): DefinitionProblem[] {
  const paths = set.knowledge.map((other) => other.path);
  return item.relations.flatMap(({ type, to }) => {
    if (to === item.path)
      return [problemAt(item.file, item.position, { what: `"${to}" ${type} itself`, expected: 'another item' })];
    if (paths.includes(to) || set.incompletePacks?.includes(to.split('/')[0]!)) return [];
    const nearest = nearestName(to, paths);
    const what = `"${item.path}" ${type} the unknown item "${to}"`;
    return [
      problemAt(item.file, item.position, {
        what,
        expected: 'the path of a loaded item',
        ...(nearest ? { nearest } : {}),
      }),
    ];
  });
}
