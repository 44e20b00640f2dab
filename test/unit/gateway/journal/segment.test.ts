import { mkdtemp, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { endOf, readSegment, Segment } from '../../../../gateway/use-cases/journal/segment.ts';
import { usage } from '../../../contract/ledger/rows.ts';

test('a file of the journal that is closed while it is brought onto the disk is brought there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kaze-segment-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (let number = 0; number < 50; number += 1) {
    const segment = new Segment(join(folder, `${number}.log`), number);
    segment.append([{ whole: usage(`r${number}`) }]);
    const synced = segment.sync();
    segment.close();
    await expect(synced).resolves.toBeUndefined();
    expect(() => segment.append([{ whole: usage('late') }])).toThrow('is closed');
    expect(readSegment(segment.file).entries).toHaveLength(1);
  }
});

test('a write is kept as a whole or left out as a whole, and what follows a torn one stands by itself', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kaze-segment-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, '1.log');
  const first = new Segment(file, 1);
  first.append([{ begin: usage('a') }, { begin: usage('ü\u2028😀') }]);
  const { size } = await stat(file);
  expect(first.bytes).toBe(size);
  first.append([{ end: endOf(usage('a')) }, { whole: usage('c') }]);
  first.close();
  expect(readSegment(file)).toEqual({
    entries: [{ begin: usage('a') }, { begin: usage('ü\u2028😀') }, { end: endOf(usage('a')) }, { whole: usage('c') }],
    damaged: 0,
  });
  await truncate(file, first.bytes - 1);
  expect(readSegment(file).entries).toHaveLength(4);
  await truncate(file, first.bytes - 2);
  expect(readSegment(file)).toMatchObject({ damaged: 1, entries: { length: 2 } });
  await truncate(file, 20);
  expect(readSegment(file)).toEqual({ damaged: 1, entries: [] });
});

test('a write of a crowd is larger than the memory that is kept for writes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kaze-segment-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const segment = new Segment(join(folder, '1.log'), 1);
  const crowd = Array.from({ length: 2_000 }, (_, at) => ({ whole: usage(`ü${at}`) }));
  segment.append(crowd);
  segment.append(crowd.slice(0, 1));
  segment.close();
  expect(readSegment(segment.file)).toEqual({ entries: [...crowd, crowd[0]], damaged: 0 });
});
