import { type ConfigValues, defineConfig, field } from '#platform';

/** Mounts and paths of Vault: parts without a dot in front, so that nothing leads out of them. */
const VAULT_PATH = /^[A-Za-z0-9_][\w-]*(\/[A-Za-z0-9_][\w-]*)*$/;
const VAULT_PATH_FORM = 'path of letters, digits, _ and -, with slashes between';
/** What can stand in a header of HTTP. */
const VISIBLE = /^[\x21-\x7e]+$/;

/** Where credentials of others are kept. */
export const secretsSection = defineConfig('secrets', {
  engine: field.oneOf(['file', 'vault'], {
    default: 'file',
    meaning: 'Where secrets are kept: an encrypted file, or Vault (or OpenBao). The environment comes after either.',
  }),
  key: field.text({
    secret: true,
    meaning: 'Key of the encrypted secrets file; without one only the environment holds secrets.',
  }),
  url: field.url({ protocols: ['http', 'https'], meaning: 'Address of Vault, without /v1.' }),
  mount: field.text({
    default: 'secret',
    pattern: VAULT_PATH,
    form: VAULT_PATH_FORM,
    meaning: 'Where Vault’s KV engine, version 2, is mounted.',
  }),
  prefix: field.text({
    default: 'kaze',
    pattern: VAULT_PATH,
    form: VAULT_PATH_FORM,
    meaning: 'Folder in that engine that holds the secrets of Kaze; one for each cell that is to have its own.',
  }),
  namespace: field.text({ pattern: VISIBLE, meaning: 'Namespace of Vault, where it has any.' }),
  auth: field.oneOf(['token', 'approle', 'kubernetes'], {
    default: 'token',
    meaning: 'How Kaze proves to Vault who it is. Only a login (approle, kubernetes) outlives the end of its token.',
  }),
  authMount: field.text({
    pattern: VAULT_PATH,
    form: VAULT_PATH_FORM,
    meaning: 'Where that method is switched on in Vault; its own name when left out.',
  }),
  token: field.text({
    secret: true,
    pattern: VISIBLE,
    form: 'token of visible characters',
    meaning: 'Token, for secrets.auth token; renewed while Vault renews it.',
  }),
  roleId: field.text({ meaning: 'Id of the role, for secrets.auth approle.' }),
  secretId: field.text({ secret: true, meaning: 'Secret id of the role, for secrets.auth approle.' }),
  role: field.text({ meaning: 'Name of the role, for secrets.auth kubernetes.' }),
  jwtFile: field.text({
    default: '/var/run/secrets/kubernetes.io/serviceaccount/token',
    meaning: 'File of the service account’s token, for secrets.auth kubernetes; read at each login.',
  }),
  timeoutMs: field.integer({
    default: 5_000,
    least: 100,
    most: 60_000,
    meaning: 'How long one request to Vault may take, milliseconds.',
  }),
  cacheMs: field.integer({
    default: 5_000,
    least: 0,
    most: 600_000,
    meaning: 'How long what Vault said counts, milliseconds: how late an exchanged key is used.',
  }),
});

export type SecretsConfig = ConfigValues<[typeof secretsSection]>['secrets'];

const NEEDED = { token: ['token'], approle: ['roleId', 'secretId'], kubernetes: ['role'] } as const;
const VARIABLES = { url: 'URL', token: 'TOKEN', roleId: 'ROLE_ID', secretId: 'SECRET_ID', role: 'ROLE' } as const;

/** Settings that do not fit together, one line each. */
export function secretsProblems(secrets: SecretsConfig): string[] {
  if (secrets.engine !== 'vault') return [];
  const needed = ['url', ...NEEDED[secrets.auth]] as const;
  return needed
    .filter((name) => secrets[name] === undefined)
    .map((name) => {
      const why = name === 'url' ? 'secrets.engine is vault' : `secrets.auth is ${secrets.auth}`;
      return `KAZE_SECRETS_${VARIABLES[name]}: ${why}, so secrets.${name} must be set`;
    });
}
