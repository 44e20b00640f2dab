import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { withInstallLock } from './cache.ts';

/** A server cannot be had here. Its message ends with the command that would help. */
export class ServerUnavailable extends Error {
  override readonly name = 'ServerUnavailable';
}

export interface Finished {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a program to its end without a terminal; standard output and error come back as one text. */
export function run(
  file: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; uid?: number; gid?: number } = {},
): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk;
    });
    child.on('error', (error) => resolve({ code: null, output: error.message }));
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** The first of these programs that exists: full paths as they are, bare names looked up on PATH. */
export async function findProgram(...candidates: string[]): Promise<string | undefined> {
  const folders = (process.env.PATH ?? '').split(delimiter);
  for (const candidate of candidates) {
    const paths = candidate.includes('/') ? [candidate] : folders.map((folder) => join(folder, candidate));
    for (const path of paths) {
      try {
        await access(path, constants.X_OK);
        return path;
      } catch {
        // Not here: the next place.
      }
    }
  }
  return undefined;
}

/**
 * Installs Debian packages where this is Debian and we are root; else says what to type. The package lists are
 * refreshed only when the first try fails, as they are on a fresh image.
 */
export async function aptInstall(subject: string, packages: readonly string[]): Promise<void> {
  const command = `apt-get install -y ${packages.join(' ')}`;
  const apt = await findProgram('apt-get');
  if (!apt) throw new ServerUnavailable(`${subject} is not installed. On Debian or Ubuntu: sudo ${command}`);
  if (process.getuid?.() !== 0) {
    throw new ServerUnavailable(`${subject} is not installed, and only root may install it. Run: sudo ${command}`);
  }
  await withInstallLock('apt', async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const args = ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', ...packages];
    let done = await run(apt, args, { env });
    if (done.code !== 0) {
      await run(apt, ['update', '-o', 'DPkg::Lock::Timeout=300'], { env });
      done = await run(apt, args, { env });
    }
    if (done.code !== 0) {
      throw new ServerUnavailable(
        `${subject}: "${command}" failed:\n${lastLines(done.output)}\nTry: apt-get update && ${command}`,
      );
    }
  });
}

export function lastLines(text: string, count = 12): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
