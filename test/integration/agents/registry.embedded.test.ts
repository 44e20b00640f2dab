import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bindAgent, createRegistry, ensureTenant, loadDefinitions, type SkillHandler, SkillHandlers } from '#agents';
import {
  Agent,
  AgentTemplate,
  type GraphStore,
  Knowledge,
  Outbox,
  openGraph,
  type ReadConnection,
  Revision,
  Skill,
  SkillVersion,
  schema,
  systemPrincipal,
  Tool,
} from '#graph-schema';
import { createGrafeoEngine } from '#graph-schema/adapters/graph-engine/grafeo';
import { createLogger, silentLogger, systemClock } from '#platform';

const VERTICALS = fileURLToPath(new URL('../../../agents/verticals/', import.meta.url));
const cellPrincipal = systemPrincipal('cell');
const NOTHING = {
  verticals: 0,
  tools: 0,
  knowledge: 0,
  skillVersions: 0,
  skills: 0,
  agentTemplates: 0,
  agents: 0,
  retired: 0,
};

const research: SkillHandler = {
  skill: 'keyword-research',
  revision: 1,
  standIns: {},
  metrics: { relevance_score: 'share' },
  run: async () => ({ summary: '', outputs: {}, metrics: {}, notes: [] }),
};

describe('the registry with the shipped verticals', () => {
  let store: GraphStore;
  let folder: string;
  beforeEach(async () => {
    const engine = await createGrafeoEngine({ memory: true, logger: silentLogger, clock: systemClock });
    ({ store } = await openGraph({ engine, schema, clock: systemClock, logger: silentLogger }));
    folder = await mkdtemp(join(tmpdir(), 'kaze-registry-'));
    await cp(VERTICALS, folder, { recursive: true });
  });
  afterEach(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  const registry = (handlers: readonly SkillHandler[] = [research]) =>
    createRegistry({ store, logger: silentLogger, handlers: new SkillHandlers(handlers), availableTools: ['llm'] });
  const sync = async (handlers?: readonly SkillHandler[]) => registry(handlers).sync(await loadDefinitions(folder));
  const versionsOf = (name: string) =>
    store.list(cellPrincipal, SkillVersion, {
      where: { name: { eq: name } },
      orderBy: [{ property: 'number', direction: 'asc' }],
    });
  const edit = async (file: string, change: (text: string) => string) =>
    writeFile(join(folder, file), change(await readFile(join(folder, file), 'utf8')));

  it('brings everything in, and the second time writes nothing', async () => {
    const loaded = await loadDefinitions(folder);
    const first = await sync();
    expect(first).toMatchObject({
      verticals: 3,
      skillVersions: loaded.skills.length,
      knowledge: loaded.knowledge.length,
    });
    const skills = await store.list(cellPrincipal, Skill);
    expect(skills.find(({ name }) => name === 'keyword-research')!.status).toBe('implemented');
    expect(skills.find(({ name }) => name === 'lead-scoring')!.status).toBe('declared');
    // What all verticals share stands in the scope of the platform and points into theirs.
    const shared = { appliedBy: { some: { scope: { eq: 'platform' }, path: { startsWith: 'platform/patterns/' } } } };
    const scopes = (await store.list(cellPrincipal, Knowledge, { where: shared })).map(({ scope }) => scope);
    expect([...new Set(scopes)].sort()).toEqual(['vertical:crm', 'vertical:internal-ops', 'vertical:seo']);
    const tools = await store.list(cellPrincipal, Tool);
    expect(tools.filter(({ available }) => available).map(({ name }) => name)).toEqual(['llm']);
    const counts = () => Promise.all([Outbox, Revision].map((definition) => store.count(cellPrincipal, definition)));
    const before = await counts();
    expect(await sync()).toEqual(NOTHING);
    expect(await counts()).toEqual(before);
  });

  it('makes a new version of a changed file and of a changed handler, and none of a re-formatted one', async () => {
    await sync();
    const file = 'seo/skills/keyword-research.yaml';
    await edit(file, (text) => text.replace('Research and evaluate', 'Research, weigh'));
    expect(await sync()).toMatchObject({ skillVersions: 1, knowledge: 0, agentTemplates: 0 });
    expect(await sync([{ ...research, revision: 2 }])).toMatchObject({ skillVersions: 1 });
    await edit(file, (text) => `${text}\n# a remark\n`);
    expect(await sync([{ ...research, revision: 2 }])).toEqual(NOTHING);
    const versions = await versionsOf('keyword-research');
    expect(versions.map(({ number, handlerRevision }) => [number, handlerRevision])).toEqual([
      [1, 1],
      [2, 1],
      [3, 2],
    ]);
    const current = await store.list(cellPrincipal, SkillVersion, {
      where: { currentOf: { some: { name: { eq: 'keyword-research' } } } },
    });
    expect(current.map(({ number }) => number)).toEqual([3]);
  });

  it('revises changed knowledge and retires what is gone', async () => {
    await sync();
    await edit('seo/knowledge/domain-concepts.yaml', (text) => text.replace('Search intent', 'Intent of a search'));
    expect(await sync()).toMatchObject({ knowledge: 1 });
    const [changed] = await store.list(cellPrincipal, Knowledge, { where: { title: { eq: 'Intent of a search' } } });
    const revisions = await store.list(cellPrincipal, Revision, { where: { subject: { eq: changed!.id } } });
    expect(revisions.some(({ before }) => before?.includes('Search intent'))).toBe(true);
    await rm(join(folder, 'crm'), { recursive: true });
    const { retired } = await sync();
    expect(retired).toBeGreaterThan(3);
    const where = { scope: { eq: 'vertical:crm' } };
    expect((await store.list(cellPrincipal, Skill, { where })).every(({ status }) => status === 'retired')).toBe(true);
    expect(
      (await store.list(cellPrincipal, AgentTemplate, { where })).every(({ status }) => status === 'retired'),
    ).toBe(true);
    expect((await store.list(cellPrincipal, Knowledge, { where })).every(({ retiredAt }) => retiredAt !== null)).toBe(
      true,
    );
    // What comes back is held again.
    await cp(join(VERTICALS, 'crm'), join(folder, 'crm'), { recursive: true });
    await sync();
    expect((await store.list(cellPrincipal, Knowledge, { where })).every(({ retiredAt }) => retiredAt === null)).toBe(
      true,
    );
  });

  it('warns by name of skills and agents that it retires, as a second process without their folder would', async () => {
    const warned: string[] = [];
    const logger = createLogger({ level: 'warn', destination: { write: (line) => void warned.push(line) } });
    const own = await mkdtemp(join(tmpdir(), 'kaze-registry-own-'));
    try {
      await cp(join(folder, 'crm'), join(own, 'crm'), { recursive: true });
      await rm(join(folder, 'crm'), { recursive: true });
      const first = createRegistry({ store, logger, handlers: new SkillHandlers([research]), availableTools: ['llm'] });
      expect((await first.sync(await loadDefinitions([folder, own]))).retired).toBe(0);
      const told = () => warned.map((line) => JSON.parse(line)).filter(({ code }) => code === 'KAZE_DEFINITION_GONE');
      expect(told()).toEqual([]);
      await first.sync(await loadDefinitions([folder]));
      expect(told()).toMatchObject([
        {
          retired: ['agent crm-analyst', 'skill lead-scoring', 'skill report-generator'],
          msg: expect.stringContaining('give every process of a cell the same verticals.folders'),
        },
      ]);
      // Told once: the next load finds it retired.
      await first.sync(await loadDefinitions([folder]));
      expect(told()).toHaveLength(1);
    } finally {
      await rm(own, { recursive: true, force: true });
    }
  });

  it('binds an agent to a client once, with its role filled and its skills at the first level', async () => {
    await sync();
    await ensureTenant(store, { name: 'acme', title: 'Acme Ltd' });
    const bound = await bindAgent(store, { template: 'seo-strategist', tenant: 'acme' });
    expect(bound.change).toBe('created');
    expect(await bindAgent(store, { template: 'seo-strategist', tenant: 'acme' })).toEqual({
      ...bound,
      change: 'none',
    });
    const agent = await store.get(cellPrincipal, Agent, bound.agent);
    expect(agent).toMatchObject({
      role: 'Senior SEO strategist for Acme Ltd',
      ramp: ['supervised', 'sampling', 'autonomous'],
      knowledge: ['seo/*', 'client/acme/business-context'],
    });
    const skills = {
      field: 'skills',
      page: { first: 10 },
      select: { properties: { name: 'name' } },
      edgeProperties: { level: 'level' },
    };
    const find = { by: 'id' as const, id: bound.agent };
    const roots = [{ key: 'agent', node: 'Agent', find, select: { properties: {}, relations: { skills } } }];
    const read = (await store.read(cellPrincipal, { roots })).agent as { skills: ReadConnection };
    expect(read.skills.edges!.map(({ level }) => level)).toEqual(Array(4).fill('supervised'));
    await expect(bindAgent(store, { template: 'seo-strategst', tenant: 'acme' })).rejects.toMatchObject({
      code: 'KAZE_AGENT_UNKNOWN',
      fields: { nearest: ['seo-strategist'] },
    });
    // A changed definition reaches the agents that were made from it; what they earned stays.
    await edit('seo/agents/seo-strategist.yaml', (text) =>
      text.replace('Senior SEO', 'Lead SEO').replace('    - reporting\n', ''),
    );
    expect(await sync()).toMatchObject({ agentTemplates: 1, agents: 1 });
    expect((await store.get(cellPrincipal, Agent, bound.agent))!.role).toBe('Lead SEO strategist for Acme Ltd');
  });

  it('follows the folder while it runs', async () => {
    const watcher = await registry().watch(folder, { debounceMs: 20, pollMs: 200 });
    await edit('seo/skills/keyword-research.yaml', (text) => text.replace('Research and evaluate', 'Look for'));
    await expect.poll(async () => (await versionsOf('keyword-research')).length, { timeout: 60_000 }).toBe(2);
    await watcher.close();
  });
});
