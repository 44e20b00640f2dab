// Second step of the `kaze` command, on a Node that is new enough: packages, TypeScript, then the command line itself.
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensurePackages } from '../scripts/packages.mjs';
import { checkPlatform } from './platform.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs one command line; its exit code becomes this process's. */
export async function launch(argv) {
  checkPlatform(process);
  await ensurePackages({ root, dev: false });
  // The compiler would look for tsconfig.json from the folder where the user stands, and lose the decorators' settings.
  process.env.OXC_TSCONFIG_PATH ??= fileURLToPath(new URL('../tsconfig.json', import.meta.url));
  await import('@oxc-node/core/register');
  const { run } = await import(pathToFileURL(`${root}/deploy/cli/main.ts`).href);
  const code = await run(argv);
  if (typeof code === 'number') process.exitCode = code;
}
