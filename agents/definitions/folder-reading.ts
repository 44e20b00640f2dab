import { open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { NAME_PATTERN, nearestName } from '#platform';
import { CASES_FILE } from './cases-file.ts';
import { definitionErrors } from './errors.ts';
import { type KnowledgeItem, type KnowledgePackOptions, parseKnowledgePack, SHARED_PACK } from './knowledge-pack.ts';
import { parseAgentDefinition } from './parse-agent.ts';
import { type ParseOptions, parseSkillDefinition } from './parse-skill.ts';
import { type DefinitionProblem, type Parsed, problemAt } from './problems.ts';
import type { AgentDefinition, Definition, SkillDefinition } from './types.ts';
import { SOURCE_LIMITS } from './yaml-source.ts';

/** The folders that a vertical is made of. */
export const VERTICAL_PARTS = ['agents', 'skills', 'knowledge'] as const;
type Part = (typeof VERTICAL_PARTS)[number];

export type LoadOptions = ParseOptions & KnowledgePackOptions;

interface ReadingOptions extends LoadOptions {
  /** Stands before the names of files. */
  readonly prefix?: string;
}

/** What one folder of verticals says. Problems of files are collected; only a folder that cannot be read throws. */
export class FolderReading {
  /** Names of the verticals: folders with at least one part. */
  readonly found: string[] = [];
  readonly skills: SkillDefinition[] = [];
  readonly agents: AgentDefinition[] = [];
  readonly knowledge: KnowledgeItem[] = [];
  readonly problems: DefinitionProblem[] = [];
  readonly unreadableFiles: string[] = [];
  readonly #folder: string;
  readonly #prefix: string;
  readonly #options: LoadOptions;

  constructor(folder: string, { prefix = '', ...options }: ReadingOptions) {
    this.#folder = folder;
    this.#prefix = prefix;
    this.#options = options;
  }

  async all(): Promise<void> {
    for (const vertical of await this.verticals()) {
      const parts = await this.parts(vertical);
      // Another folder beside the verticals, of notes or of a tool.
      if (parts.length === 0) continue;
      this.found.push(vertical);
      for (const part of parts) {
        for (const file of await this.files(`${vertical}/${part}`)) await this.read({ file, vertical, part });
      }
    }
    for (const file of await this.sharedKnowledge())
      await this.read({ file, vertical: SHARED_PACK, part: 'knowledge' });
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
      const nearest = VERTICAL_PARTS.some((part) => part === name) ? undefined : nearestName(name, VERTICAL_PARTS);
      if (nearest)
        this.#problem(`${vertical}/${name}`, {
          what: `unknown folder "${name}"`,
          expected: VERTICAL_PARTS.join(', '),
          nearest,
        });
    }
    return VERTICAL_PARTS.filter((part) => names.includes(part));
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
    const name = `${this.#prefix}${file}`;
    if (part === 'knowledge') {
      const items = this.#take(file, parseKnowledgePack(text, name, this.#options)) ?? [];
      const stranger = items.find((item) => vertical !== undefined && item.vertical !== vertical);
      if (stranger)
        this.#problem(file, {
          what: `a pack of "${stranger.vertical}" in the folder of "${vertical}"`,
          expected: `pack: ${vertical}`,
        });
      else this.knowledge.push(...items);
    } else if (part === 'skills') {
      const skill = this.#inVertical(this.#take(file, parseSkillDefinition(text, name, this.#options)), vertical);
      if (skill) this.skills.push(skill);
    } else {
      const agent = this.#inVertical(this.#take(file, parseAgentDefinition(text, name)), vertical);
      if (agent) this.agents.push(agent);
    }
  }

  #take<T>(file: string, parsed: Parsed<T>): T | undefined {
    this.problems.push(...parsed.problems);
    if (parsed.definition === undefined) this.#unreadable(file);
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
      // The source's name has its prefix already.
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
          this.#unreadable(file);
          return undefined;
        }
        return decode(buffer.subarray(0, bytesRead));
      } finally {
        await handle.close();
      }
    } catch (error) {
      const reason = error instanceof TypeError ? 'it is not UTF-8 text' : (error as Error).message;
      this.#problem(file, { what: `the file cannot be read: ${reason}` });
      this.#unreadable(file);
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

  #unreadable(file: string): void {
    this.unreadableFiles.push(`${this.#prefix}${file}`);
  }

  #problem(file: string, detail: Parameters<typeof problemAt>[2]): void {
    this.problems.push(problemAt(`${this.#prefix}${file}`, { line: 1, column: 1 }, detail));
  }
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}
