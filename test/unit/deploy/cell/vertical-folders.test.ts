import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { VERTICALS } from '../../../../deploy/cell/shipped.ts';
import { verticalFolders } from '../../../../deploy/cell/vertical-folders.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kaze-folders-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const shipped = resolve(VERTICALS);

it('has the shipped folder first and each further one once, an empty one too', async () => {
  mkdirSync(join(root, 'mine/poetry/skills'), { recursive: true });
  mkdirSync(join(root, 'empty'));
  const given = [join(root, 'mine'), `${join(root, 'mine')}/`, join(root, 'empty'), VERTICALS];
  expect(await verticalFolders(given, 'KAZE_VERTICALS_FOLDERS')).toEqual([
    shipped,
    join(root, 'mine'),
    join(root, 'empty'),
  ]);
  expect(await verticalFolders([], 'default')).toEqual([shipped]);
});

it('names every folder that cannot be one, with what it is and the way out, all at once', async () => {
  mkdirSync(join(root, 'mine/poetry/skills'), { recursive: true });
  writeFileSync(join(root, 'mine/poetry/skills/haiku.yaml'), 'skill: haiku');
  mkdirSync(join(root, 'other/src'), { recursive: true });
  writeFileSync(join(root, 'file'), '');
  const given = ['none', 'mine/poetry', 'mine', 'other', 'file'].map((name) => join(root, name));
  const refused = verticalFolders(given, 'flag --verticals');
  await expect(refused).rejects.toMatchObject({ code: 'KAZE_CONFIG_INVALID' });
  const { fields } = (await refused.catch((error: unknown) => error)) as { fields: { problems: string[] } };
  expect(fields.problems).toEqual([
    `flag --verticals: the folder ${root}/none cannot be read (ENOENT); name a folder with verticals in it`,
    `flag --verticals: the folder ${root}/mine/poetry is a vertical itself; name the one that it lies in, ${root}/mine`,
    `flag --verticals: the folder ${root}/other holds no vertical: no folder in it has agents, skills or knowledge; \`kaze new vertical NAME --path\` writes one`,
    `flag --verticals: the folder ${root}/file cannot be read (ENOTDIR); name a folder with verticals in it`,
  ]);
});
