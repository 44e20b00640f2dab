import { join } from 'node:path';
import type { Secrets } from '#platform';
import type { CellConfig } from './config.ts';
import { cellError } from './errors.ts';

const SECRETS_FILE = 'secrets.enc';

/**
 * Where credentials of others come from: the encrypted file, when its key is given, before the environment. Errors:
 * KAZE_SECRETS_KEY_WEAK, KAZE_SECRETS_KEY_WRONG, KAZE_SECRETS_TAMPERED.
 */
export async function openSecrets(
  config: Pick<CellConfig, 'secrets' | 'data'>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Secrets> {
  const { createEnvironmentSecrets } = await import('#platform/adapters/secrets/environment');
  const environment = createEnvironmentSecrets({ env });
  if (config.secrets.key === undefined) return environment;
  const { openFileSecrets } = await import('#platform/adapters/secrets/file');
  const { createSecretsChain } = await import('#platform/adapters/secrets/chain');
  const file = await openFileSecrets({ file: join(config.data.dir, SECRETS_FILE), key: config.secrets.key });
  return createSecretsChain([file, environment]);
}

/**
 * The encrypted file alone, to be written to. Errors: KAZE_SECRETS_KEY_MISSING and those of `openSecrets`.
 */
export async function openSecretsFile(config: CellConfig): Promise<Secrets> {
  const { key } = config.secrets;
  if (key === undefined) {
    throw cellError(
      'KAZE_SECRETS_KEY_MISSING',
      'the key of the secrets file is not given: set KAZE_SECRETS_KEY, or KAZE_SECRETS_KEY_FILE to a file outside of the data folder',
    );
  }
  const { openFileSecrets } = await import('#platform/adapters/secrets/file');
  return openFileSecrets({ file: join(config.data.dir, SECRETS_FILE), key });
}

/** Which keys of model providers are there, never their values. */
export async function describeSecrets(secrets: Secrets): Promise<string> {
  const keys = await secrets.list('providers/');
  return `${secrets.describe()}; ${keys.length === 0 ? 'no provider key is there' : `there is ${keys.join(', ')}`}`;
}
