import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import ignore from 'ignore';
import { fileError } from '../input/read-text.ts';
import { isReadable } from './file-types.ts';

export interface WalkedFile {
  /** Path below the folder with `/`, composed Unicode: the same name on every system. */
  readonly name: string;
  /** Absolute path. */
  readonly path: string;
  readonly bytes: number;
}

export interface Skipped {
  readonly name: string;
  readonly reason: 'hidden' | 'ignored' | 'kind' | 'link' | 'unreadable' | 'special';
}

export interface Walk {
  /** The folder or file itself, resolved. */
  readonly base: string;
  readonly isFolder: boolean;
  readonly files: readonly WalkedFile[];
  readonly skipped: readonly Skipped[];
  /** False when a part could not be looked into: what is missing from such a walk is not gone. */
  readonly complete: boolean;
}

const ALWAYS_IGNORED = ['node_modules/', 'Thumbs.db', 'desktop.ini', '~$*', '__MACOSX/'];

/**
 * All readable files under a folder in the order of their names, or the one file. Symbolic links to files count where
 * they end inside the folder; linked folders never do.
 * Errors: KAZE_CLI_FILE when the path itself cannot be read.
 */
export async function walk(path: string): Promise<Walk> {
  try {
    const base = await realpath(path);
    const found = await stat(base);
    if (found.isFile()) {
      const file = { name: basename(path).normalize('NFC'), path: base, bytes: found.size };
      return { base, isFolder: false, files: [file], skipped: [], complete: true };
    }
    const walker = new FolderWalk(
      base,
      ignore()
        .add(ALWAYS_IGNORED)
        .add(await ignoreFile(base)),
    );
    await walker.enter(base, true);
    const { files, skipped, complete } = walker;
    return { base, isFolder: true, files, skipped, complete };
  } catch (error) {
    throw fileError(path, error);
  }
}

const ignoreFile = (folder: string): Promise<string> =>
  readFile(join(folder, '.kazeignore'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });

class FolderWalk {
  readonly files: WalkedFile[] = [];
  readonly skipped: Skipped[] = [];
  complete = true;

  constructor(
    readonly base: string,
    readonly rules: ReturnType<typeof ignore>,
  ) {}

  async enter(folder: string, isBase = false): Promise<void> {
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      if (isBase) throw error;
      this.#lost(this.#name(folder));
      return [];
    });
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const path = join(folder, entry.name);
      const name = this.#name(path);
      if (entry.name.startsWith('.')) this.skipped.push({ name, reason: 'hidden' });
      else if (this.rules.ignores(entry.isDirectory() ? `${name}/` : name))
        this.skipped.push({ name, reason: 'ignored' });
      else if (entry.isDirectory()) await this.enter(path);
      else if (entry.isSymbolicLink()) await this.#link(path, name);
      else if (!entry.isFile()) this.skipped.push({ name, reason: 'special' });
      else await this.#file(path, name);
    }
  }

  async #link(path: string, name: string): Promise<void> {
    const target = await realpath(path).catch(() => undefined);
    const isInside = target?.startsWith(this.base + sep);
    const found = isInside ? await stat(target!).catch(() => undefined) : undefined;
    if (found?.isFile()) await this.#file(target!, name);
    else this.skipped.push({ name, reason: 'link' });
  }

  async #file(path: string, name: string): Promise<void> {
    if (!isReadable(name)) {
      this.skipped.push({ name, reason: 'kind' });
      return;
    }
    const found = await stat(path).catch(() => undefined);
    if (found) this.files.push({ name, path, bytes: found.size });
    else this.#lost(name);
  }

  #lost(name: string): void {
    this.complete = false;
    this.skipped.push({ name, reason: 'unreadable' });
  }

  #name(path: string): string {
    return relative(this.base, path).split(sep).join('/').normalize('NFC');
  }
}
