import { keyPlace, type ModelProvider, type OwnModel } from '#gateway';
import type { Secrets } from '#platform';
import type { CellConfig } from './config.ts';
import type { Engines } from './engines.ts';

type ModelsConfig = CellConfig['models'];

/** Providers without an address of their own: they are there once the configuration names one. */
const LOCAL: ReadonlySet<string> = new Set(['ollama']);

/**
 * Every provider of models: hosted ones before those of one's own, the offline one last. Which of them have models is
 * decided by the keys that are there.
 */
export async function createModels(options: {
  readonly config: ModelsConfig;
  readonly embedder: Engines['embedder'];
  /** For a connection to a provider to come about, milliseconds. */
  readonly connectTimeoutMs?: number;
  /** Models beside those that providers have by themselves. */
  readonly own?: readonly OwnModel[];
}): Promise<readonly ModelProvider[]> {
  const { config, embedder, connectTimeoutMs, own } = options;
  const shared = { connectTimeoutMs, own };
  const { createProviders, PROVIDERS } = await import('#gateway/adapters/provider');
  // The setting of a provider's address is called after it.
  const addresses: Readonly<Record<string, string | undefined>> = config;
  const wanted = Object.keys(PROVIDERS).map((name) => [name, addressed(addresses[`${name}Url`])] as const);
  const made = (all: typeof wanted) => createProviders(all.map(([name, address]) => [name, { ...address, ...shared }]));
  const { createOfflineProvider } = await import('#gateway/adapters/provider/offline');
  return [
    ...(await made(wanted.filter(([name]) => !LOCAL.has(name)))),
    ...(await compatible(config, shared)),
    ...(await made(wanted.filter(([name, { baseUrl }]) => LOCAL.has(name) && baseUrl !== undefined))),
    createOfflineProvider({ embedder }),
  ];
}

async function compatible(
  { compatibleUrl, compatibleName }: ModelsConfig,
  shared: { readonly connectTimeoutMs?: number; readonly own?: readonly OwnModel[] },
): Promise<ModelProvider[]> {
  if (!compatibleUrl) return [];
  const { createCompatibleProvider } = await import('#gateway/adapters/provider/openai');
  return [createCompatibleProvider({ name: compatibleName, baseUrl: compatibleUrl, ...shared })];
}

function addressed(baseUrl: string | undefined): { baseUrl?: string } {
  return baseUrl ? { baseUrl } : {};
}

const MOST_NAMED = 5;

/** Which models the cell can use and whose keys there are for them, for `kaze doctor`: one sentence, no values. */
export async function modelsText(config: ModelsConfig, secrets: Pick<Secrets, 'list'>): Promise<string> {
  const { PROVIDERS } = await import('#gateway/adapters/provider');
  const hosted = Object.keys(PROVIDERS).filter((name) => !LOCAL.has(name));
  const paths = [...(await secrets.list('providers/')), ...(await secrets.list('tenants/'))];
  const places = paths.map(keyPlace).filter((place) => place !== undefined);
  const keysOf = (provider: string) => ownersText(places.filter((place) => place.provider === provider));
  const open = [...(config.compatibleUrl ? [config.compatibleName] : []), ...(config.ollamaUrl ? ['ollama'] : [])];
  const named = [
    ...hosted.filter((name) => keysOf(name) !== ''),
    // A server of one's own may take everybody.
    ...open,
  ].map((name) => (keysOf(name) === '' ? name : `${name} (${keysOf(name)})`));
  const known: readonly string[] = [...hosted, ...open];
  const strange = [...new Set(places.map(({ provider }) => provider))].filter((name) => !known.includes(name));
  const offline = 'offline (extractive, no network)';
  const text = named.length === 0 ? `${offline}: no provider has a key` : `${named.join(', ')}, then ${offline}`;
  return strange.length === 0 ? text : `${text}; keys for ${strange.join(', ')} are there, and no such provider`;
}

type Place = NonNullable<ReturnType<typeof keyPlace>>;

/** `2 studio keys, keys of acme and globex`. */
function ownersText(places: readonly Place[]): string {
  const studio = places.filter(({ tenant }) => tenant === undefined).length;
  const tenants = [...new Set(places.flatMap(({ tenant }) => tenant ?? []))].sort();
  const more = tenants.length - MOST_NAMED;
  const some = tenants.slice(0, MOST_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
  return [
    ...(studio === 0 ? [] : [studio === 1 ? 'studio key' : `${studio} studio keys`]),
    ...(tenants.length === 0 ? [] : [`keys of ${some}`]),
  ].join('; ');
}
