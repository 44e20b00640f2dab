import { open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { NAME_PATTERN, nearestName } from '#platform';
import { CASES_FILE } from './cases-file.ts';
import { checkReferences } from './cross-check.ts';
import { definitionErrors } from './errors.ts';
import { type KnowledgeItem, type KnowledgePackOptions, parseKnowledgePack, SHARED_PACK } from './knowledge-pack.ts';
import { parseAgentDefinition } from './parse-agent.ts';
import { type ParseOptions, parseSkillDefinition } from './parse-skill.ts';
import { type DefinitionProblem, type Parsed, problemAt } from './problems.ts';
import type { AgentDefinition, Definition, SkillDefinition } from './types.ts';
import { SOURCE_LIMITS } from './yaml-source.ts';

export type LoadOptions = ParseOptions & KnowledgePackOptions;

export interface LoadedDefinitions {
  readonly verticals: readonly string[];
  readonly skills: readonly SkillDefinition[];
  readonly agents: readonly AgentDefinition[];
  readonly knowledge: readonly KnowledgeItem[];
  /** All that is wrong, in all files; a definition with a problem of its own is not among the loaded ones. */
  readonly problems: readonly DefinitionProblem[];
  /** Files that could not be read as what they should be, relative to the folder. */
  readonly unreadableFiles: readonly string[];
}

const PARTS = ['agents', 'skills', 'knowledge'] as const;
type Part = (typeof PARTS)[number];

/**
 * Reads `<folder>/<vertical>/{agents,skills,knowledge}/*.yaml` and, for what holds in all verticals,
 * `<folder>/platform/knowledge/*.yaml`. File names in problems and sources are relative to the
 * folder, with `/`. Throws only when the folder itself cannot be read.
 */
export async function loadDefinitions(folder: string, options: LoadOptions = {}): Promise<LoadedDefinitions> {
  const reading = new FolderReading(folder, options);
  const verticals = await reading.verticals();
  for (const vertical of verticals) {
    for (const part of await reading.parts(vertical)) {
      for (const file of await reading.files(`${vertical}/${part}`)) await reading.read({ file, vertical, part });
    }
  }
  for (const file of await reading.sharedKnowledge())
    await reading.read({ file, vertical: SHARED_PACK, part: 'knowledge' });
  const { skills, agents, knowledge, unreadableFiles } = reading;
  const unreadable = namesOfFiles(unreadableFiles);
  const incompletePacks = unreadableFiles
    .filter((file) => file.includes('/knowledge/'))
    .map((file) => file.split('/')[0]!);
  const crossed = checkReferences({ verticals, skills, agents, knowledge, unreadable, incompletePacks });
  const problems = [...reading.problems, ...crossed];
  problems.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line || a.column - b.column));
  return { verticals, skills, agents, knowledge, problems, unreadableFiles };
}

/** What definition files define, as far as their own names tell. */
export const namesOfFiles = (files: readonly string[]): string[] =>
  files.map((file) => path.posix.basename(file).replace(/\.ya?ml$/, ''));

/** Reads all files of one vertical's `knowledge` folder. Relations to other packs are not checked here. */
export async function loadKnowledgePack(
  folder: string,
  options: KnowledgePackOptions = {},
): Promise<{ readonly items: readonly KnowledgeItem[]; readonly problems: readonly DefinitionProblem[] }> {
  const reading = new FolderReading(folder, options);
  for (const file of await reading.files('.')) await reading.read({ file, vertical: undefined, part: 'knowledge' });
  return { items: reading.knowledge, problems: reading.problems };
}

class FolderReading {
  readonly skills: SkillDefinition[] = [];
  readonly agents: AgentDefinition[] = [];
  readonly knowledge: KnowledgeItem[] = [];
  readonly problems: DefinitionProblem[] = [];
  readonly unreadableFiles: string[] = [];
  readonly #folder: string;
  readonly #options: LoadOptions;

