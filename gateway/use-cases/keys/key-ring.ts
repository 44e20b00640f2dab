import { createHash } from 'node:crypto';
import { isKazeError, type Logger, type Secrets } from '#platform';
import type { Credential } from '../../domain/credential.ts';
import type { GatewayPolicy } from '../../domain/flow/policy.ts';
import { holdsForCaller } from '../../domain/flow/policy.ts';
import { KeptReads } from '../kept-reads.ts';
import { keyFolder, keyPlace } from './key-paths.ts';

/** A key that a call may be made with. */
export interface RoutedKey {
  readonly credential: Credential;
  readonly owner: 'client' | 'studio';
  /** Share of the calls among its owner's keys. */
  readonly weight: number;
}

export interface KeyCaller {
  readonly tenant: string;
  readonly agent: string;
}

/** Which keys of a provider a caller may use, in the order in which their owners are tried. */
export interface KeyRing {
  /** Those that are known without asking anybody, undefined where somebody has to be asked. */
  known?(provider: string, caller: KeyCaller): readonly RoutedKey[] | undefined;
  keysFor(provider: string, caller: KeyCaller): Promise<readonly RoutedKey[]>;
  /** Reads nothing ahead any more. */
  close?(): void;
}

export interface KeyRingOptions {
  readonly secrets: Pick<Secrets, 'get' | 'list'>;
  readonly policy: Pick<GatewayPolicy, 'keys'>;
  readonly logger: Logger;
  /** How long what the store said counts: a rotated key is used after this at the latest. Default 1,000 ms. */
  readonly freshMs?: number;
  /** How long a call whose keys are known waits for them to be read again; default 250 ms. */
  readonly patienceMs?: number;
}

const DEFAULT_RULE = { tenant: '*', agent: '*', provider: '*', order: ['client', 'studio'], fallBack: false } as const;

interface Folder {
  readonly byProvider: ReadonlyMap<string, readonly RoutedKey[]>;
  /** The store did not give them again; these are of an earlier reading. */
  readonly left: boolean;
}

/**
 * Keys by their paths in the secrets: `providers/<provider>/studio` and `tenants/<tenant>/providers/<provider>`, each
 * with `/<n>` for more of them. A value is the key, or JSON `{ key, weight?, baseUrl?, organisation?, project?, azure? }`.
 */
export function createKeyRing(options: KeyRingOptions): KeyRing {
  return new SecretsKeyRing(options);
}

/** A tenant; undefined for the studio. */
type Owner = string | undefined;

class SecretsKeyRing implements KeyRing {
  private readonly folders: KeptReads<Owner, Folder>;

  constructor(private readonly options: KeyRingOptions) {
    this.folders = new KeptReads((owner) => this.load(owner), options.freshMs ?? 1_000);
  }

  known(provider: string, caller: KeyCaller): readonly RoutedKey[] | undefined {
    const found = this.look(provider, caller, undefined);
    return 'missing' in found ? undefined : found.keys;
  }

  async keysFor(provider: string, caller: KeyCaller): Promise<readonly RoutedKey[]> {
    const read = new Map<Owner, Folder>();
    for (;;) {
      const found = this.look(provider, caller, read);
      if (!('missing' in found)) return found.keys;
      read.set(found.missing, await this.again(found.missing));
    }
  }

  close(): void {
    this.folders.close();
  }

  /** The keys of a caller as far as its folders are fresh or among those just read; else the first that has to be read. */
  private look(
    provider: string,
    caller: KeyCaller,
    read: ReadonlyMap<Owner, Folder> | undefined,
  ): { readonly keys: readonly RoutedKey[] } | { readonly missing: Owner } {
    const rule = this.options.policy.keys.find(
      (one) => holdsForCaller(one, caller) && (one.provider === '*' || one.provider === provider),
    );
    const { order, fallBack } = rule ?? DEFAULT_RULE;
    const found: RoutedKey[] = [];
    for (const owner of order) {
      const whose = owner === 'studio' ? undefined : caller.tenant;
      const folder = read?.get(whose) ?? this.folders.fresh(whose)?.value;
      if (!folder) return { missing: whose };
      const keys = folder.byProvider.get(provider) ?? [];
      // A tenant's own key alone, unless the policy lets another owner's stand in for it.
      if (owner === 'client' && keys.length > 0 && !fallBack) return { keys };
      found.push(...keys);
    }
    return { keys: found };
  }

