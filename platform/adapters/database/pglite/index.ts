/**
 * PostgreSQL in this process (PGlite), in one data folder. PGlite takes no lock of its own and a second process on the
 * same folder destroys it: the caller holds Kaze's lock on the data folder before opening.
 *
 * @example
 * const database = await openPgliteDatabase({ folder: '/var/lib/kaze/ledger' });
 * const ledger = await createPgliteLedger({ database });
 */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Kysely } from 'kysely';
import { classifySqlFailure } from '../failures.ts';
import type { SqlDatabase } from '../sql-database.ts';
import { createPgliteDialect, type PgliteSource } from './dialect.ts';
import { DiskReserve } from './disk-reserve.ts';
import { emptyDatabaseImage } from './image.ts';

export interface PgliteDatabaseOptions {
  /** The database's own folder; made when it is not there. */
  readonly folder: string;
  /** Where the image of an empty database is kept; default `node_modules/.cache/kaze`. */
  readonly imageFolder?: string;
  /** Writing is refused while less than this is free on the disk; default 64 MiB, four segments of its log. */
  readonly reserveBytes?: number;
}

const RESERVE_BYTES = 64 * 1024 * 1024;

export async function openPgliteDatabase(options: PgliteDatabaseOptions): Promise<SqlDatabase> {
  await createFolder(options);
  const source = new FolderSource(options.folder, options.reserveBytes ?? RESERVE_BYTES);
  await source.instance();
  const kysely = new Kysely<Record<never, never>>({ dialect: createPgliteDialect(source) });
  // Kysely closes only what it has used; the source also when no query was ever made.
  return {
    kysely,
    schema: 'kaze',
    close: async () => {
      await kysely.destroy();
      await source.close();
    },
  };
}

/** Fills a new folder beside its final place and renames it, so that a kill in between leaves no half database. */
async function createFolder({ folder, imageFolder }: PgliteDatabaseOptions): Promise<void> {
  if (existsSync(join(folder, 'PG_VERSION'))) return;
  await mkdir(dirname(folder), { recursive: true });
  await new DiskReserve(dirname(folder), RESERVE_BYTES).check('create database');
  const fresh = `${folder}.new`;
  await rm(fresh, { recursive: true, force: true });
  const loadDataDir = await emptyDatabaseImage(imageFolder);
  const database = await PGlite.create({ dataDir: fresh, loadDataDir });
  await database.close();
  await rm(folder, { recursive: true, force: true });
  await rename(fresh, folder);
}

/** Holds the open instance, and opens a new one after a failure from which PGlite does not come back. */
class FolderSource implements PgliteSource {
  readonly #folder: string;
  readonly #reserve: DiskReserve;
  #open: Promise<PGlite> | undefined;
  #closed = false;

  constructor(folder: string, reserveBytes: number) {
    this.#folder = folder;
    this.#reserve = new DiskReserve(folder, reserveBytes);
  }

  check(statement: string): Promise<void> {
    return this.#reserve.check(statement);
  }

  instance(): Promise<PGlite> {
    if (this.#closed) return Promise.reject(new Error('PGlite is closed'));
    this.#open ??= PGlite.create({ dataDir: this.#folder }).catch((error: unknown) => {
      this.#open = undefined;
      throw error;
    });
    return this.#open;
  }

  /**
   * Leaves an instance that aborted, or that met a full disk (its next commit then spins inside PGlite for ever, seen
   * with 0.5.14): the next caller opens the folder anew, which recovers as after a process death. The old one is not
   * closed, since closing would write into files that the new one has open.
   */
  failed(error: unknown): void {
    const failure = classifySqlFailure(error);
    const fromPostgres = typeof error === 'object' && error !== null && 'severity' in error;
    if (failure === 'full' || (failure === 'unavailable' && !fromPostgres)) this.#open = undefined;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#open?.then((instance) => instance.close());
  }
}
