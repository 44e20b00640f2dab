import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  createPinVerbs,
  createRegistry,
  diffVersions,
  type LoadedDefinitions,
  type SkillDefinition,
  type SkillHandler,
  SkillHandlers,
} from '#agents';
import {
  agentPrincipal,
  Outbox,
  personPrincipal,
  Revision,
  type Role,
  Skill,
  SkillVersion,
  systemPrincipal,
} from '#graph-schema';
import { createGrafeoEngine } from '#graph-schema/adapters/graph-engine/grafeo';
import { silentLogger, systemClock } from '#platform';
import { codeOf, gate, settled } from '../../contract/runtime/expectations.ts';
import { type Client, openTestCell, type TestCell } from '../../support/agents/cell.ts';

const system = systemPrincipal('cell');
const curator = personPrincipal({ id: 'curator', name: 'Cora', role: 'curator' });
let cell: TestCell;
let verbs: ReturnType<typeof createPinVerbs>;
beforeAll(async () => {
  const engine = await createGrafeoEngine({ memory: true, logger: silentLogger, clock: systemClock });
  cell = await openTestCell(engine);
  verbs = createPinVerbs(cell);
});
afterAll(() => cell?.close());

/** The definitions with another description of the skill `work`, as a changed file would give them. */
function saying(description: string, change: Partial<SkillDefinition> = {}): LoadedDefinitions {
  const skills = cell.definitions.skills.map((skill) =>
    skill.name === 'work'
      ? { ...skill, ...change, description, source: { ...skill.source, hash: `hash of ${description}` } }
      : skill,
  );
  return { ...cell.definitions, skills };
}

async function versionOf(client: Client, task: string): Promise<number> {
  const where = { tasks: { some: { id: { eq: task } } } };
  const [version] = await cell.store.list(client.person, SkillVersion, { where });
  return version!.number;
}

/** A task from submission to its end, with the version that it ran. */
async function ran(client: Client, agent: string): Promise<number> {
  const task = await settled(client, await client.submit({ agent }));
  expect(task.state).not.toBe('failed');
  return versionOf(client, task.id);
}

const present = async () => {
  const [skill] = await cell.store.list(system, Skill, { where: { name: { eq: 'work' } } });
  const where = { currentOf: { some: { name: { eq: 'work' } } } };
  return {
    pinned: skill!.pinned,
    current: (await cell.store.list(system, SkillVersion, { where })).map((v) => v.number),
  };
};

/** What was last changed of the skill itself. */
async function lastChange() {
  const [skill] = await cell.store.list(system, Skill, { where: { name: { eq: 'work' } } });
  const orderBy = [{ property: 'number', direction: 'desc' as const }];
  const where = { subject: { eq: skill!.id } };
  return (await cell.store.list(system, Revision, { where, orderBy, limit: 1 }))[0];
}

it('keeps new tasks at the pinned version, while one that runs finishes on its own', async () => {
  const client = await cell.client();
  const runtime = await cell.worker();
  await cell.registry.sync(saying('second'));
  const [begun, released] = [gate(), gate()];
  client.behave(async ({ definition }) => {
    begun.open();
    await released.passed;
    return { summary: definition.description };
  });
  const inFlight = await client.submit();
  await begun.passed;
  await verbs.pin(curator, { skill: 'work', version: 1, reason: 'the second loses rows' });
  expect(await present()).toEqual({ pinned: 1, current: [1] });
  expect(await lastChange()).toMatchObject({
    createdBy: 'curator',
    why: 'skill.pin of work: the second loses rows',
    before: '{"pinned":null}',
    after: '{"pinned":1}',
  });
  const told = await cell.store.list(system, Outbox, { where: { kind: { eq: 'audit' }, change: { eq: 'skill.pin' } } });
  expect(told.map(({ actor }) => actor)).toEqual(['curator']);
  released.open();
  const finished = await settled(client, inFlight);
  expect(finished.state).toBe('awaiting_approval');
  expect(await versionOf(client, inFlight)).toBe(2);
  expect(await ran(client, 'careful')).toBe(1);

  // A newer one comes by a reload: it is there, and not used; loading again makes no more of it.
  expect(await cell.registry.sync(saying('third'))).toMatchObject({ skillVersions: 1 });
  expect(await cell.registry.sync(saying('third'))).toMatchObject({ skillVersions: 0, skills: 0 });
  expect(await present()).toEqual({ pinned: 1, current: [1] });
  expect(await ran(client, 'careful')).toBe(1);
  const diff = await diffVersions(cell.store, client.person, { skill: 'work' });
  expect(diff.changes).toEqual([
    {
      part: 'description',
      change: 'changed',
      name: null,
      before: 'Does what the test says',
      after: 'third',
      breaking: false,
    },
  ]);
  expect(diff.unified).toContain('-description: Does what the test says\n+description: third');

  await verbs.unpin(curator, { skill: 'work' });
  expect(await present()).toEqual({ pinned: null, current: [3] });
  expect(await ran(client, 'careful')).toBe(3);
  await runtime.stop();
});

