import { join } from 'node:path';
import type { Secrets } from '#platform';
import type { CellConfig } from './config.ts';

/**
 * Where credentials of others come from: the encrypted file, when its key is given, before the environment. Errors:
 * KAZE_SECRETS_KEY_WEAK, KAZE_SECRETS_KEY_WRONG, KAZE_SECRETS_TAMPERED.
 */
export async function openSecrets(
  config: CellConfig,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Secrets> {
  const { createEnvironmentSecrets } = await import('#platform/adapters/secrets/environment');
  const environment = createEnvironmentSecrets({ env });
  if (config.secrets.key === undefined) return environment;
  const { openFileSecrets } = await import('#platform/adapters/secrets/file');
  const { createSecretsChain } = await import('#platform/adapters/secrets/chain');
  const file = await openFileSecrets({ file: join(config.data.dir, 'secrets.enc'), key: config.secrets.key });
  return createSecretsChain([file, environment]);
}