  constructor(folder: string, options: LoadOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  async verticals(): Promise<string[]> {
    const names = (await this.#entries('.')).filter((entry) => entry.isFolder).map((entry) => entry.name);
    return names.filter((name) => {
      if (name === SHARED_PACK) return false;
      if (NAME_PATTERN.test(name) && name !== 'client') return true;
      const expected = 'a name such as internal-ops (a-z, 0-9 and -; not "client" or "platform")';
      this.#problem(name, { what: `"${name}" cannot be a vertical`, expected });
      return false;
    });
  }

  /** Files of the pack that belongs to no vertical; agents and skills have no place beside it. */
  async sharedKnowledge(): Promise<string[]> {
    const folders = (await this.#entries('.')).filter((entry) => entry.isFolder);
    if (!folders.some(({ name }) => name === SHARED_PACK)) return [];
    const parts = (await this.#entries(SHARED_PACK)).filter((entry) => entry.isFolder).map((entry) => entry.name);
    for (const name of parts.filter((part) => part !== 'knowledge'))
      this.#problem(`${SHARED_PACK}/${name}`, {
        what: `folder "${name}" beside what all verticals share`,
        expected: 'knowledge only; agents and skills belong to a vertical',
      });
    return parts.includes('knowledge') ? this.files(`${SHARED_PACK}/knowledge`) : [];
  }

  async parts(vertical: string): Promise<Part[]> {
    const names = (await this.#entries(vertical)).filter((entry) => entry.isFolder).map((entry) => entry.name);
    for (const name of names) {
      const nearest = PARTS.some((part) => part === name) ? undefined : nearestName(name, PARTS);
      if (nearest)
        this.#problem(`${vertical}/${name}`, { what: `unknown folder "${name}"`, expected: PARTS.join(', '), nearest });
    }
    return PARTS.filter((part) => names.includes(part));
  }

  async files(relative: string): Promise<string[]> {
    const entries = await this.#entries(relative);
    return (
      entries
        // The cases of a skill stand beside it and define nothing.
        .filter((entry) => !entry.isFolder && /\.ya?ml$/.test(entry.name) && !CASES_FILE.test(entry.name))
        .map((entry) => path.posix.join(relative, entry.name))
    );
  }

  async read(options: { file: string; vertical: string | undefined; part: Part }): Promise<void> {
    const { file, vertical, part } = options;
    const text = await this.#text(file);
    if (text === undefined) return;
    if (part === 'knowledge') {
      const items = this.#take(file, parseKnowledgePack(text, file, this.#options)) ?? [];
      const stranger = items.find((item) => vertical !== undefined && item.vertical !== vertical);
      if (stranger)
        this.#problem(file, {
          what: `a pack of "${stranger.vertical}" in the folder of "${vertical}"`,
          expected: `pack: ${vertical}`,
        });
      else this.knowledge.push(...items);
    } else if (part === 'skills') {
      const skill = this.#inVertical(this.#take(file, parseSkillDefinition(text, file, this.#options)), vertical);
      if (skill) this.skills.push(skill);
    } else {
      const agent = this.#inVertical(this.#take(file, parseAgentDefinition(text, file)), vertical);
      if (agent) this.agents.push(agent);
    }
  }

  #take<T>(file: string, parsed: Parsed<T>): T | undefined {
    this.problems.push(...parsed.problems);
    if (parsed.definition === undefined) this.unreadableFiles.push(file);
    return parsed.definition;
  }

  /** The folder says to which vertical a definition belongs; a `vertical:` key may repeat but not contradict it. */
  #inVertical<T extends Definition>(definition: T | undefined, vertical: string | undefined): T | undefined {
    if (!definition || vertical === undefined) return definition;
    if (definition.vertical !== undefined && definition.vertical !== vertical) {
      const { file } = definition.source;
      const what = `vertical "${definition.vertical}" in the folder of "${vertical}"`;
      this.problems.push(
        problemAt(file, definition.positions.vertical ?? { line: 1, column: 1 }, { what, expected: vertical }),
      );
      this.unreadableFiles.push(file);
      return undefined;
    }
    return { ...definition, vertical };
  }

  async #text(file: string): Promise<string | undefined> {
    try {
      const handle = await open(path.join(this.#folder, file), 'r');
      try {
        // One byte more than allowed tells too large a file without reading all of it.
        const buffer = Buffer.alloc(SOURCE_LIMITS.maxBytes + 1);
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
        if (bytesRead > SOURCE_LIMITS.maxBytes) {
          this.#problem(file, { what: 'the file is too large', expected: `at most ${SOURCE_LIMITS.maxBytes} bytes` });
          this.unreadableFiles.push(file);
          return undefined;
        }
        return decode(buffer.subarray(0, bytesRead));
      } finally {
        await handle.close();
      }
    } catch (error) {
      const reason = error instanceof TypeError ? 'it is not UTF-8 text' : (error as Error).message;
      this.#problem(file, { what: `the file cannot be read: ${reason}` });
      this.unreadableFiles.push(file);
      return undefined;
    }
  }

  /** Entries by name, links followed (mounted configuration is made of links); hidden ones and non-files left out. */
  async #entries(relative: string): Promise<{ name: string; isFolder: boolean }[]> {
    const absolute = path.join(this.#folder, relative);
    let names: string[];
    try {
      names = await readdir(absolute);
    } catch (cause) {
      const message = `the folder ${absolute} cannot be read (${(cause as NodeJS.ErrnoException).code}); name a folder of verticals`;
      throw definitionErrors('KAZE_DEFINITION_FOLDER_UNREADABLE', message, { cause, fields: { folder: absolute } });
    }
    const entries = await Promise.all(
      names
        .filter((name) => !name.startsWith('.'))
        .sort()
        .map(async (name) => {
          const info = await stat(path.join(absolute, name)).catch(() => undefined);
          return info && (info.isFile() || info.isDirectory()) ? { name, isFolder: info.isDirectory() } : undefined;
        }),
    );
    return entries.filter((entry) => entry !== undefined);
  }

  #problem(file: string, detail: Parameters<typeof problemAt>[2]): void {
    this.problems.push(problemAt(file, { line: 1, column: 1 }, detail));
  }
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}
