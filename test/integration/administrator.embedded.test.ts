/** Which of the administrator's tokens are valid, start after start, on one graph. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTokenAuthenticator, createTokens, type TokenAuthenticator, type Tokens } from '#governance';
import { type GraphStore, openGraph, schema, systemPrincipal } from '#graph-schema';
import { createGrafeoEngine } from '#graph-schema/adapters/graph-engine/grafeo';
import { newId, silentLogger, systemClock } from '#platform';
import { ensureAdministrator } from '../../deploy/cell/administrator.ts';

const ONE = 'a-token-given-from-outside-1';
const TWO = 'a-token-given-from-outside-2';

let store: GraphStore;
let tokens: Tokens;
let authenticator: TokenAuthenticator;
let folder: string;
let other: string;

beforeEach(async () => {
  const engine = await createGrafeoEngine({ memory: true, logger: silentLogger, clock: systemClock });
  ({ store } = await openGraph({ engine, schema, clock: systemClock, logger: silentLogger }));
  tokens = createTokens({ store, clock: systemClock, audit: { record: (_act, work) => work(newId()) } });
  authenticator = createTokenAuthenticator({ store, clock: systemClock, logger: silentLogger });
  folder = await mkdtemp(join(tmpdir(), 'kaze-administrator-'));
  other = await mkdtemp(join(tmpdir(), 'kaze-administrator-'));
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
  await rm(other, { recursive: true, force: true });
});

interface Start {
  readonly given?: string;
  readonly dataFolder?: string;
  readonly soleProcess?: boolean;
}
const start = async ({ given, dataFolder = folder, soleProcess = true }: Start = {}) => {
  const made = await ensureAdministrator({ store, tokens, authenticator, dataFolder, given, soleProcess });
  return made.token;
};
const valid = async (token: string) => (await authenticator.authenticate(token)) !== undefined;
const kept = async (dataFolder = folder) => (await readFile(join(dataFolder, 'credentials', 'token'), 'utf8')).trim();
const removeCredentials = () => rm(join(folder, 'credentials'), { recursive: true });

describe('the token in the data folder', () => {
  it('stays the same from start to start', async () => {
    const first = await start();
    expect(await start()).toBe(first);
    expect(await valid(first)).toBe(true);
  });

  it('that is removed is replaced, and the one before ends', async () => {
    const first = await start();
    await removeCredentials();
    const second = await start();
    expect(second).not.toBe(first);
    expect([await valid(first), await valid(second)]).toEqual([false, true]);
  });

  it('that was revoked by hand is replaced', async () => {
    const first = await start();
    for (const { id } of await tokens.list(systemPrincipal('cell'))) await tokens.revoke(systemPrincipal('cell'), id);
    const second = await start();
    expect([await valid(first), await valid(second)]).toEqual([false, true]);
  });

  it('that another one was put in place of ends', async () => {
    const first = await start();
    const owner = (await tokens.list(systemPrincipal('cell')))[0]!.owner;
    const { token } = await tokens.create(systemPrincipal('cell'), {
      name: 'mine',
      owner,
      ownerType: 'Person',
      role: 'admin',
    });
    await writeFile(join(folder, 'credentials', 'token'), token);
    expect(await start()).toBe(token);
    expect([await valid(first), await valid(token)]).toEqual([false, true]);
  });

  it('of another process of the cell stays, where several serve one graph', async () => {
    const mine = await start({ soleProcess: false });
    const theirs = await start({ soleProcess: false, dataFolder: other });
    await removeCredentials();
    const renewed = await start({ soleProcess: false });
    expect([await valid(mine), await valid(theirs), await valid(renewed)]).toEqual([false, true, true]);
  });

  it('of a folder that the cell was moved from ends, where one process has the graph', async () => {
    const before = await start({ dataFolder: other });
    const after = await start();
    expect([await valid(before), await valid(after)]).toEqual([false, true]);
  });

  it('leaves tokens that people made, whatever they are called', async () => {
    await start();
    const { owner } = (await tokens.list(systemPrincipal('cell')))[0]!;
    const make = (name: string) =>
      tokens.create(systemPrincipal('cell'), { name, owner, ownerType: 'Person', role: 'viewer' });
    const { token } = await make('weekly report');
    await removeCredentials();
    await start({ given: ONE });
    expect(await valid(token)).toBe(true);
  });
});

describe('a token from outside', () => {
  it('is the administrator’s while it is set, and ends with the start without it', async () => {
    expect(await start({ given: ONE })).toBe(ONE);
    expect(await valid(ONE)).toBe(true);
    await start();
    expect(await valid(ONE)).toBe(false);
  });

  it('ends when another takes its place, and does not come back', async () => {
    await start({ given: ONE });
    await start({ given: TWO });
    expect([await valid(ONE), await valid(TWO)]).toEqual([false, true]);
    await expect(start({ given: ONE })).rejects.toMatchObject({ code: 'KAZE_CELL_TOKEN_REVOKED', kind: 'caller' });
  });

  it('leaves the folder its own token', async () => {
    const own = await start();
    await start({ given: ONE });
    expect(await kept()).toBe(own);
    expect(await valid(own)).toBe(true);
  });
});
