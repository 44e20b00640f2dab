import path from 'node:path';
import { checkReferences } from './cross-check.ts';
import { FolderReading, type LoadOptions } from './folder-reading.ts';
import type { KnowledgeItem, KnowledgePackOptions } from './knowledge-pack.ts';
import type { DefinitionProblem } from './problems.ts';
import type { AgentDefinition, SkillDefinition } from './types.ts';

export type { LoadOptions } from './folder-reading.ts';

export interface LoadedDefinitions {
  readonly verticals: readonly string[];
  readonly skills: readonly SkillDefinition[];
  readonly agents: readonly AgentDefinition[];
  readonly knowledge: readonly KnowledgeItem[];
  /** All that is wrong, in all files; a definition with a problem of its own is not among the loaded ones. */
  readonly problems: readonly DefinitionProblem[];
  /** Files that could not be read as what they should be, named as in problems. */
  readonly unreadableFiles: readonly string[];
}

/**
 * Reads `<folder>/<vertical>/{agents,skills,knowledge}/*.yaml` and, for what holds in all verticals,
 * `<folder>/platform/knowledge/*.yaml`; several folders together make one set, in which later ones can add to verticals
 * of earlier ones and take no name from them. File names in problems and sources have `/`: relative to the first
 * folder, with the folder before them in the others. Throws only when a folder itself cannot be read.
 */
export async function loadDefinitions(
  folders: string | readonly string[],
  options: LoadOptions = {},
): Promise<LoadedDefinitions> {
  const readings: FolderReading[] = [];
  for (const [at, folder] of [folders].flat().entries()) {
    const reading = new FolderReading(folder, { ...options, prefix: at === 0 ? '' : `${folder.replace(/\/$/, '')}/` });
    await reading.all();
    readings.push(reading);
  }
  const verticals = [...new Set(readings.flatMap((reading) => reading.found))];
  const [skills, agents] = [readings.flatMap((one) => one.skills), readings.flatMap((one) => one.agents)];
  const knowledge = readings.flatMap((one) => one.knowledge);
  const unreadableFiles = readings.flatMap((one) => one.unreadableFiles);
  const unreadable = namesOfFiles(unreadableFiles);
  const incompletePacks = packsOfFiles(unreadableFiles);
  const crossed = checkReferences({ verticals, skills, agents, knowledge, unreadable, incompletePacks });
  const problems = [...readings.flatMap((one) => one.problems), ...crossed];
  problems.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line || a.column - b.column));
  return {
    verticals,
    // Who had a name first keeps it; the other one is a problem.
    skills: firstOfEach(skills, ({ name }) => name),
    agents: firstOfEach(agents, ({ name }) => name),
    knowledge: firstOfEach(knowledge, (item) => item.path),
    problems,
    unreadableFiles,
  };
}

function firstOfEach<T>(all: readonly T[], nameOf: (one: T) => string): T[] {
  const names = new Set<string>();
  return all.filter((one) => !names.has(nameOf(one)) && names.add(nameOf(one)));
}

/** What definition files define, as far as their own names tell. */
export const namesOfFiles = (files: readonly string[]): string[] =>
  files.map((file) => path.posix.basename(file).replace(/\.ya?ml$/, ''));

/** The packs that such files belong to, as far as they are files of knowledge. */
export const packsOfFiles = (files: readonly string[]): string[] => [
  ...new Set(files.flatMap((file) => /([^/]+)\/knowledge\/[^/]+$/.exec(file)?.[1] ?? [])),
];

/** Reads all files of one vertical's `knowledge` folder. Relations to other packs are not checked here. */
export async function loadKnowledgePack(
  folder: string,
  options: KnowledgePackOptions = {},
): Promise<{ readonly items: readonly KnowledgeItem[]; readonly problems: readonly DefinitionProblem[] }> {
  const reading = new FolderReading(folder, options);
  for (const file of await reading.files('.')) await reading.read({ file, vertical: undefined, part: 'knowledge' });
  return { items: reading.knowledge, problems: reading.problems };
}
