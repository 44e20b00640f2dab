import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClientVerbs } from '#agents';
import {
  auditRecords,
  createAuditTrail,
  createPeople,
  createTokenAuthenticator,
  createTokens,
  decideApproval,
  startAuditFeeder,
  verifyAudit,
} from '#governance';
import { Agent, Outbox, Person, personPrincipal, systemPrincipal, Tenant, Token } from '#graph-schema';
import { createGrafeoEngine } from '#graph-schema/adapters/graph-engine/grafeo';
import { type Ledger, silentLogger, systemClock } from '#platform';
import { openPgliteDatabase } from '#platform/adapters/database/pglite';
import { createPgliteLedger } from '#platform/adapters/ledger/pglite';
import { codeOf, settled } from '../../contract/runtime/expectations.ts';
import { openTestCell, type TestCell } from '../../support/agents/cell.ts';

type Database = Awaited<ReturnType<typeof openPgliteDatabase>>;

let cell: TestCell;
let ledger: Ledger;
let database: Database;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kaze-governance-'));
  database = await openPgliteDatabase({ folder: join(folder, 'ledger') });
  ledger = await createPgliteLedger({ database });
  const engine = await createGrafeoEngine({ memory: true, logger: silentLogger, clock: systemClock });
  cell = await openTestCell(engine);
});
afterAll(async () => {
  await cell?.close();
  await ledger?.close();
  await database?.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the audit', () => {
  it('holds attempt and outcome of what people did, of one client only for its people', async () => {
    const [client, other] = [await cell.client(), await cell.client()];
    const audit = createAuditTrail({ ledger, clock: systemClock, logger: silentLogger });
    const feeder = startAuditFeeder({ store: cell.raw, ledger, clock: systemClock, logger: silentLogger, pollMs: 50 });
    const runtime = await cell.worker();
    const task = await settled(client, await client.submit());
    const reviewer = client.as('reviewer');
    await codeOf(decideApproval({ ...cell, audit }, client.as('viewer'), { id: task.id, decision: 'approve' }));
    const { approval } = await decideApproval({ ...cell, audit }, reviewer, {
      id: task.id,
      decision: 'approve',
    });
    await runtime.stop();
    await feeder.drain();
    await feeder.stop();
    const admin = personPrincipal({ id: 'root', name: 'Root', role: 'admin' });
    const records = await auditRecords(ledger, admin, { filter: { subject: approval } });
    expect(records.map(({ phase, action, result, detail }) => [phase, action, result, detail.code ?? null])).toEqual([
      ['attempt', 'approval.decide', null, null],
      ['outcome', 'approval.decide', 'refused', 'KAZE_APPROVAL_FORBIDDEN'],
      ['attempt', 'approval.decide', null, null],
      ['outcome', 'approval.approve', 'ok', null],
    ]);
    expect(records[3]!.attempt).toBe(records[2]!.attempt);
    expect(await cell.raw.count(systemPrincipal('feeder'), Outbox, { kind: { eq: 'audit' } })).toBe(0);

    const own = await auditRecords(ledger, client.person, { filter: {} });
    expect(own.length).toBeGreaterThan(3);
    expect(own.every(({ scope }) => scope === client.scope)).toBe(true);
    const foreign = auditRecords(ledger, other.person, { filter: { scope: client.scope } });
    expect(await codeOf(foreign)).toBe('KAZE_AUDIT_FORBIDDEN');
    expect(await codeOf(auditRecords(ledger, reviewer, { filter: {} }))).toBe('KAZE_AUDIT_FORBIDDEN');
  });

  it('is found broken where someone altered it', async () => {
    const admin = personPrincipal({ id: 'root', name: 'Root', role: 'admin' });
    expect(await verifyAudit(ledger, admin)).toMatchObject({ ok: true });
    await tamper();
    const verified = await verifyAudit(ledger, admin);
    expect(verified).toMatchObject({ ok: false, broken: { sequence: 2 } });
  });
});

/** As someone with the database in hand would: the tables themselves refuse changes, so their triggers go first. */
async function tamper(): Promise<void> {
  await sql`alter table kaze.audit disable trigger all`.execute(database.kysely);
  await sql`update kaze.audit set actor = 'someone else' where sequence = 2`.execute(database.kysely);
}

