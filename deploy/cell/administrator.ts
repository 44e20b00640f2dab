import type { TokenAuthenticator, TokenInfo, Tokens } from '#governance';
import { type GraphStore, Person, systemPrincipal } from '#graph-schema';
import { derivedId } from '#platform';
import { folderId, readToken, writeToken } from './credentials.ts';
import { cellError } from './errors.ts';

const ADMINISTRATOR = derivedId('platform', 'person', 'administrator');
const FROM_OUTSIDE = 'KAZE_API_TOKEN';
const KEPT = 'kept in the data folder';

export interface AdministratorOptions {
  readonly store: GraphStore;
  readonly tokens: Tokens;
  readonly authenticator: TokenAuthenticator;
  readonly dataFolder: string;
  /** A token given from outside. */
  readonly given: string | undefined;
  /** Whether no other process with a data folder of its own serves the same graph. */
  readonly soleProcess: boolean;
}

/**
 * The person who owns the cell, and a token of theirs: the given one, or one that is kept in the data folder for its
 * owner alone and made anew when it is missing, expired or revoked (as after a restore).
 *
 * Of each sort one is valid at a time: another token from outside ends the one before, and a token that is made for the
 * folder ends those that the folder had, wherever their texts may have gone.
 *
 * Errors: KAZE_CELL_TOKEN_REVOKED when the token from outside was revoked before.
 */
export async function ensureAdministrator(options: AdministratorOptions): Promise<{ person: string; token: string }> {
  const { store, tokens, dataFolder, given } = options;
  const auth = systemPrincipal('auth');
  await store.transact(auth, { why: 'the cell opens' }, async (unit) => {
    if (await unit.get(Person, ADMINISTRATOR)) return;
    unit.create(Person, { id: ADMINISTRATOR, scope: 'platform', name: 'Administrator', role: 'admin' });
  });
  await settleFromOutside(options);
  const kept = await settleKept(options);
  if (kept.isNew) await writeToken(dataFolder, kept.token);
  // Ended only when the new one is in its file: a start that dies between the two leaves one that works.
  const sort = keptNames(options, kept.name);
  await endOthers(tokens, { keep: kept.id, isOfSort: sort });
  return { person: ADMINISTRATOR, token: given ?? kept.token };
}

const administrator = { owner: ADMINISTRATOR, ownerType: 'Person', role: 'admin' } as const;

/** A token from outside counts only as long as it is set. */
async function settleFromOutside({ tokens, authenticator, given }: AdministratorOptions): Promise<void> {
  const adopted = given === undefined ? undefined : await tokens.adopt(given, { ...administrator, name: FROM_OUTSIDE });
  await endOthers(tokens, { keep: adopted?.id, isOfSort: (name) => name === FROM_OUTSIDE });
  if (given !== undefined && !(await authenticator.authenticate(given))) {
    const message = 'the token from KAZE_API_TOKEN was revoked before, so it is not taken again; set another one';
    throw cellError('KAZE_CELL_TOKEN_REVOKED', message);
  }
}

interface Kept {
  readonly id: string;
  readonly name: string;
  readonly token: string;
  readonly isNew: boolean;
}

async function settleKept({ tokens, authenticator, dataFolder }: AdministratorOptions): Promise<Kept> {
  const name = `${KEPT} ${(await folderId(dataFolder)).slice(0, 8)}`;
  const token = await readToken(dataFolder);
  if (token !== undefined && (await authenticator.authenticate(token))) {
    const { id } = await tokens.adopt(token, { ...administrator, name });
    return { id, name, token, isNew: false };
  }
  const made = await tokens.create(systemPrincipal('cell'), { ...administrator, name });
  return { id: made.info.id, name, token: made.token, isNew: true };
}

/** A folder's own; all folders' where there can be only this one, since it may have been copied, moved or restored. */
function keptNames({ soleProcess }: AdministratorOptions, own: string): (name: string) => boolean {
  return soleProcess ? (name) => name === KEPT || name.startsWith(`${KEPT} `) : (name) => name === own;
}

interface Ending {
  readonly keep: string | undefined;
  readonly isOfSort: (name: string) => boolean;
}

async function endOthers(tokens: Tokens, { keep, isOfSort }: Ending): Promise<void> {
  const cell = systemPrincipal('cell');
  const open = ({ id, owner, name, revokedAt }: TokenInfo) =>
    owner === ADMINISTRATOR && revokedAt === null && id !== keep && isOfSort(name);
  for (const { id } of (await tokens.list(cell)).filter(open)) await tokens.revoke(cell, id);
}
