import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  bindAgent,
  ensureTenant,
  handlers,
  type Json,
  type LoadedDefinitions,
  loadDefinitions,
  validators,
} from '#agents';
import { Agent, Knowledge, type ReadConnection, Skill, systemPrincipal, tenantScope } from '#graph-schema';
import { createGrafeoEngine } from '#graph-schema/adapters/graph-engine/grafeo';
import { silentLogger, systemClock } from '#platform';
import { settled } from '../../contract/runtime/expectations.ts';
import { type Client, openTestCell, type TestCell } from '../../support/agents/cell.ts';
import { kaze } from '../../unit/deploy/cli/fake-terminal.ts';

const VERTICALS = new URL('../../../agents/verticals', import.meta.url).pathname;
const system = systemPrincipal('cell');
let cell: TestCell;
let folder: string;
let shipped: LoadedDefinitions;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kaze-composition-'));
  const { code, out } = await kaze(['new', 'vertical', 'poetry', '--path', folder], { cwd: folder });
  expect(code, out).toBe(0);
  shipped = await loadDefinitions(VERTICALS);
  const written = await loadDefinitions(folder);
  expect([...shipped.problems, ...written.problems]).toEqual([]);
  const engine = await createGrafeoEngine({ memory: true, logger: silentLogger, clock: systemClock });
  const others = validators.filter(({ name }) => name !== 'business_alignment');
  cell = await openTestCell(engine, { definitions: joined(shipped, written), handlers, validators: others });
}, 120_000);
afterAll(async () => {
  await cell?.close();
  await rm(folder, { recursive: true, force: true });
});

const joined = (a: LoadedDefinitions, b: LoadedDefinitions): LoadedDefinitions => ({
  verticals: [...a.verticals, ...b.verticals],
  skills: [...a.skills, ...b.skills],
  agents: [...a.agents, ...b.agents],
  knowledge: [...a.knowledge, ...b.knowledge],
  problems: [],
  unreadableFiles: [],
});

const queries = readFileSync(`${VERTICALS}/seo/skills/keyword-research.cases/queries.csv`, 'utf8');
const about =
  'Birch repairs and sells bicycles in Leeds. Our workshop services brakes, gears, wheels and chains of road, cargo and electric bikes. Families, commuters and couriers bring theirs. We also sell helmets, locks, lights and child seats.';

async function levelOf(agent: string, skill: string): Promise<unknown> {
  const select = { properties: { name: 'name' } };
  const skills = { field: 'skills', page: { first: 50 }, select, edgeProperties: { level: 'level' } };
  const find = { by: 'id' as const, id: agent };
  const roots = [{ key: 'agent', node: 'Agent', find, select: { properties: {}, relations: { skills } } }];
  const read = ((await cell.store.read(system, { roots })).agent as { skills: ReadConnection }).skills;
  return read.edges![read.nodes.findIndex(({ name }) => name === skill)]!.level;
}

async function bound(client: Client, template: string): Promise<string> {
  return (await bindAgent(cell.store, { template, tenant: client.tenant })).agent;
}

it('a skill that is transferred to another agent works there, under that agent’s own trust', async () => {
  const client = await cell.client();
  const [strategist, marketer] = [await bound(client, 'seo-strategist'), await bound(client, 'content-marketing')];
  const [research] = await cell.store.list(system, Skill, { where: { name: { eq: 'keyword-research' } } });
  await cell.raw.transact(system, { why: 'it has earned it' }, async (unit) =>
    unit.relate(Agent, 'skills', marketer, research!.id, { level: 'autonomous' }),
  );
  const inputs = { current_rankings: queries, business_context: about };
  const runtime = await cell.worker();
  const submitted = await Promise.all(
    ['seo-strategist', 'content-marketing'].map((agent) => client.submit({ agent, skill: 'keyword-research', inputs })),
  );
  const [byStrategist, byMarketer] = await Promise.all(submitted.map((task) => settled(client, task)));
  expect([byStrategist!.state, byMarketer!.state]).toEqual(['awaiting_approval', 'delivered']);
  expect(await levelOf(strategist, 'keyword-research')).toBe('supervised');
  expect(await levelOf(marketer, 'content-optimization')).toBe('supervised');
  // A definition that is loaded again gives nobody a level, and takes none away.
  const agents = cell.definitions.agents.map((agent) =>
    agent.name === 'content-marketing'
      ? { ...agent, role: 'Writer for {client}', source: { ...agent.source, hash: 'other' } }
      : agent,
  );
  expect(await cell.registry.sync({ ...cell.definitions, agents })).toMatchObject({ agentTemplates: 1, agents: 1 });
  expect(await levelOf(marketer, 'keyword-research')).toBe('autonomous');
  await runtime.stop();
});