describe('setting up a client', () => {
  const operator = personPrincipal({ id: 'setter', name: 'Olu', role: 'operator' });
  const verbs = () => createClientVerbs({ store: cell.store, audit: cell.audit });
  const people = () => createPeople({ store: cell.store, audit: cell.audit });
  const scope = 'tenant:newcomer';
  const counts = async () => {
    const where = { scope: { eq: scope } };
    return Promise.all([Tenant, Agent, Person].map((type) => cell.store.count(operator, type, where)));
  };

  it('makes the client, its agents at the first level and its people, once, audited under who did it', async () => {
    const before = cell.entries.length;
    const ids: string[] = [];
    for (let time = 0; time < 2; time++) {
      const { tenant } = await verbs().createTenant(operator, { name: 'newcomer', title: `Newcomer ${time}` });
      const { agent, change } = await verbs().bindAgent(operator, { template: 'careful', tenant: 'newcomer' });
      const { person } = await people().create(operator, { name: 'Ida', role: 'reviewer', tenant: 'newcomer' });
      expect(change).toBe(time === 0 ? 'created' : 'none');
      ids.push([tenant, agent, person].join());
    }
    expect(ids[1]).toBe(ids[0]);
    expect(await counts()).toEqual([1, 1, 1]);
    const [tenant] = await cell.store.list(operator, Tenant, { where: { scope: { eq: scope } } });
    expect(tenant).toMatchObject({ title: 'Newcomer 0', createdBy: 'setter' });
    const attempts = cell.entries.slice(before).map(({ phase, action, actor }) => `${phase} ${action} ${actor}`);
    const once = ['tenant.create', 'agent.bind', 'person.create'].map((action) => `attempt ${action} setter`);
    expect(attempts).toEqual([...once, ...once]);
  });

  it('is for operators and admins within their reach, and for clients that are there', async () => {
    const client = await cell.client();
    const newcomer = { name: 'elsewhere', title: 'Elsewhere' };
    expect(await codeOf(verbs().createTenant(client.as('reviewer'), newcomer))).toBe('KAZE_AGENT_FORBIDDEN');
    expect(await codeOf(verbs().createTenant(client.as('admin'), newcomer))).toBe('KAZE_GRAPH_FORBIDDEN');
    const bind = { template: 'careful', tenant: 'nobody' };
    expect(await codeOf(verbs().bindAgent(operator, bind))).toBe('KAZE_AGENT_UNKNOWN');
    const ida = { name: 'Ida', role: 'reviewer' as const, tenant: client.tenant };
    expect(await codeOf(people().create(client.as('curator'), ida))).toBe('KAZE_PERSON_FORBIDDEN');
    expect(await codeOf(people().create(operator, { ...ida, role: 'admin' }))).toBe('KAZE_PERSON_FORBIDDEN');
    expect(await codeOf(people().create(operator, { ...ida, tenant: 'nobody' }))).toBe('KAZE_PERSON_INPUT');
    expect(await codeOf(people().create(operator, { ...ida, name: ' ' }))).toBe('KAZE_PERSON_INPUT');
  });
});

