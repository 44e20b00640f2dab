import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { apiConfig, createFolderUploads } from '#api';
import { personPrincipal } from '#graph-schema';
import { LruMap } from '../../../api/execution/lru.ts';
import { RateLimit } from '../../../api/http/rate.ts';
import { DateTime, instantToIso } from '../../../api/schema/scalars.ts';

class ManualClock {
  time = 1_000_000;
  now = () => this.time;
  sleep = async () => {};
}

describe('the configuration', () => {
  it('has these defaults', () => {
    expect(apiConfig()).toEqual({
      host: '127.0.0.1',
      port: 4000,
      bodyMaxBytes: 1_048_576,
      uploadMaxBytes: 209_715_200,
      uploadsPerOwner: 1_000,
      uploadTtlMs: 86_400_000,
      maxDepth: 10,
      maxCost: 50_000,
      maxFields: 2_000,
      maxRootFields: 20,
      maxPage: 1_000,
      maxDocumentTokens: 10_000,
      readTimeoutMs: 10_000,
      verbTimeoutMs: 60_000,
      ratePerSecond: 500,
      rateBurst: 1_000,
      subscriptionsPerConnection: 50,
      connectionsPerPrincipal: 50,
      shutdownMs: 10_000,
      tokenCacheMs: 2_000,
    });
  });

  it('is refused with every problem at once', () => {
    expect(() => apiConfig({ port: -1, maxPage: 9_999, other: 1 } as never)).toThrow(/port:.*maxPage:.*other/s);
  });
});

describe('DateTime', () => {
  it('is ISO 8601 in UTC, on both sides of 1970 and of a day', () => {
    for (const instant of [
      0, -1, 86_399_999, 86_400_000, 1_700_000_000_123, -62_135_596_800_000, 253_402_300_799_999,
    ]) {
      expect(instantToIso(instant)).toBe(new Date(instant).toISOString());
    }
  });

  it.each(['yesterday', '2026', '2026-13-01', '1700000000000', '2026-03-01T10:00', 5])('does not take %s', (value) => {
    expect(() => DateTime.parseValue(value)).toThrow(/DateTime is written as/);
  });
});

describe('a bounded map', () => {
  it('forgets what was not used for longest', () => {
    const map = new LruMap<string, number>(2);
    map.set('a', 1);
    map.set('b', 2);
    map.get('a');
    map.set('c', 3);
    expect([map.get('a'), map.get('b'), map.get('c'), map.size]).toEqual([1, undefined, 3, 2]);
  });
});

describe('the rate limit', () => {
  it('gives back requests with time, up to the burst, per key', () => {
    const clock = new ManualClock();
    const rate = new RateLimit({ perSecond: 2, burst: 4, clock });
    for (let at = 0; at < 4; at++) rate.take('a');
    expect(() => rate.take('a')).toThrow(expect.objectContaining({ code: 'KAZE_API_RATE', status: 429 }));
    rate.take('b');
    clock.time += 1_000;
    rate.take('a');
    rate.take('a');
    expect(() => rate.take('a')).toThrow();
    clock.time += 60_000;
    for (let at = 0; at < 4; at++) rate.take('a');
    expect(() => rate.take('a')).toThrow();
  });
});

describe('uploads in a folder', () => {
  const ada = personPrincipal({ id: 'ada', name: 'Ada', role: 'operator', tenant: 'acme' });
  const bob = personPrincipal({ id: 'bob', name: 'Bob', role: 'operator', tenant: 'acme' });
  const elsewhere = personPrincipal({ id: 'ada', name: 'Ada', role: 'operator', tenant: 'globex' });
  const meta = { name: '../../etc/passwd', contentType: 'text/plain' };
  const clock = new ManualClock();
  let folder: string;
  let uploads: Awaited<ReturnType<typeof createFolderUploads>>;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kaze-uploads-'));
    uploads = await createFolderUploads({ folder, clock, maxBytes: 10, ttlMs: 1_000, perOwner: 2 });
  });
  afterEach(async () => {
    await uploads.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('are read by their owner for their client only, and not by a path', async () => {
    const { id } = await uploads.put(ada, Readable.from('hello'), meta);
    const { stream, upload } = await uploads.open(ada, id);
    expect((await stream.toArray()).join('')).toBe('hello');
    expect(upload).toMatchObject({ name: '../../etc/passwd', bytes: 5 });
    for (const other of [bob, elsewhere]) {
      await expect(uploads.describe(other, id)).rejects.toMatchObject({ code: 'KAZE_API_UPLOAD_UNKNOWN' });
    }
    await expect(uploads.open(ada, `${id}.json`)).rejects.toMatchObject({ code: 'KAZE_API_UPLOAD_UNKNOWN' });
    await expect(uploads.open(ada, `../${folder.split('/').pop()}/${id}`)).rejects.toMatchObject({
      code: 'KAZE_API_UPLOAD_UNKNOWN',
    });
  });

  it('are those of every process on the folder; what is in another folder is unknown, and the setting is named', async () => {
    const more = { clock, maxBytes: 10, ttlMs: 1_000, perOwner: 2, hasOthers: true };
    const second = await createFolderUploads({ folder, ...more });
    const { id } = await uploads.put(ada, Readable.from('hello'), meta);
    const { stream } = await second.open(ada, id);
    expect((await stream.toArray()).join('')).toBe('hello');
    await second.remove(ada, id);
    await expect(uploads.describe(ada, id)).rejects.toThrow(`there is no upload ${id}; upload the file`);
    await expect(uploads.describe(ada, id)).rejects.not.toThrow('KAZE_DATA_FILES_DIR');

    const alone = await createFolderUploads({ folder: join(folder, 'elsewhere'), ...more });
    const sent = await uploads.put(ada, Readable.from('hello'), meta);
    await expect(alone.describe(ada, sent.id)).rejects.toMatchObject({
      code: 'KAZE_API_UPLOAD_UNKNOWN',
      message: expect.stringContaining('set KAZE_DATA_FILES_DIR to a folder that all processes reach'),
    });
    await Promise.all([second.close(), alone.close()]);
  });

  it('leave nothing when they are too large or break off', async () => {
    await expect(uploads.put(ada, Readable.from('x'.repeat(11)), meta)).rejects.toMatchObject({
      code: 'KAZE_API_UPLOAD_TOO_LARGE',
      fields: { allowed: 10 },
    });
    const breaking = new Readable({
      read() {
        this.push('abc');
        this.destroy(new Error('gone'));
      },
    });
    await expect(uploads.put(ada, breaking, meta)).rejects.toThrow('gone');
    expect(await readdir(folder)).toEqual([]);
  });

  it('expire, are swept, and are limited per owner until they are used', async () => {
    const { id } = await uploads.put(ada, Readable.from('a'), meta);
    await uploads.put(ada, Readable.from('b'), meta);
    await expect(uploads.put(ada, Readable.from('c'), meta)).rejects.toMatchObject({ code: 'KAZE_API_UPLOAD_FULL' });
    await uploads.put(bob, Readable.from('d'), meta);
    await uploads.remove(ada, id);
    await uploads.put(ada, Readable.from('e'), meta);
    clock.time += 1_001;
    await uploads.sweep();
    expect(await readdir(folder)).toEqual([]);
    await uploads.put(ada, Readable.from('f'), meta);
  });
});
