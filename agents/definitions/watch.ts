import { type FSWatcher, watch } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { type LoadedDefinitions, type LoadOptions, loadDefinitions } from './load.ts';
import type { Definition } from './types.ts';

export interface WatchOptions extends LoadOptions {
  /** Quiet milliseconds after the last sign of a change before the folder is read again; 200 by default. */
  readonly debounceMs?: number;
  /** Milliseconds between looks at file times, for mounts that send no events; 2,000 by default. */
  readonly pollMs?: number;
  /** Told when a reload fails as a whole (folder gone); watching goes on. */
  readonly onError?: (error: unknown) => void;
}

export interface DefinitionChange {
  /** Definitions whose hash is new: a new version each. */
  readonly changed: readonly Definition[];
  /** Names that are gone. A file that is broken for now does not make its definition go. */
  readonly removed: readonly { readonly kind: Definition['kind']; readonly name: string }[];
  /** Paths of knowledge items that are new or say something else. */
  readonly changedKnowledge: readonly string[];
  /** All of it as it is now, with problems; definitions of files that are broken for now as they last were. */
  readonly current: LoadedDefinitions;
}

export interface DefinitionWatcher {
  /** Reads the folders now, whether or not anything was seen to change; resolves after `onChange`, if it was due. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Watches folders of verticals, one set together (`loadDefinitions`). `onChange` is called once they are quiet, when what
 * the definitions *say*, or the problems, changed: a touched or re-formatted file is no change. It watches folders, not
 * files, so that editors that write beside and rename are seen, and looks at file times now and then besides. The first
 * state is read before this resolves and is handed back, not announced.
 */
export async function watchDefinitions(
  folders: string | readonly string[],
  onChange: (change: DefinitionChange) => void | Promise<void>,
  options: WatchOptions = {},
): Promise<DefinitionWatcher & { readonly initial: LoadedDefinitions }> {
  const watching = new FolderWatch([folders].flat(), onChange, options);
  const initial = await watching.start();
  return { initial, reload: () => watching.reload(), close: () => watching.close() };
}

class FolderWatch {
  readonly #folders: readonly string[];
  readonly #onChange: (change: DefinitionChange) => void | Promise<void>;
  readonly #options: WatchOptions;
  readonly #watchers = new Map<string, FSWatcher>();
  #current!: LoadedDefinitions;
  #signature = '';
  #debounce: NodeJS.Timeout | undefined;
  #poll: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(
    folders: readonly string[],
    onChange: (change: DefinitionChange) => void | Promise<void>,
    options: WatchOptions,
  ) {
    this.#folders = folders;
    this.#onChange = onChange;
    this.#options = options;
  }

  async start(): Promise<LoadedDefinitions> {
    await this.#look();
    this.#current = await loadDefinitions(this.#folders, this.#options);
    this.#schedulePoll();
    return this.#current;
  }