it('pins one agent and leaves the other agents and clients alone', async () => {
  const [client, other] = [await cell.client(), await cell.client()];
  const runtime = await cell.worker();
  const curatorHere = client.as('curator');
  const target = { skill: 'work', agent: client.agentIds.careful };
  await verbs.pin(curatorHere, { ...target, version: 2 });
  expect(await ran(client, 'careful')).toBe(2);
  expect([await ran(client, 'sampled'), await ran(other, 'careful')]).toEqual([3, 3]);
  // Back from what the agent runs, not from what all run.
  await verbs.rollback(curatorHere, target);
  expect(await ran(client, 'careful')).toBe(1);
  expect(await codeOf(verbs.rollback(curatorHere, target))).toBe('KAZE_SKILL_VERSION_UNKNOWN');
  await verbs.unpin(curatorHere, target);
  expect(await ran(client, 'careful')).toBe(3);
  await runtime.stop();
});

it('is for curators and above, for all clients only with a token of the whole cell, and is audited', async () => {
  const [client, other] = [await cell.client(), await cell.client()];
  const pin = { skill: 'work', version: 1 };
  const own = { ...pin, agent: client.agentIds.careful };
  for (const role of ['viewer', 'reviewer'] as Role[]) {
    expect(await codeOf(verbs.pin(client.as(role), own))).toBe('KAZE_SKILL_FORBIDDEN');
  }
  const agent = agentPrincipal({ id: client.agentIds.free, name: 'free', tenant: client.tenant });
  expect(await codeOf(verbs.pin(agent, own))).toBe('KAZE_SKILL_FORBIDDEN');
  for (const role of ['curator', 'operator', 'admin'] as Role[]) {
    expect(await codeOf(verbs.pin(client.as(role), pin))).toBe('KAZE_SKILL_FORBIDDEN');
    expect(await codeOf(verbs.pin(client.as(role), { ...pin, agent: other.agentIds.careful }))).toBe(
      'KAZE_AGENT_UNKNOWN',
    );
  }
  expect(await present()).toEqual({ pinned: null, current: [3] });
  const before = cell.entries.length;
  await verbs.pin(client.as('operator'), own);
  expect(cell.entries.slice(before)).toMatchObject([
    { phase: 'attempt', action: 'skill.pin', subject: client.agentIds.careful, scope: client.scope },
  ]);
  expect(cell.entries.filter(({ result }) => result === 'refused').length).toBeGreaterThan(3);
});

it('names what is not there: skill, version, a skill that the agent does not have', async () => {
  expect(await codeOf(verbs.pin(curator, { skill: 'wrk', version: 1 }))).toBe('KAZE_SKILL_UNKNOWN');
  const missing = verbs.pin(curator, { skill: 'work', version: 9 });
  await expect(missing).rejects.toMatchObject({
    code: 'KAZE_SKILL_VERSION_UNKNOWN',
    message: 'work has no version 9; it has 1 to 3',
  });
  expect(await codeOf(diffVersions(cell.store, curator, { skill: 'worded' }))).toBe('KAZE_SKILL_VERSION_UNKNOWN');
});

it('refuses versions that were made for another revision of the handler, before anything is queued', async () => {
  const client = await cell.client();
  const run: SkillHandler['run'] = async () => ({ summary: '', outputs: {}, metrics: {}, notes: [] });
  const handler = (skill: string, revision: number) => ({ skill, revision, standIns: {}, metrics: {}, run });
  const standIns = { export_api: { inputs: ['export'], lacks: 'no search volume' } };
  const handlers = new SkillHandlers([
    handler('work', 2),
    handler('lasting', 1),
    { ...handler('connected', 1), standIns },
  ]);
  const { store, logger } = cell;
  const registry = createRegistry({ store, logger, handlers, availableTools: ['llm'] });
  expect(await registry.sync(saying('third'))).toMatchObject({ skillVersions: 1 });
  const upgraded = createPinVerbs({ ...cell, handlers });
  await expect(upgraded.pin(curator, { skill: 'work', version: 3 })).rejects.toMatchObject({
    code: 'KAZE_SKILL_HANDLER_CHANGED',
    message: expect.stringContaining('made for revision 1 of its handler; this Kaze has revision 2'),
  });
  await expect(upgraded.rollback(curator, { skill: 'work' })).rejects.toMatchObject({
    code: 'KAZE_SKILL_VERSION_UNKNOWN',
    message: expect.stringContaining('none of the 3 versions of work before 4'),
  });
  // The cell's own verbs stand for a process of the older build.
  expect(await codeOf(client.submit())).toBe('KAZE_SKILL_HANDLER_CHANGED');
  const { changes } = await diffVersions(store, curator, { skill: 'work', from: 3, to: 4 });
  expect(changes).toMatchObject([{ part: 'handler', before: 'revision 1', after: 'revision 2' }]);
});
