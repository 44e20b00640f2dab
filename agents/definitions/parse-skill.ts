import { NAME_PATTERN } from '#platform';
import { definitionHash } from './canonical.ts';
import { readCriteria } from './criteria.ts';
import { type Field, readFields } from './fields.ts';
import { MapReader } from './map-reader.ts';
import type { Parsed, Position } from './problems.ts';
import { readKnowledge, readLimits } from './shared-keys.ts';
import { RISKS, type SkillDefinition } from './types.ts';
import { STANDARD_VALIDATORS, type ValidatorCatalogue } from './validators.ts';
import { readYamlSource, type YamlSource } from './yaml-source.ts';

export interface ParseOptions {
  /** Validators that criteria may name; the founding document's two by default. */
  readonly validators?: ValidatorCatalogue;
  /** Metrics that a skill's handler returns beside its outputs, when that is known; undefined allows any name. */
  readonly metricsOf?: (skill: string) => readonly string[] | undefined;
}

export const NAME_RULE = {
  maxLength: 63,
  pattern: NAME_PATTERN,
  expected: 'a name such as keyword-research (a-z, 0-9 and -; at most 63)',
};

export const SKILL_KEYS = [
  'skill',
  'description',
  'vertical',
  'inputs',
  'tools_required',
  'outputs',
  'metrics',
  'knowledge_dependencies',
  'quality_criteria',
  'risk',
  'irreversible',
  'limits',
  'prompt',
] as const;

/** Reads one skill. `file` is used in problems and kept as the definition's source. */
export function parseSkillDefinition(text: string, file: string, options: ParseOptions = {}): Parsed<SkillDefinition> {
  const { source, problems } = readYamlSource(text, file, { headlines: ['skill'] });
  const definition = source && readSkill(source, options);
  if (definition && problems.isEmpty) return { definition, problems: [] };
  return { definition: undefined, problems: problems.toArray() };
}

/** Reads a skill from YAML nodes; what cannot be read stands in the source's problems. */
export function readSkill(source: YamlSource, options: ParseOptions): SkillDefinition | undefined {
  const reader = new MapReader({ source, map: source.root, keys: SKILL_KEYS, what: 'a skill' });
  for (const [key, expected] of [
    ['skill', 'the name of the skill'],
    ['description', 'one sentence on what the skill does'],
    ['inputs', 'a list of the inputs'],
    ['outputs', 'a list of the outputs'],
  ] as const) {
    reader.require(key, expected);
  }
  const name = reader.text('skill', NAME_RULE);
  const description = reader.text('description', { maxLength: 500 });
  const vertical = reader.text('vertical', NAME_RULE);
  const inputs = readFields(source, reader, 'inputs');
  const tools = readFields(source, reader, 'tools_required');
  const outputs = readFields(source, reader, 'outputs');
  const metrics = readFields(source, reader, 'metrics');
  checkStandIns(source, inputs, tools);
  const knowledge = readKnowledge(source, reader, 'knowledge_dependencies');
  const handlerMetrics = name === undefined ? undefined : options.metricsOf?.(name);
  const declared = [...metrics.map((metric) => metric.name), ...(handlerMetrics ?? [])];
  const known = reader.has('metrics') || handlerMetrics !== undefined;
  const criteria = readCriteria(source, reader, {
    validators: Object.keys(options.validators ?? STANDARD_VALIDATORS),
    ...(known ? { names: [...outputs.map((output) => output.name), ...declared] } : {}),
  });
  const risk = reader.oneOf('risk', RISKS);
  const irreversible = reader.boolean('irreversible');
  const limits = readLimits(source, reader);
  const prompt = reader.text('prompt', { maxLength: 20_000 });
  if (name === undefined || description === undefined) return undefined;
  const said = {
    kind: 'skill',
    name,
    description,
    ...(vertical === undefined ? {} : { vertical }),
    inputs: inputs.map(({ position: _, multiple, ...input }) => ({ ...input, ...(multiple ? { multiple } : {}) })),
    toolsRequired: tools.map((tool) => ({ name: tool.name, description: tool.description, required: tool.required })),
    outputs: outputs.map(({ position: _, standsInFor: __, multiple: ___, ...output }) => output),
    metrics: metrics.map((metric) => ({ name: metric.name, description: metric.description })),
    knowledgeDependencies: knowledge.map(({ reference }) => reference),
    qualityCriteria: criteria.map(({ criterion }) => criterion),
    ...(risk === undefined ? {} : { risk }),
    ...(irreversible === undefined ? {} : { irreversible }),
    ...(limits === undefined ? {} : { limits }),
    ...(prompt === undefined ? {} : { prompt }),
  } as const;
  const positions: Record<string, Position> = { skill: reader.at('skill'), description: reader.at('description') };
  const lists = { inputs, tools_required: tools, outputs, metrics };
  for (const [key, fields] of Object.entries(lists)) {
    for (const field of fields) positions[`${key}.${field.name}`] = field.position;
  }
  for (const { reference, position } of knowledge) positions[`knowledge_dependencies.${reference.path}`] = position;
  criteria.forEach(({ position }, index) => {
    positions[`quality_criteria.${index}`] = position;
  });
  if (vertical !== undefined) positions.vertical = reader.at('vertical');
  return { ...said, source: { file: source.file, hash: definitionHash(said), form: source.form }, positions };
}

function checkStandIns(source: YamlSource, inputs: readonly Field[], tools: readonly Field[]): void {
  const known = tools.map((tool) => tool.name);
  for (const input of inputs) {
    for (const tool of input.standsInFor) {
      if (known.includes(tool)) continue;
      const expected =
        known.length === 0 ? 'tools under "tools_required"' : `one of the required tools: ${known.join(', ')}`;
      source.problems.add(input.position, {
        what: `"${input.name}" stands in for "${tool}", which the skill does not require`,
        expected,
      });
    }
  }
}
