import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { KeptReads, SharedReads } from '../../../gateway/use-cases/kept-reads.ts';

/** A source whose answers say how often it was read. */
function counted(answer: (count: number) => Promise<string | undefined> = async (count) => `read ${count}`) {
  let count = 0;
  const reads = new KeptReads<string, string | undefined>(() => {
    count += 1;
    return answer(count);
  }, 1_000);
  return { reads, count: () => count, fresh: () => reads.fresh('key')?.value };
}

describe('what is read and kept', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    return () => {
      vi.useRealTimers();
    };
  });

  it('is not known before, and taken as it was read for its time', async () => {
    const { reads, fresh, count } = counted();
    expect(fresh()).toBeUndefined();
    expect(await reads.again('key').value).toBe('read 1');
    await vi.advanceTimersByTimeAsync(700);
    expect(fresh()).toBe('read 1');
    expect(count()).toBe(1);
  });

  it('is read again before its time is over, so that nobody waits for it', async () => {
    const { reads, fresh } = counted();
    await reads.again('key').value;
    for (let second = 1; second <= 9; second++) {
      await vi.advanceTimersByTimeAsync(1_000);
      expect(fresh()).toMatch(/^read/);
    }
  });

  it('is let go some time after it was last asked for', async () => {
    const { reads, fresh, count } = counted();
    await reads.again('key').value;
    await vi.advanceTimersByTimeAsync(9_000);
    expect(fresh()).toMatch(/^read/);
    await vi.advanceTimersByTimeAsync(12_000);
    const read = count();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(count()).toBe(read);
    expect(fresh()).toBeUndefined();
    // Asked for again it is kept again.
    await reads.again('key').value;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(fresh()).toMatch(/^read/);
  });

  it('is let go also where the process is busy, and what is read ahead is read too late', async () => {
    const { reads, count } = counted();
    let now = 0;
    const late = vi.spyOn(performance, 'now').mockImplementation(() => now);
    onTestFinished(() => late.mockRestore());
    await reads.again('key').value;
    for (let round = 0; round < 40; round++) {
      now += 1_200;
      await vi.advanceTimersByTimeAsync(750);
    }
    expect(count()).toBeGreaterThan(5);
    expect(count()).toBeLessThan(12);
  });

  it('is never older than its time, also where it cannot be read again', async () => {
    const { reads, fresh } = counted(async (count) => {
      if (count > 1) throw new Error('away');
      return 'read 1';
    });
    await reads.again('key').value;
    await vi.advanceTimersByTimeAsync(999);
    expect(fresh()).toBe('read 1');
    await vi.advanceTimersByTimeAsync(1);
    expect(fresh()).toBeUndefined();
    await expect(reads.again('key').value).rejects.toThrow('away');
    expect(reads.last('key')).toBe('read 1');
  });

  it('is read ahead for no more than some, and not where there was nothing', async () => {
    let count = 0;
    const reads = new KeptReads<number, number | undefined>(async (key) => {
      count += 1;
      return key >= 0 ? key : undefined;
    }, 1_000);
    const keys = [...Array.from({ length: 100 }, (_, key) => key), -1];
    await Promise.all(keys.map((key) => reads.again(key).value));
    await vi.advanceTimersByTimeAsync(800);
    expect(count).toBe(keys.length + 32);
    // Those beyond are read ahead when they are asked for.
    expect(reads.fresh(99)?.value).toBe(99);
    expect(reads.fresh(-1)).toEqual(expect.objectContaining({ value: undefined }));
    await vi.advanceTimersByTimeAsync(0);
    expect(count).toBe(keys.length + 34);
  });

  it('is not kept where it was forgotten while it was being read', async () => {
    const answers: Array<(text: string) => void> = [];
    const { reads, fresh } = counted(() => new Promise((resolve) => answers.push(resolve)));
    const before = reads.again('key').value;
    reads.forget();
    const after = reads.again('key').value;
    answers[0]!('old');
    expect(await before).toBe('old');
    expect(fresh()).toBeUndefined();
    answers[1]!('new');
    expect(await after).toBe('new');
    expect(fresh()).toBe('new');
  });

  it('is read ahead no more once it is closed', async () => {
    const { reads, count } = counted();
    await reads.again('key').value;
    reads.close();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(count()).toBe(1);
  });
});

it('reads once for all who ask at the same time, and tells all of them of a failure', async () => {
  const shared = new SharedReads<string, string>();
  let count = 0;
  const read = async () => {
    count += 1;
    await new Promise(setImmediate);
    throw new Error('away');
  };
  const all = await Promise.allSettled([shared.of('a', read).value, shared.of('a', read).value]);
  expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(count).toBe(1);
  await expect(shared.of('a', async () => 'there').value).resolves.toBe('there');
});
