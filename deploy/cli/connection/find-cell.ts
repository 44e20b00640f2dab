import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { cellAddress } from '../../cell/credentials.ts';
import { type CliErrorCode, cliError, usageError } from '../errors.ts';
import type { Terminal } from '../terminal.ts';

export interface ConnectionOptions {
  readonly url?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  /** The data folder. */
  readonly data?: string;
}

type Where = Pick<Terminal, 'env' | 'cwd'>;

/** --data, else KAZE_DATA_DIR, else `.kaze` where the user stands. */
export function dataFolder(options: Pick<ConnectionOptions, 'data'>, { env, cwd }: Where): string {
  return resolve(cwd, options.data ?? (env.KAZE_DATA_DIR || '.kaze'));
}

export interface FoundCell {
  readonly url: string;
  readonly token: string;
}

/**
 * Address and credential of the cell: flags first, then the environment, then the data folder. The credential of a data
 * folder is sent to that folder's own cell and to nobody else.
 * Errors: KAZE_CLI_NO_CELL, KAZE_CLI_NO_CREDENTIAL, KAZE_CLI_CREDENTIAL_OPEN, KAZE_CLI_FILE, KAZE_CLI_USAGE.
 */
export async function findCell(options: ConnectionOptions, where: Where): Promise<FoundCell> {
  const folder = dataFolder(options, where);
  // A folder named by hand means its cell, whatever the environment says.
  const given = options.url ?? (options.data === undefined ? where.env.KAZE_URL : undefined);
  const own = await ownAddress(folder);
  const url = given ? address(given) : own;
  if (!url) {
    const shown = shownFolder(folder, where.cwd);
    throw cliError('KAZE_CLI_NO_CELL', `no cell at ${shown}, run npm start (or give --data, or --url and a token)`, {
      folder,
    });
  }
  return { url, token: await credential(options, { where, folder, isOwn: own === url }) };
}

async function credential(
  options: ConnectionOptions,
  { where, folder, isOwn }: { where: Where; folder: string; isOwn: boolean },
): Promise<string> {
  const { env, cwd } = where;
  if (options.token !== undefined) return options.token.trim();
  if (options.tokenFile !== undefined) return privateFile(resolve(cwd, options.tokenFile), 'KAZE_CLI_FILE');
  if (env.KAZE_API_TOKEN) return env.KAZE_API_TOKEN.trim();
  if (env.KAZE_API_TOKEN_FILE) return privateFile(resolve(cwd, env.KAZE_API_TOKEN_FILE), 'KAZE_CLI_FILE');
  if (isOwn) return privateFile(join(folder, 'credentials', 'token'), 'KAZE_CLI_NO_CREDENTIAL');
  throw cliError(
    'KAZE_CLI_NO_CREDENTIAL',
    'no token for this address: set KAZE_API_TOKEN, or give --token-file (the data folder’s own token is sent to its own cell only)',
  );
}

async function privateFile(file: string, missing: CliErrorCode): Promise<string> {
  let token: string;
  try {
    // On Windows the mode says nothing; the profile's folder protects the file there.
    if (process.platform !== 'win32' && ((await stat(file)).mode & 0o077) !== 0) {
      throw cliError('KAZE_CLI_CREDENTIAL_OPEN', `${file} can be read by others, so it is not used: chmod 600 it`, {
        file,
      });
    }
    token = (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    const reason = (error as NodeJS.ErrnoException).code;
    throw cliError(missing, `the token file ${file} cannot be read (${reason}); give a token with KAZE_API_TOKEN`, {
      file,
    });
  }
  if (token === '')
    throw cliError(missing, `the token file ${file} is empty; give a token with KAZE_API_TOKEN`, { file });
  return token;
}

/** Address that a running cell left in its folder. */
async function ownAddress(folder: string): Promise<string | undefined> {
  const known = await cellAddress.read(folder);
  try {
    return known && address(known.url);
  } catch {
    return undefined;
  }
}

/** Scheme, host and port; `/graphql` at the end is taken off. */
function address(text: string): string {
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') {
    throw usageError(`"${text}" is no address of a cell; one looks like http://127.0.0.1:4000`, { url: text });
  }
  if (parsed.username || parsed.password)
    throw usageError('a token does not belong into the address; set KAZE_API_TOKEN');
  return `${parsed.origin}${parsed.pathname.replace(/(\/graphql)?\/*$/, '')}`;
}

function shownFolder(folder: string, cwd: string): string {
  const near = relative(cwd, folder);
  return near !== '' && !near.startsWith('..') && !isAbsolute(near) ? `./${near}` : folder;
}
