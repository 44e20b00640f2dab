import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepareProgram } from './program.mjs';
import { nameSourcesInTraces } from './traces.mjs';

/**
 * Imports a module of ours: its translation, brought up to date before. Where none can be kept, the source itself
 * through a loader, which costs time and memory and is otherwise the same.
 *
 * @param {string} root the installation
 * @param {string} path of a `.ts` file, from the root
 * @param {readonly string[]} more folders beside those of the product
 */
export async function importSource(root, path, more = []) {
  const mirror = await prepareProgram({ root, folders: [...productFolders(root), ...more] }).catch(() => undefined);
  if (mirror !== undefined) {
    nameSourcesInTraces(mirror);
    return import(pathToFileURL(join(mirror, `${path.slice(0, -3)}.js`)).href);
  }
  // The loader would look for tsconfig.json from the folder where the user stands, and lose the decorators' settings.
  process.env.OXC_TSCONFIG_PATH ??= join(root, 'tsconfig.json');
  await import('@oxc-node/core/register');
  return import(pathToFileURL(join(root, path)).href);
}

/** Every folder that package.json gives a public name, and the one that puts them together. */
function productFolders(root) {
  const { imports = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return [...new Set([...Object.values(imports).map((target) => target.split('/')[1]), 'deploy'])];
}
