import type { Role } from '#graph-schema';
import { type ConfigValues, defineConfig, field } from '#platform';

/** What an issuer may sign with: signatures by a private key. A shared secret (HS…) is never taken. */
const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];
const ROLES: readonly Role[] = ['viewer', 'reviewer', 'curator', 'operator', 'admin'];

/** Settings of signed tokens from an identity provider. */
export const authSection = defineConfig('auth', {
  issuer: field.text({
    meaning: 'Issuer (`iss`) whose signed tokens are accepted, exactly as it writes itself; none when left out.',
  }),
  audience: field.list({ default: [], meaning: 'Audiences (`aud`) of which a signed token must name one.' }),
  jwksUrl: field.url({ protocols: ['https', 'http'], meaning: 'Address of the issuer’s public keys (JWKS).' }),
  jwksFile: field.text({ meaning: 'File with the issuer’s public keys (JWKS), read again when it changes.' }),
  algorithms: field.list({
    default: ['RS256', 'PS256', 'ES256', 'EdDSA'],
    meaning: 'Algorithms that a token may be signed with.',
  }),
  clockSkewMs: field.integer({
    default: 60_000,
    least: 0,
    most: 600_000,
    meaning: 'How far the issuer’s clock may be from ours, milliseconds.',
  }),
  cooldownMs: field.integer({
    default: 30_000,
    least: 100,
    most: 3_600_000,
    meaning: 'Least time between two looks for a key that is not known, milliseconds.',
  }),
  keysMaxAgeMs: field.integer({
    default: 600_000,
    least: 1_000,
    most: 86_400_000,
    meaning: 'How long keys are trusted before they are got again, milliseconds.',
  }),
  timeoutMs: field.integer({
    default: 5_000,
    least: 100,
    most: 60_000,
    meaning: 'How long the issuer may take to give its keys, milliseconds.',
  }),
  roleClaim: field.text({
    default: 'kaze_role',
    meaning: 'Claim with the role, by name or path (`realm_access.roles`).',
  }),
  tenantClaim: field.text({
    default: 'kaze_tenant',
    meaning: 'Claim with the client that the token reaches; `*` in it is the whole cell.',
  }),
  agentClaim: field.text({
    default: 'kaze_agent',
    meaning: 'Claim with the name of an agent of that client, for tokens of agents.',
  }),
  nameClaim: field.text({ default: 'name', meaning: 'Claim with a person’s name.' }),
  roles: field.list({
    default: [],
    meaning: 'What the issuer calls our roles: `issuer-value=role` each; without any, the claim holds our own names.',
  }),
  createPersons: field.boolean({
    default: true,
    meaning: 'Whether somebody with a valid token, a role and a client gets a Person when there is none yet.',
  }),
});

export type AuthConfig = ConfigValues<readonly [typeof authSection]>['auth'];

/** What does not fit together, one line each. */
export function authProblems(config: AuthConfig): string[] {
  const { issuer, audience, jwksUrl, jwksFile, algorithms, roles } = config;
  const named = [...(audience.length > 0 ? ['KAZE_AUTH_AUDIENCE'] : []), ...(jwksUrl ? ['KAZE_AUTH_JWKS_URL'] : [])];
  if (jwksFile) named.push('KAZE_AUTH_JWKS_FILE');
  if (!issuer) return named.map((name) => `${name}: means nothing without KAZE_AUTH_ISSUER`);
  const problems: string[] = [];
  if (audience.length === 0)
    problems.push('KAZE_AUTH_AUDIENCE: must be set with an issuer, or any token of it would do');
  if (!jwksUrl === !jwksFile) {
    problems.push('KAZE_AUTH_JWKS_URL: set either this or KAZE_AUTH_JWKS_FILE: where the issuer’s keys are');
  }
  if (jwksUrl && !isPrivate(jwksUrl)) {
    problems.push('KAZE_AUTH_JWKS_URL: must begin with https://, else anybody on the way can give keys of theirs');
  }
  const strange = algorithms.filter((one) => !ALGORITHMS.includes(one));
  if (strange.length > 0 || algorithms.length === 0) {
    problems.push(`KAZE_AUTH_ALGORITHMS: ${strange.join(', ') || 'none'} given; take from ${ALGORITHMS.join(', ')}`);
  }
  for (const pair of roles) {
    if (!rolePair(pair))
      problems.push(`KAZE_AUTH_ROLES: "${pair}" is no issuer-value=role with a role of ${ROLES.join(', ')}`);
  }
  return problems;
}

/** Encrypted, or on this machine alone. */
function isPrivate(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

/** `issuer-value=role`, split at the last equals sign: a name in a directory holds some itself. */
export function rolePair(text: string): readonly [string, Role] | undefined {
  const at = text.lastIndexOf('=');
  const role = ROLES.find((one) => one === text.slice(at + 1).trim());
  const value = text.slice(0, Math.max(0, at)).trim();
  return role && value !== '' ? [value, role] : undefined;
}
