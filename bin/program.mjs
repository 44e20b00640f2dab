// The program as JavaScript: every source folder mirrored with its TypeScript translated, so that nothing has to be
// translated, nor any loader to run, while Kaze does. docs/decisions/typescript-without-a-build.md says why and how.
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { takeLock } from '../scripts/packages.mjs';

const MANIFEST = 'manifest.json';
const PACKAGE = 'package.json';
const CODE = new Set(['.ts', '.js', '.mjs', '.json']);
// A file may change twice within one tick of the clock of its file system, and the second change then leaves no trace
// in its times: of one that is younger than this the content is compared at the next start.
const SURE_AFTER_MS = 2_000;

/**
 * Brings the mirror up to date with the sources and says where it is.
 *
 * @param {{ root: string, folders: readonly string[], places?: readonly string[] }} options the folders to mirror, and
 *   where a mirror may be kept, best first
 * @returns {Promise<string>} the mirror's folder, which holds each `a/b.ts` as `a/b.js`. Errors: no place can be
 *   written, or a source cannot be translated
 */
export async function prepareProgram({ root, folders, places = placesFor(root) }) {
  const key = keyOf(root, folders);
  const sources = sourcesIn(root, folders);
  const mirrors = places.map((place) => join(place, `program-${key}`));
  const ready = mirrors.find((mirror) => isCurrent(mirror, sources));
  if (ready) return realpathSync(ready);
  let failure;
  for (const mirror of mirrors) {
    try {
      mkdirSync(mirror, { recursive: true, mode: 0o700 });
    } catch (error) {
      failure = error;
      continue;
    }
    const release = await takeLock(`program-${key}`, mirror);
    try {
      await bring(mirror, { root, folders });
      return realpathSync(mirror);
    } catch (error) {
      // Another place helps where this one cannot be written, not where a source cannot be read.
      if (error.syscall === undefined) throw error;
      failure = error;
    } finally {
      release();
    }
  }
  throw failure;
}

/** The installation's own cache; the user's, where the installation cannot be written. */
function placesFor(root) {
  const { platform, env } = process;
  const system = { darwin: 'Library/Caches', win32: 'AppData/Local' }[platform] ?? '.cache';
  const own = platform === 'win32' ? env.LOCALAPPDATA : env.XDG_CACHE_HOME;
  return [join(root, 'node_modules/.cache/kaze'), join(own || join(homedir(), system), 'kaze')];
}

/** Another place of the installation, another translator or another way of translating makes another mirror. */
function keyOf(root, folders) {
  const hash = createHash('sha256').update(JSON.stringify([realpathSync(root), folders]));
  for (const file of ['bin/translate.mjs', 'bin/program.mjs', 'node_modules/oxc-transform/package.json']) {
    hash.update(readFileSync(join(root, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

/** Every file of code by its path from the root, with what tells that it changed. */
function sourcesIn(root, folders) {
  const found = new Map();
  const note = (path) => {
    const { mtimeMs, ctimeMs, size } = statSync(join(root, path));
    found.set(path, { state: `${mtimeMs} ${ctimeMs} ${size}`, changedAt: ctimeMs });
  };
  const read = (folder) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (entry.name !== 'node_modules') read(path);
      } else if (CODE.has(extname(path)) && !path.endsWith('.d.ts')) {
        note(path);
      }
    }
  };
  note(PACKAGE);
  for (const folder of folders) read(folder);
  return found;
}

const translatedName = (path) => (path.endsWith('.ts') ? `${path.slice(0, -3)}.js` : path);

function isCurrent(mirror, sources) {
  const known = readManifest(mirror);
  if (!known || Object.keys(known).length !== sources.size) return false;
  for (const [path, { state }] of sources) {
    const entry = known[path];
    if (entry?.state !== state || !isWhole(mirror, path, entry)) return false;
  }
  return true;
}

function isWhole(mirror, path, entry) {
  return statSync(join(mirror, translatedName(path)), { throwIfNoEntry: false })?.size === entry.bytes;
}

function readManifest(mirror) {
  try {
    return JSON.parse(readFileSync(join(mirror, MANIFEST), 'utf8'));
  } catch {
    return undefined;
  }
}

async function bring(mirror, { root, folders }) {
  const known = readManifest(mirror) ?? {};
  const next = {};
  const translator = lazy(() => import('./translate.mjs'));
  let isChanged = false;
  for (const [path, { state, changedAt }] of sourcesIn(root, folders)) {
    const lookedAt = Date.now();
    const source = readFileSync(join(root, path), 'utf8');
    const hash = createHash('sha256').update(source).digest('hex');
    const old = known[path];
    const isKept = old?.hash === hash && isWhole(mirror, path, old);
    const bytes = isKept ? old.bytes : await put(mirror, { root, path, source, translator });
    isChanged ||= !isKept;
    next[path] = { state: lookedAt - changedAt < SURE_AFTER_MS ? 'young' : state, hash, bytes };
  }
  for (const path of Object.keys(known)) {
    if (next[path]) continue;
    isChanged = true;
    for (const end of ['', '.map']) rmSync(join(mirror, translatedName(path) + end), { force: true });
  }
  linkPackages(mirror, root);
  try {
    replaceFile(join(mirror, MANIFEST), JSON.stringify(next));
  } catch (error) {
    // A mirror that comes with a read-only installation is right although its sources were unpacked a moment ago.
    if (isChanged) throw error;
  }
}

function lazy(load) {
  let loaded;
  return () => {
    loaded ??= load();
    return loaded;
  };
}

/** Writes the mirror's part of one source. Returns: its bytes */
async function put(mirror, { root, path, source, translator }) {
  const file = join(mirror, translatedName(path));
  mkdirSync(dirname(file), { recursive: true });
  if (path === PACKAGE) return replaceFile(file, packageOf(JSON.parse(source)));
  if (!path.endsWith('.ts')) return replaceFile(file, source);
  const { translate } = await translator();
  const name = `${basename(file)}.map`;
  const { code, map } = translate({ source, name, url: pathToFileURL(join(root, path)).href });
  replaceFile(`${file}.map`, map);
  return replaceFile(file, code);
}

/** What `#name` means in the mirror. */
function packageOf({ name, version, type, imports = {} }) {
  const mirrored = Object.entries(imports).map(([key, path]) => [key, translatedName(path)]);
  return JSON.stringify({ name, version, type, imports: Object.fromEntries(mirrored) });
}

/** A mirror inside of `node_modules` finds the packages by itself. */
function linkPackages(mirror, root) {
  const packages = join(realpathSync(root), 'node_modules');
  if (realpathSync(mirror).startsWith(realpathSync(packages))) return;
  try {
    symlinkSync(packages, join(mirror, 'node_modules'), 'junction');
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
}

/** Whoever reads a file meets the old text or the new one, never a part. Returns: its bytes */
function replaceFile(file, text) {
  const partial = `${file}.${process.pid}.partial`;
  writeFileSync(partial, text);
  renameSync(partial, file);
  return Buffer.byteLength(text);
}
