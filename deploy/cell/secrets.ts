import { join } from 'node:path';
import { keyPlace } from '#gateway';
import { type Clock, type Logger, type Secrets, silentLogger, systemClock } from '#platform';
import type { CellConfig } from './config.ts';
import { isAway } from './engine-wait.ts';
import { cellError } from './errors.ts';
import type { SecretsConfig } from './secrets-settings.ts';

const SECRETS_FILE = 'secrets.enc';

type SecretsSettings = Pick<CellConfig, 'secrets' | 'data'>;

export interface OpenSecretsOptions {
  /** Variables that may hold secrets: `KAZE_SECRET_…` and the vendors' own. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/**
 * Where credentials of others come from: Vault, or the encrypted file when its key is given, before the environment. A
 * Vault that is away or sealed does not keep anything from starting: keys are read when they are needed. Errors:
 * KAZE_SECRETS_KEY_WEAK, KAZE_SECRETS_KEY_WRONG, KAZE_SECRETS_TAMPERED, KAZE_SECRETS_ACCESS, KAZE_SECRETS_MOUNT,
 * KAZE_SECRETS_FORBIDDEN.
 */
export async function openSecrets(config: SecretsSettings, options: OpenSecretsOptions): Promise<Secrets> {
  const { createEnvironmentSecrets } = await import('#platform/adapters/secrets/environment');
  const environment = createEnvironmentSecrets({ env: options.env });
  const store = await openStore(config, options);
  if (!store) return environment;
  const { createSecretsChain } = await import('#platform/adapters/secrets/chain');
  return createSecretsChain([store, environment]);
}

/** Vault or the encrypted file alone, to be written to. Errors: KAZE_SECRETS_KEY_MISSING and those of `openSecrets`. */
export async function openSecretsStore(config: SecretsSettings): Promise<Secrets> {
  const store = await openStore(config, {});
  if (store) return store;
  throw cellError(
    'KAZE_SECRETS_KEY_MISSING',
    'the key of the secrets file is not given: set KAZE_SECRETS_KEY, or KAZE_SECRETS_KEY_FILE to a file outside of the data folder',
  );
}

const MOST_NAMED = 20;

/** Which keys of model providers are there, never their values. */
export async function describeSecrets(secrets: Secrets): Promise<string> {
  const paths = [...(await secrets.list('providers/')), ...(await secrets.list('tenants/'))];
  const keys = paths.filter((path) => keyPlace(path) !== undefined);
  if (keys.length === 0) return `${secrets.describe()}; no provider key is there`;
  const more = keys.length > MOST_NAMED ? ` and ${keys.length - MOST_NAMED} more` : '';
  return `${secrets.describe()}; there is ${keys.slice(0, MOST_NAMED).join(', ')}${more}`;
}

async function openStore(
  { secrets, data }: SecretsSettings,
  { clock = systemClock, logger = silentLogger }: Partial<OpenSecretsOptions>,
): Promise<Secrets | undefined> {
  if (secrets.engine === 'vault') return openVault(secrets, { clock, logger });
  const { key } = secrets;
  if (key === undefined) return undefined;
  const { openFileSecrets } = await import('#platform/adapters/secrets/file');
  return openFileSecrets({ file: join(data.dir, SECRETS_FILE), key });
}

async function openVault(config: SecretsConfig, ground: { clock: Clock; logger: Logger }): Promise<Secrets> {
  const { createVaultSecrets } = await import('#platform/adapters/secrets/vault');
  const { url, mount, prefix, namespace, timeoutMs, cacheMs } = config;
  const place = { url: url!, mount, prefix, namespace, timeoutMs, cacheMs };
  const secrets = createVaultSecrets({ ...place, auth: vaultAuth(config), ...ground });
  try {
    await secrets.check();
  } catch (error) {
    if (!isAway(error)) {
      await secrets.close();
      throw error;
    }
    const { code, message } = error as { code?: string; message?: string };
    ground.logger.warn({ code, reason: message }, 'secrets: Vault cannot be read now; keys are read once it can');
  }
  return secrets;
}

function vaultAuth({ auth, authMount, token, roleId, secretId, role, jwtFile }: SecretsConfig) {
  if (auth === 'token') return { method: auth, token: token! } as const;
  const mount = authMount ?? auth;
  if (auth === 'approle') return { method: auth, mount, roleId: roleId!, secretId: secretId! } as const;
  return { method: auth, mount, role: role!, jwtFile } as const;
}