  /** Reloads follow one another, so that changes are announced in order. */
  reload(): Promise<void> {
    this.#running = this.#running.then(() => (this.#closed ? undefined : this.#reloadOnce()));
    return this.#running;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#debounce);
    clearTimeout(this.#poll);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
    await this.#running;
  }

  async #reloadOnce(): Promise<void> {
    try {
      await this.#look();
      const loaded = keepBroken(await loadDefinitions(this.#folders, this.#options), this.#current);
      const change = difference(this.#current, loaded);
      this.#current = loaded;
      if (change && !this.#closed) await this.#onChange(change);
    } catch (error) {
      this.#options.onError?.(error);
    }
  }

  #stir(): void {
    if (this.#closed) return;
    clearTimeout(this.#debounce);
    this.#debounce = setTimeout(() => void this.reload(), this.#options.debounceMs ?? 200);
  }

  #schedulePoll(): void {
    if (this.#closed) return;
    this.#poll = setTimeout(async () => {
      const before = this.#signature;
      await this.#look();
      if (this.#signature !== before) this.#stir();
      this.#schedulePoll();
    }, this.#options.pollMs ?? 2000);
    this.#poll.unref();
  }

  /** Watches folders that are new, forgets those that are gone, and notes the files' times. */
  async #look(): Promise<void> {
    const folders: string[] = [];
    const marks: string[] = [];
    for (const folder of this.#folders) await survey(folder, { depth: 0, folders, marks });
    this.#signature = marks.join('\n');
    if (this.#closed) return;
    for (const [name, watcher] of this.#watchers) {
      if (folders.includes(name)) continue;
      watcher.close();
      this.#watchers.delete(name);
    }
    for (const name of folders) if (!this.#watchers.has(name)) this.#watch(name);
  }

  #watch(name: string): void {
    try {
      const watcher = watch(name, { persistent: false }, () => this.#stir());
      // A folder that is removed ends its watcher; the next look notices, and polling covers the time between.
      watcher.on('error', () => {
        watcher.close();
        this.#watchers.delete(name);
      });
      this.#watchers.set(name, watcher);
    } catch {
      // Out of watches, or a file system without events: polling finds the change.
    }
  }
}

async function survey(folder: string, found: { depth: number; folders: string[]; marks: string[] }): Promise<void> {
  const names = await readdir(folder).catch(() => undefined);
  if (!names) return;
  found.folders.push(folder);
  for (const name of names.filter((each) => !each.startsWith('.')).sort()) {
    const entry = path.join(folder, name);
    const info = await stat(entry).catch(() => undefined);
    if (info?.isDirectory() && found.depth < 2) await survey(entry, { ...found, depth: found.depth + 1 });
    else if (info?.isFile()) found.marks.push(`${entry} ${info.ino} ${info.size} ${info.mtimeMs}`);
  }
}

/** A file saved half-way must not take its skill away: what it last said stays until it can be read or is gone. */
function keepBroken(loaded: LoadedDefinitions, before: LoadedDefinitions): LoadedDefinitions {
  const broken = new Set(loaded.unreadableFiles);
  if (broken.size === 0) return loaded;
  const keep = <T extends Definition>(now: readonly T[], then: readonly T[]): T[] => {
    const names = new Set(now.map((definition) => definition.name));
    return [...now, ...then.filter((old) => broken.has(old.source.file) && !names.has(old.name))];
  };
  return {
    ...loaded,
    skills: keep(loaded.skills, before.skills),
    agents: keep(loaded.agents, before.agents),
    knowledge: [...loaded.knowledge, ...before.knowledge.filter((item) => broken.has(item.file))],
  };
}

function difference(before: LoadedDefinitions, now: LoadedDefinitions): DefinitionChange | undefined {
  const key = (definition: Definition) => `${definition.kind} ${definition.vertical ?? ''} ${definition.name}`;
  const all = (loaded: LoadedDefinitions): Definition[] => [...loaded.skills, ...loaded.agents];
  const hashes = new Map(all(before).map((definition) => [key(definition), definition.source.hash]));
  const known = new Map(before.knowledge.map((item) => [item.path, item.hash]));
  const changed = all(now).filter((definition) => hashes.get(key(definition)) !== definition.source.hash);
  const present = new Set(all(now).map((definition) => `${definition.kind} ${definition.name}`));
  const removed = all(before)
    .filter((definition) => !present.has(`${definition.kind} ${definition.name}`))
    .map(({ kind, name }) => ({ kind, name }));
  const changedKnowledge = now.knowledge.filter((item) => known.get(item.path) !== item.hash).map((item) => item.path);
  const paths = new Set(now.knowledge.map((item) => item.path));
  const lost = before.knowledge.some((item) => !paths.has(item.path));
  const sameProblems = JSON.stringify(before.problems) === JSON.stringify(now.problems);
  if (changed.length + removed.length + changedKnowledge.length === 0 && !lost && sameProblems) return undefined;
  return { changed, removed, changedKnowledge, current: now };
}
