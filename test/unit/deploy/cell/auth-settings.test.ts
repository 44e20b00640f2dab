import { describe, expect, it } from 'vitest';
import { loadCellConfig } from '../../../../deploy/cell/index.ts';

const GOOD = {
  KAZE_AUTH_ISSUER: 'https://id.example/',
  KAZE_AUTH_AUDIENCE: 'kaze',
  KAZE_AUTH_JWKS_URL: 'https://id.example/keys',
};
const problemsOf = (env: Record<string, string>): unknown => {
  try {
    loadCellConfig({ env });
    return [];
  } catch (error) {
    return (error as { fields: { problems: unknown } }).fields.problems;
  }
};

describe('settings of signed tokens', () => {
  it('may be left out, given with an address on this machine, or with a file', () => {
    expect(problemsOf({})).toEqual([]);
    expect(problemsOf(GOOD)).toEqual([]);
    expect(problemsOf({ ...GOOD, KAZE_AUTH_JWKS_URL: 'http://127.0.0.1:9/keys' })).toEqual([]);
    const { KAZE_AUTH_JWKS_URL: _, ...noUrl } = GOOD;
    expect(
      problemsOf({ ...noUrl, KAZE_AUTH_JWKS_FILE: '/etc/keys.json', KAZE_AUTH_ROLES: 'cn=staff,dc=x=viewer' }),
    ).toEqual([
      'KAZE_AUTH_ROLES: "cn=staff" is no issuer-value=role with a role of viewer, reviewer, curator, operator, admin',
    ]);
  });

  it.each([
    ['no audience', { KAZE_AUTH_AUDIENCE: '' }, 'KAZE_AUTH_AUDIENCE: must be set'],
    ['no keys', { KAZE_AUTH_JWKS_URL: '' }, 'KAZE_AUTH_JWKS_URL: set either'],
    ['keys from two places', { KAZE_AUTH_JWKS_FILE: 'x' }, 'KAZE_AUTH_JWKS_URL: set either'],
    ['keys over plain HTTP', { KAZE_AUTH_JWKS_URL: 'http://id.example/keys' }, 'must begin with https://'],
    ['a host that only begins like this machine', { KAZE_AUTH_JWKS_URL: 'http://127.0.0.1.evil.example/' }, 'https://'],
    ['a shared secret as algorithm', { KAZE_AUTH_ALGORITHMS: 'RS256,HS256' }, 'KAZE_AUTH_ALGORITHMS: HS256 given'],
    ['no signature as algorithm', { KAZE_AUTH_ALGORITHMS: 'none' }, 'KAZE_AUTH_ALGORITHMS: none given'],
    ['an unknown role', { KAZE_AUTH_ROLES: 'staff=root' }, '"staff=root" is no issuer-value=role'],
    ['the role of agents for people', { KAZE_AUTH_ROLES: 'bots=agent' }, '"bots=agent" is no issuer-value=role'],
    ['no issuer', { KAZE_AUTH_ISSUER: '' }, 'means nothing without KAZE_AUTH_ISSUER'],
  ])('with %s stop the start', (_what, over, text) => {
    const found = problemsOf({ ...GOOD, ...over }) as string[];
    expect(found.length).toBeGreaterThan(0);
    expect(found.join('\n')).toContain(text);
  });
});
