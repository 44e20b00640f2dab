// Second step of the `kaze` command, on a Node that is new enough: packages, the program, then the command line itself.
import { fileURLToPath } from 'node:url';
import { ensurePackages } from '../scripts/packages.mjs';
import { importSource } from './import-source.mjs';
import { checkPlatform } from './platform.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs one command line; its exit code becomes this process's. */
export async function launch(argv) {
  checkPlatform(process);
  await ensurePackages({ root, dev: false });
  const { run } = await importSource(root, 'deploy/cli/main.ts');
  const code = await run(argv);
  if (typeof code === 'number') process.exitCode = code;
}
