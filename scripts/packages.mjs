// Makes node_modules agree with package-lock.json, and does nothing when it does already. Used by the `kaze` command
// (without dev packages) and by `npm test` (with them). Needs Node's own modules only.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const STAMP = 'node_modules/.kaze-packages.json';

/**
 * @param {{ root: string, dev: boolean, stderr?: NodeJS.WriteStream }} options
 * @returns {Promise<boolean>} whether anything had to be installed
 */
export async function ensurePackages({ root, dev, stderr = process.stderr }) {
  const lockText = readFileSync(join(root, 'package-lock.json'));
  const lockHash = createHash('sha256').update(lockText).digest('hex');
  if (isStamped(root, lockHash, dev)) return false;
  const release = await takeLock('packages', root);
  try {
    if (isStamped(root, lockHash, dev)) return false;
    // Packages that somebody installed by hand and that fit are left alone.
    if (fits(root, JSON.parse(lockText), dev)) return stamp(root, lockHash, dev);
    // Dev packages that are there stay: a developer's `kaze` must not take the test tools away.
    const withDev = dev || hasDevPackages(root);
    await npmCi(root, withDev, stderr);
    stamp(root, lockHash, withDev);
    return true;
  } finally {
    release();
  }
}

function isStamped(root, lockHash, dev) {
  try {
    const found = JSON.parse(readFileSync(join(root, STAMP), 'utf8'));
    return found.lock === lockHash && found.system === system() && (found.dev || !dev);
  } catch {
    return false;
  }
}

function stamp(root, lockHash, dev) {
  writeFileSync(join(root, STAMP), `${JSON.stringify({ lock: lockHash, system: system(), dev })}\n`);
  return false;
}

const system = () => `${process.platform}-${process.arch}`;

/** npm's own record of what it put into node_modules, which it writes last, against the lockfile. */
function fits(root, lock, dev) {
  let installed;
  try {
    installed = JSON.parse(readFileSync(join(root, 'node_modules/.package-lock.json'), 'utf8')).packages;
  } catch {
    return false;
  }
  return Object.entries(lock.packages).every(([path, wanted]) => {
    if (path === '' || wanted.link || (!dev && (wanted.dev || wanted.devOptional))) return true;
    const found = installed[path];
    if (!found) return wanted.optional === true && !isBuildForThisSystem(wanted);
    return found.version === wanted.version && (wanted.optional || existsSync(join(root, path)));
  });
}

/** A native build that must be here. An optional package for every system may be part of a build for another one. */
function isBuildForThisSystem({ os, cpu, libc }) {
  if (!os && !cpu) return false;
  const musl = existsSync('/etc/alpine-release');
  const allows = (list, own) =>
    !list || list.includes(own) || (list.every((x) => x.startsWith('!')) && !list.includes(`!${own}`));
  return allows(os, process.platform) && allows(cpu, process.arch) && (!libc || libc.includes(musl ? 'musl' : 'glibc'));
}

function hasDevPackages(root) {
  const { devDependencies = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.keys(devDependencies).some(
    (name) => !name.startsWith('@types/') && existsSync(join(root, 'node_modules', name)),
  );
}

async function npmCi(root, dev, stderr) {
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error', ...(dev ? [] : ['--omit=dev'])];
  const command = `npm ci${dev ? '' : ' --omit=dev'}`;
  const startedAt = Date.now();
  const seconds = () => Math.round((Date.now() - startedAt) / 1000);
  const label = 'Installing packages (about 400 MB, once)';
  stderr.write(stderr.isTTY ? `${label} ...` : `${label} ...\n`);
  const timer = stderr.isTTY ? setInterval(() => stderr.write(`\r${label} ... ${seconds()} s`), 1000) : undefined;
  const { code, output } = await runNpm(root, args);
  clearInterval(timer);
  stderr.write(`${stderr.isTTY ? '\r' : ''}${code === 0 ? `Installed packages in ${seconds()} s.            ` : ''}\n`);
  if (code !== 0) throw installFailure(command, root, output);
}

function runNpm(root, args) {
  // Under npm its own program is known, also where no `npm` stands on PATH.
  const own = process.env.npm_execpath;
  const [file, first] = own?.endsWith('.js') && own.includes('npm') ? [process.execPath, [own]] : ['npm', []];
  const options = {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: file === 'npm' && process.platform === 'win32',
  };
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(file, [...first, ...args], options);
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ code: 1, output: error.message }));
    child.on('close', (code) => resolve({ code, output }));
  });
}

const CAUSES = [
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network|offline/i,
    'The package registry could not be reached. Kaze needs the network this once: look at the connection and, behind a proxy, at `npm config get proxy`.',
  ],
  [/ENOSPC/, 'The disk is full: packages take about 400 MB.'],
  [/EACCES|EPERM|EROFS/, 'The folder cannot be written by this user.'],
  [/spawn npm ENOENT/, 'npm was not found; it comes with Node.'],
  [/in sync|EUSAGE/, 'package.json and package-lock.json do not agree: take them both from the same commit.'],
];

function installFailure(command, root, output) {
  const cause = CAUSES.find(([pattern]) => pattern.test(output))?.[1] ?? 'npm says why:';
  const lines = output.split('\n').filter((line) => line.trim() && !/A complete log|Unknown user config/.test(line));
  return Object.assign(
    new Error(
      `Kaze could not install its packages. ${cause}\n${lines
        .slice(-6)
        .map((line) => `  ${line}`)
        .join('\n')}\n` + `Then try again, or run it yourself in ${root}: ${command}`,
    ),
    { forUser: true },
  );
}

/**
 * Two commands started at once on a fresh clone must not install into one folder; the second waits for the first.
 *
 * @returns {Promise<() => void>} ends it
 */
export async function takeLock(purpose, folder) {
  const key = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  const file = join(tmpdir(), `kaze-${purpose}-${key}.lock`);
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (holderIsGone(file)) rmSync(file, { force: true });
      else await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

function holderIsGone(file) {
  try {
    process.kill(Number(readFileSync(file, 'utf8')) || -1, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}
