/** Uploads as files of one folder: `<id>` holds the bytes, `<id>.json` says what they are and whose. */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Principal } from '#graph-schema';
import type { Clock } from '#platform';
import { apiError } from '../errors.ts';
import type { Upload, Uploads } from '../ports/uploads.ts';

export interface FolderUploadsOptions {
  /** Made when it is not there, for its owner only. */
  readonly folder: string;
  readonly clock: Clock;
  readonly maxBytes: number;
  readonly ttlMs: number;
  /** Unused uploads that one person or agent may have. */
  readonly perOwner: number;
  /** Whether other processes take uploads too, and what is not here may be in a folder of theirs; default false. */
  readonly hasOthers?: boolean;
}

interface Kept extends Upload {
  readonly owner: string;
  readonly tenant: string | null;
}

const ID = /^[A-Za-z0-9_-]{32}$/;
const SWEEP_MS = 600_000;

const ownerOf = (principal: Principal) => ({ owner: principal.id, tenant: principal.tenant ?? null });

const AGAIN = 'upload the file (again) with PUT /uploads';
const ELSEWHERE =
  'where it was sent to another process of this cell just now, both need one folder: set KAZE_DATA_FILES_DIR to a folder that all processes reach';

function unknown(id: string, hasOthers: boolean) {
  const shown = id.slice(0, 64);
  const help = hasOthers ? `${AGAIN}; ${ELSEWHERE}` : AGAIN;
  return apiError('KAZE_API_UPLOAD_UNKNOWN', `there is no upload ${shown}; ${help}`, { fields: { id: shown } });
}

class FolderUploads implements Uploads {
  readonly #options: FolderUploadsOptions;
  /** Uploads a principal is sending or has unused, by owner. */
  readonly #counts = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: FolderUploadsOptions) {
    this.#options = options;
  }

  async start(): Promise<this> {
    await mkdir(this.#options.folder, { recursive: true, mode: 0o700 });
    await this.sweep();
    this.#timer = setInterval(() => void this.sweep().catch(() => {}), SWEEP_MS);
    this.#timer.unref();
    return this;
  }

  #path(name: string): string {
    return join(this.#options.folder, name);
  }

  /** Removes what has expired and what a crash left half written; counts the rest. */
  async sweep(): Promise<void> {
    const now = this.#options.clock.now();
    const counts = new Map<string, number>();
    const names = await readdir(this.#options.folder);
    for (const name of names) {
      if (name.endsWith('.part')) {
        const age = now - (await stat(this.#path(name)).catch(() => ({ mtimeMs: now }))).mtimeMs;
        if (age > this.#options.ttlMs) await rm(this.#path(name), { force: true });
      } else if (name.endsWith('.json')) {
        const id = name.slice(0, -5);
        const kept = await this.#read(id);
        if (!kept || kept.expiresAt <= now) await this.#forget(id);
        else counts.set(kept.owner, (counts.get(kept.owner) ?? 0) + 1);
      } else if (ID.test(name) && !names.includes(`${name}.json`)) {
        const age = now - (await stat(this.#path(name)).catch(() => ({ mtimeMs: now }))).mtimeMs;
        if (age > this.#options.ttlMs) await rm(this.#path(name), { force: true });
      }
    }
    this.#counts.clear();
    for (const [owner, count] of counts) this.#counts.set(owner, count);
  }

  async put(principal: Principal, stream: Readable, meta: { name: string; contentType: string }): Promise<Upload> {
    const { maxBytes, ttlMs, perOwner, clock } = this.#options;
    const { owner, tenant } = ownerOf(principal);
    const count = this.#counts.get(owner) ?? 0;
    if (count >= perOwner) {
      throw apiError('KAZE_API_UPLOAD_FULL', `you have ${count} unused uploads, allowed are ${perOwner}`, {
        fields: { allowed: perOwner },
      });
    }
    this.#counts.set(owner, count + 1);
    const id = randomBytes(24).toString('base64url');
    const part = this.#path(`${id}.part`);
    const hash = createHash('sha256');
    let bytes = 0;
    const measure = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        bytes += chunk.length;
        if (bytes > maxBytes) {
          done(
            apiError('KAZE_API_UPLOAD_TOO_LARGE', `the file is larger than ${maxBytes} bytes`, {
              fields: { allowed: maxBytes },
            }),
          );
          return;
        }
        hash.update(chunk);
        done(null, chunk);
      },
    });
    try {
      await pipeline(stream, measure, createWriteStream(part, { mode: 0o600, flush: true }));
      const upload: Upload = { id, ...meta, bytes, sha256: hash.digest('hex'), expiresAt: clock.now() + ttlMs };
      await rename(part, this.#path(id));
      // The description comes last: an upload exists once it is there.
      const description = this.#path(`${id}.json.part`);
      await writeFile(description, JSON.stringify({ ...upload, owner, tenant }), { mode: 0o600, flush: true });
      await rename(description, this.#path(`${id}.json`));
      return upload;
    } catch (error) {
      this.#release(owner);
      await Promise.all([part, this.#path(id), this.#path(`${id}.json.part`)].map((path) => rm(path, { force: true })));
      throw (error as NodeJS.ErrnoException).code === 'ENOSPC'
        ? apiError('KAZE_API_UPLOAD_FULL', 'the disk under the uploads folder is full', { cause: error })
        : error;
    }
  }

  async describe(principal: Principal, id: string): Promise<Upload> {
    const { owner: _owner, tenant: _tenant, ...upload } = await this.#own(principal, id);
    return upload;
  }

  async open(principal: Principal, id: string): Promise<{ upload: Upload; stream: Readable }> {
    const upload = await this.describe(principal, id);
    return { upload, stream: createReadStream(this.#path(id)) };
  }

  async remove(principal: Principal, id: string): Promise<void> {
    const kept = await this.#own(principal, id).catch(() => undefined);
    if (kept) await this.#forget(id, kept.owner);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
  }

  async #own(principal: Principal, id: string): Promise<Kept> {
    const kept = await this.#read(id);
    const { owner, tenant } = ownerOf(principal);
    if (!kept || kept.owner !== owner || kept.tenant !== tenant || kept.expiresAt <= this.#options.clock.now()) {
      throw unknown(id, this.#options.hasOthers ?? false);
    }
    return kept;
  }

  /** An id that is not exactly one of ours never reaches the file system. */
  async #read(id: string): Promise<Kept | undefined> {
    if (!ID.test(id)) return undefined;
    try {
      return JSON.parse(await readFile(this.#path(`${id}.json`), 'utf8')) as Kept;
    } catch {
      return undefined;
    }
  }

  async #forget(id: string, owner?: string): Promise<void> {
    if (owner !== undefined) this.#release(owner);
    await rm(this.#path(`${id}.json`), { force: true });
    await rm(this.#path(id), { force: true });
  }

  #release(owner: string): void {
    const left = (this.#counts.get(owner) ?? 1) - 1;
    if (left > 0) this.#counts.set(owner, left);
    else this.#counts.delete(owner);
  }
}

export function createFolderUploads(options: FolderUploadsOptions): Promise<Uploads & { sweep(): Promise<void> }> {
  return new FolderUploads(options).start();
}
