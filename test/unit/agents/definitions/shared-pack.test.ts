import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatProblems, loadDefinitions, SHARED_PACK } from '../../../../agents/definitions/index.ts';

const SHIPPED = new URL('../../../../agents/verticals', import.meta.url).pathname;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kaze-shared-pack-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
  await writeFile(path.join(folder, file), text);
}

const item = (at: string, relations = '') =>
  `  - { path: ${at}, kind: pattern, title: T, text: Words., source: { title: S, date: "2020-01-01" }, confidence: 0.5${relations} }\n`;

describe('the pack that belongs to no vertical', () => {
  it('is read from platform/knowledge, relates to items of verticals, and is no vertical itself', async () => {
    await write('seo/knowledge/k.yaml', `pack: seo\nitems:\n${item('seo/a/b')}`);
    await write(
      'platform/knowledge/p.yaml',
      `pack: platform\nitems:\n${item('platform/patterns/x', ', relations: { applies_to: [seo/a/b] }')}`,
    );
    const loaded = await loadDefinitions(folder);
    expect(formatProblems(loaded.problems)).toBe('');
    expect(loaded.verticals).toEqual(['seo']);
    expect(loaded.knowledge.map(({ path, vertical }) => [path, vertical])).toEqual([
      ['seo/a/b', 'seo'],
      ['platform/patterns/x', SHARED_PACK],
    ]);
  });

  it('may be pointed at from a vertical, and a relation into the void is told', async () => {
    await write(
      'seo/knowledge/k.yaml',
      `pack: seo\nitems:\n${item('seo/a/b', ', relations: { requires: [platform/patterns/x, platform/patterns/y] }')}`,
    );
    await write('platform/knowledge/p.yaml', `pack: platform\nitems:\n${item('platform/patterns/x')}`);
    const { problems } = await loadDefinitions(folder);
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('requires the unknown item "platform/patterns/y"'),
    ]);
  });

  it('has no agents and no skills, and no pack of a vertical', async () => {
    await mkdir(path.join(folder, 'platform/skills'), { recursive: true });
    await write('platform/knowledge/p.yaml', `pack: seo\nitems:\n${item('seo/a/b')}`);
    const { problems, knowledge } = await loadDefinitions(folder);
    expect(formatProblems(problems)).toContain('agents and skills belong to a vertical');
    expect(formatProblems(problems)).toContain('a pack of "seo" in the folder of "platform"');
    expect(knowledge).toEqual([]);
  });

  it('ships at least ten patterns, each put to use in two verticals or more', async () => {
    const { knowledge } = await loadDefinitions(SHIPPED);
    const patterns = knowledge.filter(({ vertical, kind }) => vertical === SHARED_PACK && kind === 'pattern');
    expect(patterns.length).toBeGreaterThanOrEqual(10);
    const narrow = patterns.filter(({ relations }) => {
      const used = relations.filter(({ type }) => type === 'applies_to').map(({ to }) => to.split('/')[0]);
      return new Set(used).size < 2;
    });
    expect(narrow.map(({ path }) => path)).toEqual([]);
  });
});
