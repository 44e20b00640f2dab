import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CellProcess } from '../../support/cell/cell-process.ts';
import { removeFolder } from '../../support/cell/remove-folder.ts';
import { missingLines, readTour } from './blocks.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const tour = readTour(readFileSync(join(ROOT, 'README.md'), 'utf8'), 'Five minutes');

/** A folder like a clone, where the tour's shell lines run as they are written. */
class Terminal {
  readonly folder: string;
  #cell: CellProcess | undefined;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** `npm start` keeps running, so it is a process beside; all other lines go to a shell. Gives what was printed. */
  async run(command: string): Promise<string> {
    const start = /^npm start(?: -- --data (\S+))?$/.exec(command);
    if (start) return this.#start(start[1] ?? '.kaze');
    return this.#shell(command);
  }

  async #start(data: string): Promise<string> {
    await this.stop();
    this.#cell = new CellProcess(join(this.folder, data));
    await this.#cell.start();
    return this.#cell.output;
  }

  async stop(): Promise<void> {
    await this.#cell?.stop();
  }

  #shell(command: string): Promise<string> {
    const state = join(this.folder, 'variables');
    const script = [
      `npx() { test "$1" = kaze || exit 127; shift; "${process.execPath}" "${ROOT}bin/kaze.js" "$@"; }`,
      `test ! -f "${state}" || . "${state}"`,
      command,
      `printf 'id=%s\\n' "\${id:-}" > "${state}"`,
    ].join('\n');
    const { PATH = '', HOME = '' } = process.env;
    const options = { cwd: this.folder, env: { PATH, HOME, NO_COLOR: '1' }, maxBuffer: 2 ** 24, timeout: 180_000 };
    return new Promise((resolve, reject) => {
      execFile('sh', ['-e', '-c', script], options, (error, stdout, stderr) => {
        if (!error) return resolve(`${stdout}\n${stderr}`);
        reject(new Error(`this line of the README failed (${error.code}): ${command}\n${stdout}${stderr}`));
      });
    });
  }
}

describe('the five-minute tour of the README', () => {
  let terminal: Terminal;

  beforeAll(async () => {
    terminal = new Terminal(await mkdtemp(join(tmpdir(), 'kaze-readme-')));
    await symlink(join(ROOT, 'examples'), join(terminal.folder, 'examples'));
    await writeFile(join(terminal.folder, 'why.graphql'), tour.operations[0]!);
  });
  afterAll(async () => {
    await terminal.stop();
    await removeFolder(terminal.folder);
  });

  it('has the steps that it is about', () => {
    const commands = tour.steps.flatMap((step) => step.commands).join('\n');
    for (const part of ['npm start', 'kaze ingest', 'kaze ask', 'tasks submit', 'approve', 'kill -9', 'kaze restore']) {
      expect(commands).toContain(part);
    }
  });

  it('fails on a command that fails, or that Kaze does not have', async () => {
    await expect(terminal.run('npx kaze aks "What is the hotel limit?"')).rejects.toThrow('this line of the README');
    await expect(terminal.run('npx kaze tasks list --data nowhere\ntrue')).rejects.toThrow('no cell');
  });

  // In order: each step stands on what the ones before it did.
  it.sequential.each(tour.steps.map((step, at) => ({ ...step, name: `${at + 1}. ${step.commands.at(-1)}` })))(
    'prints what it says: $name',
    async ({ commands, output }) => {
      let printed = '';
      for (const command of commands) printed += await terminal.run(command);
      expect(missingLines(output, printed), printed).toEqual([]);
    },
    240_000,
  );
});

describe('what is documented and was not printed', () => {
  it('is found, whatever the width of the terminal, and "…" stands for anything', () => {
    expect(missingLines(['task  … delivered', 'a b'], 'task 1 delivered\na\n  b')).toEqual([]);
    expect(missingLines(['task  … delivered', 'a c'], 'task 1 rejected\na\n  b')).toEqual(['task  … delivered', 'a c']);
  });
});
