import type { TokenAuthenticator, Tokens } from '#governance';
import { type GraphStore, Person, systemPrincipal } from '#graph-schema';
import { derivedId } from '#platform';
import { readToken, writeToken } from './credentials.ts';

const ADMINISTRATOR = derivedId('platform', 'person', 'administrator');
const FROM_OUTSIDE = 'KAZE_API_TOKEN';

export interface AdministratorOptions {
  readonly store: GraphStore;
  readonly tokens: Tokens;
  readonly authenticator: TokenAuthenticator;
  readonly dataFolder: string;
  /** A token given from outside. */
  readonly given: string | undefined;
}

/**
 * The person who owns the cell, and a token of theirs: the given one, or one that is kept in the data folder for its
 * owner alone and made anew when it is missing, expired or revoked (as after a restore).
 */
export async function ensureAdministrator(options: AdministratorOptions): Promise<{ person: string; token: string }> {
  const { store, tokens, authenticator, dataFolder, given } = options;
  const auth = systemPrincipal('auth');
  await store.transact(auth, { why: 'the cell opens' }, async (unit) => {
    if (await unit.get(Person, ADMINISTRATOR)) return;
    unit.create(Person, { id: ADMINISTRATOR, scope: 'platform', name: 'Administrator', role: 'admin' });
  });
  const administrator = { owner: ADMINISTRATOR, ownerType: 'Person', role: 'admin' } as const;
  const cell = systemPrincipal('cell');
  if (given !== undefined) await tokens.adopt(given, { ...administrator, name: FROM_OUTSIDE });
  await endOthersFromOutside({ tokens, authenticator, given });
  const kept = await readToken(dataFolder);
  if (kept !== undefined && (await authenticator.authenticate(kept)))
    return { person: ADMINISTRATOR, token: given ?? kept };
  const { token } = await tokens.create(cell, { ...administrator, name: 'kept in the data folder' });
  await writeToken(dataFolder, token);
  return { person: ADMINISTRATOR, token: given ?? token };
}

/** A token from outside counts only as long as it is set. */
async function endOthersFromOutside({
  tokens,
  authenticator,
  given,
}: Pick<AdministratorOptions, 'tokens' | 'authenticator' | 'given'>): Promise<void> {
  const cell = systemPrincipal('cell');
  const fromOutside = (await tokens.list(cell)).filter(
    ({ name, revokedAt }) => name === FROM_OUTSIDE && revokedAt === null,
  );
  const newest = given === undefined ? undefined : fromOutside.at(0);
  for (const { id } of fromOutside) if (id !== newest?.id) await tokens.revoke(cell, id);
  if (given !== undefined && !(await authenticator.authenticate(given))) {
    throw new Error('the token from KAZE_API_TOKEN was revoked before; set another one');
  }
}
