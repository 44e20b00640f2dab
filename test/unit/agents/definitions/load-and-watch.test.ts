import { mkdir, mkdtemp, rename, rm, symlink, unlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  checkSkillMetrics,
  type DefinitionChange,
  formatProblems,
  loadDefinitions,
  loadKnowledgePack,
  packsOfFiles,
  watchDefinitions,
} from '../../../../agents/definitions/index.ts';

const skill = (name: string, extra = '') => `skill: ${name}\ndescription: d\ninputs: [a]\noutputs: [b]\n${extra}`;
const agent = (name: string, skills: string, extra = '') => `agent: ${name}\nrole: r\nskills: [${skills}]\n${extra}`;
const item = (at: string, extra = '') =>
  `  - path: ${at}\n    kind: fact\n    title: t\n    text: words\n    source: { title: s, date: "2020-01-01" }\n    confidence: 0.5\n${extra}`;

let folder: string;
const write = async (file: string, text: string | Uint8Array) => {
  const target = path.join(folder, file);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, text);
};

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kaze-definitions-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const problemsOf = async () => formatProblems((await loadDefinitions(folder)).problems);

describe('loading a folder', () => {
  it('gives definitions their vertical from the folder', async () => {
    await write('seo/skills/s.yaml', skill('s'));
    await write('seo/agents/a.yml', agent('a', 's'));
    const loaded = await loadDefinitions(folder);
    expect(loaded.problems).toEqual([]);
    expect(loaded.skills[0]).toMatchObject({ name: 's', vertical: 'seo', source: { file: 'seo/skills/s.yaml' } });
    expect(loaded.agents[0]).toMatchObject({ name: 'a', vertical: 'seo' });
  });

  it('finds what only shows across files', async () => {
    await write('seo/skills/one.yaml', skill('keyword-research', 'knowledge_dependencies: [seo/domain-concept]\n'));
    await write('crm/skills/two.yaml', skill('keyword-research'));
    await write('seo/agents/a.yaml', agent('a', 'keyword-reserch', 'knowledge: [sea/x, seo/*]\n'));
    await write(
      'seo/knowledge/k.yaml',
      `pack: seo\nitems:\n${item('seo/domain-concepts/x', '    relations: { requires: [seo/domain-concepts/y] }\n')}`,
    );
    expect((await problemsOf()).split('\n')).toEqual([
      'seo/agents/a.yaml:3:10 agent "a" has the unknown skill "keyword-reserch"; expected one of keyword-research; did you mean "keyword-research"?',
      'seo/agents/a.yaml:4:13 knowledge path "sea/x" of the unknown vertical "sea"; expected one of crm, seo; did you mean "seo"?',
      expect.stringMatching(
        /^seo\/knowledge\/k\.yaml:3:11 "seo\/domain-concepts\/x" requires the unknown item "seo\/domain-concepts\/y"/,
      ),
      'seo/skills/one.yaml:1:8 "keyword-research" is defined twice; expected a name of its own; crm/skills/two.yaml:1 has it already',
      'seo/skills/one.yaml:5:26 nothing in the pack of "seo" matches "seo/domain-concept"; expected a path with at least one item; did you mean "seo/domain-concepts"?',
    ]);
  });

  it('does not blame an agent for a skill whose file is broken', async () => {
    await write('seo/skills/s.yaml', 'skill: s\n');
    await write('seo/agents/a.yaml', agent('a', 's'));
    expect(await problemsOf()).not.toMatch(/unknown skill/);
  });

  it('does not blame a skill for a pack that cannot be read', async () => {
    await write('seo/skills/s.yaml', skill('s', 'knowledge_dependencies: [seo/a]\n'));
    await write('seo/knowledge/k.yaml', 'pack: seo\n');
    expect(await problemsOf()).toBe(
      'seo/knowledge/k.yaml:1:1 "items" is missing in a knowledge pack; expected a list of knowledge items',
    );
  });

  it.each([
    ['a misspelt folder', 'seo/skils/s.yaml', skill('s'), /unknown folder "skils".*did you mean "skills"\?/],
    ['a vertical with a bad name', 'SEO/skills/s.yaml', skill('s'), /"SEO" cannot be a vertical/],
    ['a vertical called client', 'client/skills/s.yaml', skill('s'), /"client" cannot be a vertical/],
    [
      'another vertical in the file',
      'seo/skills/s.yaml',
      skill('s', 'vertical: crm\n'),
      /vertical "crm" in the folder of "seo"/,
    ],
    ['bytes that are no UTF-8', 'seo/skills/s.yaml', Uint8Array.of(0x73, 0xff, 0xfe), /not UTF-8 text/],
    ['a file too large', 'seo/skills/s.yaml', 'x'.repeat(300_000), /too large; expected at most 262144/],
    [
      'a source from the future',
      'seo/knowledge/k.yaml',
      `pack: seo\nitems:\n${item('seo/a/b').replace('2020', '2999')}`,
      /lies in the future/,
    ],
    [
      'a day that does not exist',
      'seo/knowledge/k.yaml',
      `pack: seo\nitems:\n${item('seo/a/b').replace('01-01', '02-30')}`,
      /no day of the calendar/,
    ],
    [
      'a pack in another vertical’s folder',
      'seo/knowledge/k.yaml',
      `pack: crm\nitems:\n${item('crm/a/b')}`,
      /a pack of "crm"/,
    ],
    ['a path outside the pack', 'seo/knowledge/k.yaml', `pack: seo\nitems:\n${item('crm/a/b')}`, /begins with seo\//],
    [
      'one path twice',
      'seo/knowledge/k.yaml',
      `pack: seo\nitems:\n${item('seo/a/b')}${item('seo/a/b')}`,
      /stands twice/,
    ],
  ])('tells of %s', async (_name, file, text, expected) => {
    await write(file, text);
    expect(await problemsOf()).toMatch(expected);
  });

  it('says which folder cannot be read', async () => {
    await expect(loadDefinitions(path.join(folder, 'none'))).rejects.toMatchObject({
      code: 'KAZE_DEFINITION_FOLDER_UNREADABLE',
      kind: 'environment',
    });
  });

  it('follows links, as mounted configuration is made of them', async () => {
    await write('elsewhere.yaml', skill('s'));
    await mkdir(path.join(folder, 'seo/skills'), { recursive: true });
    await symlink(path.join(folder, 'elsewhere.yaml'), path.join(folder, 'seo/skills/s.yaml'));
    expect((await loadDefinitions(folder)).skills).toHaveLength(1);
  });

  it('loads one pack by itself', async () => {
    await write('k.yaml', `pack: seo\nitems:\n${item('seo/a/b')}`);
    const { items, problems } = await loadKnowledgePack(folder);
    expect(problems).toEqual([]);
    expect(items).toMatchObject([
      { path: 'seo/a/b', name: 'b', vertical: 'seo', confidence: 0.5, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
  });

  it('checks expressions against a handler’s metrics after loading', async () => {
    await write('seo/skills/s.yaml', skill('s', 'quality_criteria:\n  - relevance_score > 0.8\n'));
    const [loaded] = (await loadDefinitions(folder)).skills;
    expect(checkSkillMetrics(loaded!, ['relevance_score'])).toEqual([]);
    expect(formatProblems(checkSkillMetrics(loaded!, ['relevance']))).toMatch(
      /^seo\/skills\/s\.yaml:6:5 .*unknown name "relevance_score"/,
    );
  });
});

describe('loading several folders', () => {
  const own = () => path.join(folder, 'own');
  const both = () => loadDefinitions([path.join(folder, 'shipped'), own()]);

  it('makes one set of them, in which a later one adds to verticals and agents use skills of the others', async () => {
    await write('shipped/seo/skills/s.yaml', skill('s'));
    await write('shipped/seo/knowledge/k.yaml', `pack: seo\nitems:\n${item('seo/a/b')}`);
    await write('own/seo/skills/mine.yaml', skill('mine', 'knowledge_dependencies: [seo/a]\n'));
    await write('own/poetry/agents/poet.yaml', agent('poet', 's, mine', 'knowledge: [seo/*]\n'));
    await write('own/notes/todo.txt', 'no vertical');
    const { verticals, skills, agents, problems } = await both();
    expect(formatProblems(problems)).toBe('');
    expect(verticals).toEqual(['seo', 'poetry']);
    expect(skills.map(({ name, vertical }) => [name, vertical])).toEqual([
      ['s', 'seo'],
      ['mine', 'seo'],
    ]);
    expect([...skills, ...agents].map(({ source }) => source.file)).toEqual([
      'seo/skills/s.yaml',
      path.join(own(), 'seo/skills/mine.yaml'),
      path.join(own(), 'poetry/agents/poet.yaml'),
    ]);
  });

  it('leaves a name to the folder that had it first, and tells the other one', async () => {
    await write('shipped/seo/skills/s.yaml', skill('s'));
    await write('own/poetry/skills/s.yaml', skill('s', 'prompt: another\n'));
    const { skills, problems } = await both();
    expect(skills.map(({ vertical }) => vertical)).toEqual(['seo']);
    expect(formatProblems(problems)).toBe(
      `${own()}/poetry/skills/s.yaml:1:8 "s" is defined twice; expected a name of its own; seo/skills/s.yaml:1 has it already`,
    );
  });

  it('keeps a pack whose file cannot be read now, in whichever folder it lies', async () => {
    await write('shipped/seo/skills/s.yaml', skill('s', 'knowledge_dependencies: [poetry/form]\n'));
    await write('own/poetry/knowledge/k.yaml', 'pack: [');
    const { unreadableFiles, problems } = await both();
    expect(packsOfFiles(unreadableFiles)).toEqual(['poetry']);
    expect(problems.every(({ file }) => file === path.join(own(), 'poetry/knowledge/k.yaml'))).toBe(true);
  });
});

describe('watching a folder', () => {
  const changes: DefinitionChange[] = [];
  let close: (() => Promise<void>) | undefined;
  const start = async (options = {}) => {
    changes.length = 0;
    const watcher = await watchDefinitions(folder, (change) => void changes.push(change), {
      debounceMs: 20,
      pollMs: 60_000,
      ...options,
    });
    close = () => watcher.close();
    return watcher;
  };
  const seen = (test: (all: DefinitionChange[]) => boolean) =>
    vi.waitUntil(() => test(changes), { timeout: 10_000, interval: 10 });
  beforeEach(() => write('seo/skills/s.yaml', skill('s')));
  afterEach(() => close?.());

  it('announces a changed skill once, with a new hash', async () => {
    const { initial } = await start();
    await write('seo/skills/s.yaml', skill('s', 'risk: high\n'));
    await seen((all) => all.length > 0);
    expect(changes[0]!.changed.map((definition) => definition.name)).toEqual(['s']);
    expect(changes[0]!.changed[0]!.source.hash).not.toBe(initial.skills[0]!.source.hash);
  });

  it('sees files written beside and renamed over, again and again', async () => {
    await start();
    for (const risk of ['low', 'medium', 'high']) {
      await write('seo/skills/.s.yaml.swp', skill('s', `risk: ${risk}\n`));
      await rename(path.join(folder, 'seo/skills/.s.yaml.swp'), path.join(folder, 'seo/skills/s.yaml'));
      await seen((all) => all.at(-1)?.current.skills[0]?.risk === risk);
    }
  });

  it('says nothing about a file that is touched or re-formatted', async () => {
    const watcher = await start();
    await utimes(path.join(folder, 'seo/skills/s.yaml'), 1, 1);
    await watcher.reload();
    await write('seo/skills/s.yaml', `# a note\n${skill('s').replace('inputs: [a]', 'inputs:\n  - a')}`);
    await watcher.reload();
    expect(changes).toEqual([]);
  });

  it('keeps what a broken file last said, reports the problem, and lets a deleted one go', async () => {
    const watcher = await start();
    await write('seo/skills/s.yaml', 'skill: s\n');
    await watcher.reload();
    const broken = changes.at(-1)!;
    expect(broken.removed).toEqual([]);
    expect(broken.current.skills).toHaveLength(1);
    expect(broken.current.problems.length).toBeGreaterThan(0);
    await unlink(path.join(folder, 'seo/skills/s.yaml'));
    await watcher.reload();
    expect(changes.at(-1)!.removed).toEqual([{ kind: 'skill', name: 's' }]);
  });

  it('sees a vertical that is added later', async () => {
    await start();
    await write('crm/skills/t.yaml', skill('t'));
    await seen((all) => all.some((change) => change.current.skills.some((each) => each.name === 't')));
    await write('crm/skills/t.yaml', skill('t', 'risk: low\n'));
    await seen((all) => all.at(-1)!.current.skills.some((each) => each.risk === 'low'));
  });

  it('tells of a folder that is gone and goes on when it is back', async () => {
    const errors: unknown[] = [];
    const watcher = await start({ onError: (error: unknown) => errors.push(error) });
    await rm(folder, { recursive: true });
    await watcher.reload();
    expect(errors.at(-1)).toMatchObject({ code: 'KAZE_DEFINITION_FOLDER_UNREADABLE' });
    await write('seo/skills/s.yaml', skill('s', 'risk: low\n'));
    await watcher.reload();
    expect(changes.at(-1)!.current.skills[0]!.risk).toBe('low');
  });
});