it('content-marketing is made of skills that other agents have', () => {
  const agent = shipped.agents.find(({ name }) => name === 'content-marketing')!;
  const others = shipped.agents.filter(({ name }) => name !== 'content-marketing').flatMap(({ skills }) => skills);
  const elsewhere = new Set(others.map(({ name }) => name));
  expect(agent.skills.filter(({ name }) => !elsewhere.has(name))).toEqual([]);
  const verticals = agent.skills.map(({ name }) => shipped.skills.find((skill) => skill.name === name)!.vertical);
  expect(new Set(verticals).size).toBeGreaterThan(1);
});

it('a scaffolded vertical loads in a cell, and its agent works for a client', async () => {
  const client = await cell.client();
  await bound(client, 'poetry-assistant');
  const runtime = await cell.worker();
  const judgement: Json = { score: 1, reason: 'nothing is added' };
  const brief: Json = { brief: 'Rotas for forty nurses.', missing: ['Who signs?'] };
  cell.model.answer = ({ responseSchema }) => ({ value: responseSchema?.name === 'judgement' ? judgement : brief });
  const task = await client.submit({ agent: 'poetry-assistant', skill: 'poetry-brief', inputs: { notes: 'Nurses.' } });
  const ended = await settled(client, task);
  expect(ended).toMatchObject({ state: 'awaiting_approval', errorMessage: null });
  const asked = cell.model.calls.find(({ attribution }) => attribution.task === task)!;
  expect(JSON.stringify(asked.messages)).toContain('An open question is a fact that the work needs');
  await runtime.stop();
});

it('an agent is filled in for its client as the client is called, whatever that holds', async () => {
  const title = 'Cash $& {client_id} & Söhne';
  await ensureTenant(cell.store, { name: 'cash-co', title });
  const { agent } = await bindAgent(cell.store, { template: 'seo-strategist', tenant: 'cash-co' });
  const node = await cell.store.get(system, Agent, agent);
  expect(node!.role).toBe(`Senior SEO strategist for ${title}`);
  expect(node!.knowledge).toEqual(['seo/*', 'client/cash-co/business-context']);
});

it('no path leads an agent to another client’s knowledge', async () => {
  const [client, other] = [await cell.client(), await cell.client()];
  const write = (of: Client, path: string, title: string) =>
    cell.raw.transact(system, { why: 'test' }, async (unit) =>
      unit.create(Knowledge, {
        ...{ scope: of.scope, kind: 'fact', title, text: title, path, confidence: 1, importance: 0.5 },
        ...{ language: 'en', recordedAt: unit.now },
      }),
    );
  await write(client, `client/${client.tenant}/business-context`, 'own');
  await write(other, `client/${other.tenant}/business-context`, 'secret');
  // As if the other client had named its item like ours.
  await write(other, `client/${client.tenant}/business-context/copy`, 'secret too');
  // The strongest attempt: the agent itself was given the other client's paths.
  const forged = [
    `client/${other.tenant}/*`,
    `${tenantScope(other.tenant)}/*`,
    `client/${client.tenant}/../${other.tenant}/*`,
  ];
  await cell.raw.transact(system, { why: 'test' }, (unit) =>
    unit.update(Agent, client.agentIds.careful, { knowledge: [`client/${client.tenant}/*`, ...forged] }),
  );
  const seen: string[] = [];
  client.behave(async ({ knowledge }) => {
    const asked = [undefined, forged, [`client/${other.tenant}/business-context`], ['client/{client_id}/*']];
    for (const paths of asked) for (const { title } of await knowledge.items(paths)) seen.push(title);
    for (const { title } of await knowledge.nearest('secret', { limit: 50 })) seen.push(title);
    return {};
  });
  const runtime = await cell.worker();
  const task = await settled(client, await client.submit());
  expect(task.state).toBe('awaiting_approval');
  expect(new Set(seen)).toEqual(new Set(['own']));
  await runtime.stop();
});
