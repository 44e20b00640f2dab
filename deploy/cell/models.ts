import type { Credential, ModelProvider } from '#gateway';
import type { Secrets } from '#platform';
import type { CellConfig } from './config.ts';
import type { Engines } from './engines.ts';

type ModelsConfig = CellConfig['models'];

export interface Models {
  /** Hosted ones before those of one's own, the offline one last. */
  readonly providers: readonly ModelProvider[];
  /** Read at every call, so that an exchanged key counts at once. */
  readonly credentials: (provider: string) => Promise<Credential | null>;
}

const HOSTED = ['anthropic', 'openai', 'google'] as const;

/** Every provider of models; which of them have models is decided by the keys that are there. */
export async function createModels(options: {
  readonly config: ModelsConfig;
  readonly secrets: Pick<Secrets, 'get'>;
  readonly embedder: Engines['embedder'];
}): Promise<Models> {
  const { config, secrets, embedder } = options;
  const { createProviders } = await import('#gateway/adapters/provider');
  const addresses = { anthropic: config.anthropicUrl, openai: config.openaiUrl, google: config.googleUrl };
  const hosted = HOSTED.map((name) => [name, addressed(addresses[name])] as const);
  const own = config.ollamaUrl ? [['ollama', addressed(config.ollamaUrl)] as const] : [];
  const { createOfflineProvider } = await import('#gateway/adapters/provider/offline');
  return {
    providers: [
      ...(await createProviders(hosted)),
      ...(await compatible(config)),
      ...(await createProviders(own)),
      createOfflineProvider({ embedder }),
    ],
    async credentials(provider) {
      const secret = await secrets.get(keyPath(provider));
      return secret ? { keyId: `${provider}/studio`, value: secret.value } : null;
    },
  };
}

async function compatible({ compatibleUrl, compatibleName }: ModelsConfig): Promise<ModelProvider[]> {
  if (!compatibleUrl) return [];
  const { createCompatibleProvider } = await import('#gateway/adapters/provider/openai');
  return [createCompatibleProvider({ name: compatibleName, baseUrl: compatibleUrl })];
}

function addressed(baseUrl: string | undefined): { baseUrl?: string } {
  return baseUrl ? { baseUrl } : {};
}

function keyPath(provider: string): string {
  return `providers/${provider}/studio`;
}

/** Which models the cell can use, for `kaze doctor`: one sentence, no values of keys. */
export async function modelsText(config: ModelsConfig, secrets: Pick<Secrets, 'list'>): Promise<string> {
  const keys = await secrets.list('providers/');
  const named = [
    ...HOSTED.filter((name) => keys.includes(keyPath(name))),
    ...(config.compatibleUrl ? [config.compatibleName] : []),
    ...(config.ollamaUrl ? ['ollama'] : []),
  ];
  const offline = 'offline (extractive, no network)';
  return named.length === 0 ? `${offline}: no provider has a key` : `${named.join(', ')}, then ${offline}`;
}
