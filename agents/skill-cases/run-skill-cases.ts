import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { nearestName } from '#platform';
import {
  type DefinitionProblem,
  definitionInvalid,
  type KnowledgeItem,
  type LoadedDefinitions,
  parseSkillCases,
  problemAt,
  type SkillCases,
  type SkillDefinition,
} from '../definitions/index.ts';
import { agentError } from '../errors.ts';
import type { SkillHandlers } from '../registry/skill-handlers.ts';
import type { SkillModel } from '../skills/handler.ts';
import { runCase } from './run-case.ts';
import { type SkillScorecard, scoreCriteria } from './scorecard.ts';

export interface SkillCasesOptions {
  /** Folder of verticals, the first of those given to `loadDefinitions`. */
  readonly folder: string;
  readonly loaded: LoadedDefinitions;
  readonly handlers: SkillHandlers;
  /** For cases without written answers. */
  readonly model: SkillModel;
}

const MOST_BYTES = 256 * 1024;
const MOST_FIXTURE_BYTES = 10 * 1024 * 1024;

/** Where the cases of a skill stand: relative to the first folder of verticals, or absolute. */
export const casesFile = ({ source }: SkillDefinition): string => source.file.replace(/\.ya?ml$/, '.cases.yaml');

/** Names of the skills that have cases, in the order of the definitions. */
export async function skillsWithCases({
  folder,
  loaded,
}: Pick<SkillCasesOptions, 'folder' | 'loaded'>): Promise<string[]> {
  const there = await Promise.all(
    loaded.skills.map((skill) =>
      stat(path.resolve(folder, casesFile(skill))).then(
        (info) => info.isFile(),
        () => false,
      ),
    ),
  );
  return loaded.skills.filter((_, at) => there[at]).map(({ name }) => name);
}

/**
 * Runs a skill's own cases, one after the other, without a cell. Errors: KAZE_SKILL_UNKNOWN with the nearest name,
 * KAZE_SKILL_CASE when it has none, KAZE_DEFINITION_INVALID with all problems of the skill's or the cases' file.
 */
export async function runSkillCases(name: string, options: SkillCasesOptions): Promise<SkillScorecard> {
  const { folder, loaded, handlers } = options;
  const definition = findSkill(name, loaded);
  const handler = handlers.handler(name);
  const { cases } = await readCases(definition, options);
  const fixtures = path.resolve(folder, casesFile(definition).replace(/\.yaml$/, ''));
  const knowledge: readonly KnowledgeItem[] = loaded.knowledge;
  const services = {
    handlers,
    model: options.model,
    knowledge,
    fixture: (file: string) => readFixture(fixtures, file),
  };
  const results = [];
  for (const one of cases) results.push(await runCase(services, definition, one));
  return {
    skill: name,
    vertical: definition.vertical ?? null,
    runBy: handler ? `handler, revision ${handler.revision}` : 'model',
    passed: results.every(({ passed }) => passed),
    cases: results,
    criteria: scoreCriteria(definition.qualityCriteria, results),
  };
}

function findSkill(name: string, { skills, problems }: LoadedDefinitions): SkillDefinition {
  const found = skills.find((skill) => skill.name === name);
  if (found) return found;
  const broken = problems.filter(({ file }) => path.posix.basename(file).replace(/\.ya?ml$/, '') === name);
  if (broken.length > 0) throw definitionInvalid(broken);
  const names = skills.map((skill) => skill.name).sort();
  const nearest = nearestName(name, names);
  const hint = nearest ? `; did you mean ${nearest}?` : `; there is ${names.join(', ') || 'none'}`;
  throw agentError('KAZE_SKILL_UNKNOWN', `there is no skill "${name.slice(0, 80)}"${hint}`, {
    fields: { skill: name.slice(0, 80), nearest: nearest ? [nearest] : names.slice(0, 5) },
  });
}

async function readCases(definition: SkillDefinition, { folder, handlers }: SkillCasesOptions): Promise<SkillCases> {
  const file = casesFile(definition);
  const text = await readLimited(path.resolve(folder, file), MOST_BYTES);
  if (text === undefined) {
    throw agentError('KAZE_SKILL_CASE', `${definition.name} has no cases; write them in ${file}`, {
      fields: { skill: definition.name, file },
    });
  }
  const metrics = Object.keys(handlers.handler(definition.name)?.metrics ?? {});
  const names = [...definition.outputs, ...definition.metrics].map(({ name }) => name);
  const parsed = parseSkillCases(new TextDecoder().decode(text), file, { names: [...names, ...metrics] });
  const problems: DefinitionProblem[] = [...parsed.problems];
  if (parsed.definition && parsed.definition.skill !== definition.name) {
    const what = `cases of "${parsed.definition.skill}" beside the skill "${definition.name}"`;
    problems.push(problemAt(file, { line: 1, column: 1 }, { what, expected: `cases: ${definition.name}` }));
  }
  if (!parsed.definition || problems.length > 0) throw definitionInvalid(problems);
  return parsed.definition;
}

async function readFixture(folder: string, file: string): Promise<Uint8Array> {
  const bytes = await readLimited(path.join(folder, file), MOST_FIXTURE_BYTES);
  if (bytes) return bytes;
  throw agentError(
    'KAZE_SKILL_CASE',
    `the file ${path.basename(folder)}/${file} is not there, or larger than ${MOST_FIXTURE_BYTES} bytes`,
  );
}

async function readLimited(file: string, mostBytes: number): Promise<Uint8Array | undefined> {
  const info = await stat(file).catch(() => undefined);
  if (!info?.isFile() || info.size > mostBytes) return undefined;
  return readFile(file);
}
