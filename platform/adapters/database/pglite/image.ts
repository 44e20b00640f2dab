import { spawn } from 'node:child_process';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);

/** Written by a child process: making a database from nothing takes 850 MB that would stay in ours. */
const BUILDER = `
const [module, file] = process.argv.slice(1);
const { PGlite } = await import(module);
const { writeFile } = await import('node:fs/promises');
const database = await PGlite.create();
const image = await database.dumpDataDir('gzip');
await writeFile(file, Buffer.from(await image.arrayBuffer()));
await database.close();
`;

/**
 * The image of an empty database, made once per installation and PGlite version (5 s) and read from then on (1 s).
 *
 * @param cacheFolder where to keep it; default `node_modules/.cache/kaze` beside the PGlite package
 * @returns gzipped tar, about 4.5 MB; undefined where it can be neither read nor made (the caller then starts plainly)
 */
export async function emptyDatabaseImage(cacheFolder?: string): Promise<Blob | undefined> {
  const entry = require.resolve('@electric-sql/pglite');
  const modules = entry.slice(0, entry.lastIndexOf(`${join('@electric-sql', 'pglite')}`));
  const version: unknown = JSON.parse(
    await readFile(join(modules, '@electric-sql/pglite/package.json'), 'utf8'),
  ).version;
  const file = join(cacheFolder ?? join(modules, '.cache', 'kaze'), `pglite-${version}-empty.tar.gz`);
  const cached = await read(file);
  if (cached) return cached;
  const partial = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await build(pathToFileURL(join(dirname(entry), 'index.js')).href, partial);
    await rename(partial, file);
    return await read(file);
  } catch {
    await rm(partial, { force: true }).catch(() => {});
    return undefined;
  }
}

async function read(file: string): Promise<Blob | undefined> {
  const bytes = await readFile(file).catch(() => undefined);
  return bytes && bytes.length > 0 ? new Blob([bytes]) : undefined;
}

function build(module: string, file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const args = ['--input-type=module', '--eval', BUILDER, module, file];
    const child = spawn(process.execPath, args, { stdio: 'ignore', env: {} });
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`building the image ended with ${code}`))));
  });
}