describe('tokens', () => {
  const audit = () => cell.audit;
  const tokens = () => createTokens({ store: cell.store, clock: systemClock, audit: audit() });
  const authenticator = () => createTokenAuthenticator({ store: cell.store, clock: systemClock, logger: silentLogger });

  it('are shown once, kept as a hash, and stand for their owner with the given role and client', async () => {
    const client = await cell.client();
    const admin = client.as('admin');
    const made = await tokens().create(admin, {
      name: 'laptop',
      ownerType: 'Person',
      role: 'reviewer',
      tenant: client.tenant,
    });
    expect(made.token).toMatch(/^kaze_[A-Za-z0-9_-]{43}$/);
    const [node] = await cell.raw.list(systemPrincipal('auth'), Token, { where: { id: { eq: made.info.id } } });
    expect(JSON.stringify(node)).not.toContain(made.token.slice(5));
    expect(JSON.stringify(await tokens().list(admin))).not.toContain(node!.hash);
    const principal = await authenticator().authenticate(made.token);
    expect(principal).toMatchObject({ id: admin.id, kind: 'person', role: 'reviewer', tenant: client.tenant });
    const used = async () => (await tokens().list(admin)).find(({ id }) => id === made.info.id)!.lastUsedAt;
    await expect.poll(used, { timeout: 60_000 }).not.toBeNull();
    expect((await used())! % 60_000).toBe(0);
    await tokens().revoke(admin, made.info.id);
    expect(await authenticator().authenticate(made.token)).toBeUndefined();
  });

  it('end at their expiry, with their owner, and do no more than the owner may now', async () => {
    const client = await cell.client();
    const admin = client.as('admin');
    const owner = await client.personOf('Bea');
    const make = (more: object) =>
      tokens().create(admin, {
        name: 't',
        owner,
        ownerType: 'Person',
        role: 'operator',
        tenant: client.tenant,
        ...more,
      });
    const short = await make({ expiresAt: Date.now() + 60_000 });
    const later = createTokenAuthenticator({
      store: cell.store,
      clock: { ...systemClock, now: () => Date.now() + 61_000 },
      logger: silentLogger,
    });
    expect(await later.authenticate(short.token)).toBeUndefined();
    expect(await authenticator().authenticate(short.token)).toMatchObject({ role: 'operator' });
    await cell.raw.transact(systemPrincipal('cell'), { why: 'test' }, (unit) =>
      unit.update(Person, owner, { role: 'viewer' }),
    );
    expect(await authenticator().authenticate(short.token)).toMatchObject({ role: 'viewer' });
    await cell.raw.transact(systemPrincipal('cell'), { why: 'test' }, (unit) => unit.remove(Person, owner));
    expect(await authenticator().authenticate(short.token)).toBeUndefined();
    for (const text of ['', 'kaze_', `kaze_${'a'.repeat(43)}`, "kaze_' OR 1=1", short.info.id]) {
      expect(await authenticator().authenticate(text)).toBeUndefined();
    }
  });

  it('are made by admins within their reach only', async () => {
    const [client, other] = [await cell.client(), await cell.client()];
    const create = (principal: typeof client.person, more: object) =>
      codeOf(
        tokens().create(principal, {
          name: 't',
          ownerType: 'Person',
          role: 'viewer',
          tenant: client.tenant,
          ...more,
        } as never),
      );
    expect(await create(client.as('operator'), {})).toBe('KAZE_TOKEN_FORBIDDEN');
    expect(await create(client.as('admin'), { tenant: other.tenant })).toBe('KAZE_TOKEN_FORBIDDEN');
    expect(await create(client.as('admin'), { tenant: undefined })).toBe('KAZE_TOKEN_FORBIDDEN');
    expect(await create(client.as('admin'), { ownerType: 'Agent', owner: client.agentIds.free })).toBe(
      'KAZE_TOKEN_FORBIDDEN',
    );
    expect(await create(client.as('admin'), { ownerType: 'Agent', owner: other.agentIds.free, role: 'agent' })).toBe(
      'KAZE_TOKEN_INPUT',
    );
    expect(await create(client.as('admin'), { name: ' ' })).toBe('KAZE_TOKEN_INPUT');
    expect(await create(client.as('admin'), { expiresAt: 5 })).toBe('KAZE_TOKEN_INPUT');
    expect(await create(client.as('admin'), { ownerType: 'Agent', owner: client.agentIds.free, role: 'agent' })).toBe(
      'none',
    );
    const [own] = await tokens().list(client.as('admin'));
    expect(await tokens().list(other.as('admin'))).toEqual([]);
    expect(await codeOf(tokens().revoke(other.as('admin'), own!.id))).toBe('KAZE_TOKEN_UNKNOWN');
  });

  it('may come from outside, once', async () => {
    const client = await cell.client();
    const text = `kaze_${'x'.repeat(43)}${client.tenant}`;
    const given = {
      name: 'from outside',
      owner: client.person.id,
      ownerType: 'Person',
      role: 'admin',
      tenant: client.tenant,
    } as const;
    const [first, second] = [await tokens().adopt(text, given), await tokens().adopt(text, given)];
    expect(second.id).toBe(first.id);
    expect(await authenticator().authenticate(text)).toMatchObject({ role: 'admin' });
    expect(await codeOf(tokens().adopt('secret', given))).toBe('KAZE_TOKEN_INPUT');
  });
});
