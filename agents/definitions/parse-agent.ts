import { isMap, isScalar } from 'yaml';
import { NAME_PATTERN, nearestName } from '#platform';
import { definitionHash } from './canonical.ts';
import { MapReader } from './map-reader.ts';
import { NAME_RULE } from './parse-skill.ts';
import type { Parsed, Position } from './problems.ts';
import { readRamp } from './ramp.ts';
import { readKnowledge, readLimits } from './shared-keys.ts';
import { type AgentDefinition, type AgentSkill, SUPERVISION_LEVELS, type SupervisionLevel } from './types.ts';
import { describeNode, readYamlSource, type YamlSource } from './yaml-source.ts';

export const AGENT_KEYS = [
  'agent',
  'role',
  'description',
  'vertical',
  'skills',
  'knowledge',
  'autonomy_level',
  'limits',
] as const;

/** What a role may leave open until an agent serves a client. */
const PLACEHOLDERS = ['client', 'client_id'];

/** Reads one agent. `file` is used in problems and kept as the definition's source. */
export function parseAgentDefinition(text: string, file: string): Parsed<AgentDefinition> {
  const { source, problems } = readYamlSource(text, file, { headlines: ['agent'] });
  const definition = source && readAgent(source);
  if (definition && problems.isEmpty) return { definition, problems: [] };
  return { definition: undefined, problems: problems.toArray() };
}

/** Reads an agent from YAML nodes; what cannot be read stands in the source's problems. */
export function readAgent(source: YamlSource): AgentDefinition | undefined {
  const reader = new MapReader({ source, map: source.root, keys: AGENT_KEYS, what: 'an agent' });
  reader.require('agent', 'the name of the agent');
  reader.require('role', 'one sentence on who the agent is');
  reader.require('skills', 'a list of skills');
  const name = reader.text('agent', NAME_RULE);
  const role = reader.text('role', { maxLength: 500 });
  if (role !== undefined) checkPlaceholders(source, role, reader.at('role'));
  const description = reader.text('description', { maxLength: 500 });
  const vertical = reader.text('vertical', NAME_RULE);
  const ramp = reader.has('autonomy_level')
    ? readRamp(source, reader.node('autonomy_level'))
    : (['supervised'] as const);
  const skills = readSkills(source, reader, ramp);
  const knowledge = readKnowledge(source, reader, 'knowledge');
  const limits = readLimits(source, reader);
  if (name === undefined || role === undefined) return undefined;
  const said = {
    kind: 'agent',
    name,
    role,
    ...(description === undefined ? {} : { description }),
    ...(vertical === undefined ? {} : { vertical }),
    skills: skills.map(({ skill }) => skill),
    knowledge: knowledge.map(({ reference }) => reference),
    ramp,
    ...(limits === undefined ? {} : { limits }),
  } as const;
  const positions: Record<string, Position> = { agent: reader.at('agent'), role: reader.at('role') };
  for (const { skill, position } of skills) positions[`skills.${skill.name}`] = position;
  for (const { reference, position } of knowledge) positions[`knowledge.${reference.path}`] = position;
  if (vertical !== undefined) positions.vertical = reader.at('vertical');
  return { ...said, source: { file: source.file, hash: definitionHash(said), form: source.form }, positions };
}

function readSkills(
  source: YamlSource,
  reader: MapReader,
  ramp: readonly SupervisionLevel[],
): { skill: AgentSkill; position: Position }[] {
  const skills: { skill: AgentSkill; position: Position }[] = [];
  for (const node of reader.list('skills', { max: 100, of: 'skill names' }) ?? []) {
    const position = source.at(node);
    let skill: AgentSkill | undefined;
    if (isMap(node)) {
      const item = new MapReader({ source, map: node, keys: ['name', 'level'], what: 'an item of "skills"' });
      item.require('name', 'the name of a skill');
      const name = item.text('name', NAME_RULE);
      const level = item.oneOf('level', SUPERVISION_LEVELS);
      if (level && !ramp.includes(level)) {
        source.problems.add(item.at('level'), {
          what: `level "${level}" is not on the agent's ramp`,
          expected: ramp.join(' → '),
        });
      }
      if (name !== undefined) skill = level === undefined ? { name } : { name, level };
    } else if (isScalar(node) && typeof node.value === 'string' && NAME_PATTERN.test(node.value)) {
      skill = { name: node.value };
    } else {
      source.problems.add(position, {
        what: 'wrong item of "skills"',
        found: describeNode(node),
        expected: NAME_RULE.expected,
      });
    }
    if (!skill) continue;
    if (skills.some((other) => other.skill.name === skill.name)) {
      source.problems.add(position, { what: `"${skill.name}" stands twice in "skills"`, expected: 'each skill once' });
    } else skills.push({ skill, position });
  }
  return skills;
}

function checkPlaceholders(source: YamlSource, role: string, at: Position): void {
  for (const match of role.matchAll(/\{([^{}]*)\}/g)) {
    const name = match[1]!;
    if (PLACEHOLDERS.includes(name)) continue;
    const nearest = nearestName(name, PLACEHOLDERS);
    source.problems.add(at, {
      what: `unknown placeholder "{${name}}" in "role"`,
      expected: '{client} or {client_id}',
      ...(nearest ? { nearest } : {}),
    });
  }
}
