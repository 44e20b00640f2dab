import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createFolderTaskFiles } from '#agents/adapters/task-files/folder';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kaze-task-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function* parts(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}
const textOf = async (content: AsyncIterable<Uint8Array>) => {
  let text = '';
  for await (const part of content) text += Buffer.from(part).toString();
  return text;
};

it('keeps equal contents of a client once and opens them by hash', async () => {
  const files = await createFolderTaskFiles({ folder });
  const [one, two] = [await files.keep('acme', parts('a', 'b')), await files.keep('acme', parts('ab'))];
  expect(two).toEqual(one);
  expect(one.bytes).toBe(2);
  expect(await textOf(files.open('acme', one.sha256))).toBe('ab');
  await expect(textOf(files.open('other', one.sha256))).rejects.toMatchObject({ code: 'KAZE_TASK_FILE' });
});

it('keeps nothing of a stream that breaks, and passes its error on', async () => {
  const files = await createFolderTaskFiles({ folder });
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('half');
    throw new RangeError('the sender went away');
  }
  await expect(files.keep('acme', broken())).rejects.toThrow('the sender went away');
  expect(await readdir(path.join(folder, 'incoming'))).toEqual([]);
  expect(await readdir(folder)).toEqual(['incoming']);
});

it.each([
  ['../etc', 'a'.repeat(64)],
  ['acme', '../../etc/passwd'],
])('opens nothing for client %j and hash %j', async (tenant, hash) => {
  const files = await createFolderTaskFiles({ folder });
  expect(() => files.open(tenant, hash)).toThrow(expect.objectContaining({ code: 'KAZE_TASK_FILE' }));
});
