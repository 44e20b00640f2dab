import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, placeFolder, withInstallLock } from './servers/cache.ts';
import { lastLines, run, ServerUnavailable } from './servers/commands.ts';

export const NODE24_VERSION = '24.21.0';

/**
 * The path of a Node 24 binary, for smoke tests of the next line of Node. It comes as an npm package that carries the
 * real binary (189 MB), kept in the test cache and never in the root package; where the tests already run on
 * Node 24 or later, that Node itself.
 */
export async function node24(): Promise<string> {
  if (Number.parseInt(process.versions.node, 10) >= 24) return process.execPath;
  const packageName = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const target = join(cacheFolder(), `node-${NODE24_VERSION}`);
  const binary = join(target, 'node_modules', packageName, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  await withInstallLock('node24', async () => {
    if (await isRightVersion(binary)) return;
    await placeFolder(target, async (folder) => {
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
      const spec = `${packageName}@${NODE24_VERSION}`;
      const done = await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', spec], { cwd: folder });
      if (done.code !== 0) {
        throw new ServerUnavailable(`Node 24 could not be fetched:\n${lastLines(done.output)}\nTry: npm view ${spec}`);
      }
    });
    if (!(await isRightVersion(binary)))
      throw new ServerUnavailable(`${binary} does not run as Node ${NODE24_VERSION}.`);
  });
  return binary;
}

async function isRightVersion(binary: string): Promise<boolean> {
  const { code, output } = await run(binary, ['--version']);
  return code === 0 && output.trim() === `v${NODE24_VERSION}`;
}