  /** Read anew. A store that hangs does not hold up calls whose keys are known. */
  private again(owner: Owner): Promise<Folder> | Folder {
    const { value: folder, beganMs } = this.folders.again(owner);
    const old = this.folders.last(owner);
    if (!old) return folder;
    const { patienceMs = 250 } = this.options;
    const leftMs = old.left ? 0 : beganMs + patienceMs - performance.now();
    if (leftMs <= 0) return old;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => resolve(old), leftMs);
      folder.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }

  private async load(owner: Owner): Promise<Folder> {
    const { secrets, logger } = this.options;
    try {
      return { byProvider: await readFolder(secrets, owner), left: false };
    } catch (error) {
      // A store that is away for a while does not take keys away that were there.
      const old = this.folders.last(owner);
      if (!old) throw error;
      const code = isKazeError(error) ? error.code : 'unknown';
      logger.warn(
        { folder: keyFolder(owner), code },
        'gateway: the keys cannot be read again; those known go on being used',
      );
      return { byProvider: old.byProvider, left: true };
    }
  }
}

async function readFolder(
  secrets: Pick<Secrets, 'get' | 'list'>,
  tenant: Owner,
): Promise<ReadonlyMap<string, readonly RoutedKey[]>> {
  const byProvider = new Map<string, RoutedKey[]>();
  const owner = tenant === undefined ? 'studio' : 'client';
  for (const path of await secrets.list(keyFolder(tenant))) {
    const place = keyPlace(path);
    const secret = place && (await secrets.get(path));
    if (!secret) continue;
    const { provider } = place;
    const keys = byProvider.get(provider) ?? [];
    keys.push({ ...credentialOf(secret.value, `${provider}/${owner}`), owner });
    byProvider.set(provider, keys);
  }
  return byProvider;
}

function credentialOf(value: string, place: string): { credential: Credential; weight: number } {
  const { key, weight, ...more } = structured(value) ?? { key: value };
  return { credential: { keyId: `${place}#${shortHash(key)}`, value: key, ...more }, weight: weight ?? 1 };
}

type Structured = { key: string; weight?: number } & Partial<Omit<Credential, 'keyId' | 'value'>>;

function structured(value: string): Structured | undefined {
  if (!value.startsWith('{')) return undefined;
  try {
    const { key, weight, baseUrl, organisation, project, azure } = JSON.parse(value) as Structured;
    if (typeof key !== 'string' || key === '') return undefined;
    // Tools that write fields into Vault write numbers as text.
    const share = Number(weight) > 0 ? { weight: Number(weight) } : {};
    const text = { baseUrl, organisation, project };
    const given = Object.fromEntries(Object.entries(text).filter(([, one]) => typeof one === 'string'));
    return { key, ...share, ...given, ...(azure ? { azure: azureOf(azure) } : {}) };
  } catch {
    return undefined;
  }
}

function azureOf({ apiVersion, deployments }: NonNullable<Credential['azure']>): NonNullable<Credential['azure']> {
  const names = Object.entries(deployments ?? {}).filter(([, name]) => typeof name === 'string');
  return {
    ...(typeof apiVersion === 'string' ? { apiVersion } : {}),
    ...(names.length > 0 ? { deployments: Object.fromEntries(names) } : {}),
  };
}

/** Tells keys apart in ledger and logs; too short to find a key by it. */
export function shortHash(key: string): string {
  return createHash('sha256').update(`kaze key ${key}`).digest('hex').slice(0, 8);
}

/** One key a provider, whoever calls: for tests and small uses. */
export function singleKeys(credentials: (provider: string) => Promise<Credential | null>): KeyRing {
  return {
    async keysFor(provider) {
      const credential = await credentials(provider);
      return credential ? [{ credential, owner: 'studio', weight: 1 }] : [];
    },
  };
}
