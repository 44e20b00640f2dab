/** Where a key of a provider stands among the secrets. */
export interface KeyPlace {
  readonly provider: string;
  /** Whose it is; undefined for the studio's. */
  readonly tenant: string | undefined;
  /** The last part of the path where a provider has several of one owner. */
  readonly number: string | undefined;
}

/** Where the keys of one owner lie: of the studio, or of a tenant. */
export function keyFolder(tenant?: string): string {
  return tenant === undefined ? 'providers/' : `tenants/${tenant}/providers/`;
}

/**
 * `providers/<provider>/studio` and `tenants/<tenant>/providers/<provider>`, each with `/<n>` for more of them;
 * undefined for every other path.
 */
export function keyPlace(path: string): KeyPlace | undefined {
  const parts = path.split('/');
  if (parts[0] === 'providers') {
    const [, provider, studio, number, ...more] = parts;
    return provider && studio === 'studio' && more.length === 0 ? { provider, tenant: undefined, number } : undefined;
  }
  const [tenants, tenant, providers, provider, number, ...more] = parts;
  const isTenants = tenants === 'tenants' && providers === 'providers' && more.length === 0;
  return isTenants && tenant && provider ? { provider, tenant, number } : undefined;
}
