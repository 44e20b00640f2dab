import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readSegment, Segment } from '../../../../gateway/use-cases/journal/segment.ts';
import { usage } from '../../../contract/ledger/rows.ts';

test('a file of the journal that is closed while it is brought onto the disk is brought there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kaze-segment-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (let number = 0; number < 50; number += 1) {
    const segment = new Segment(join(folder, `${number}.log`), number);
    segment.append([{ kind: 'end', row: usage(`r${number}`) }]);
    const synced = segment.sync();
    segment.close();
    await expect(synced).resolves.toBeUndefined();
    expect(() => segment.append([{ kind: 'end', row: usage('late') }])).toThrow('is closed');
    expect(readSegment(segment.file).entries).toHaveLength(1);
  }
});
