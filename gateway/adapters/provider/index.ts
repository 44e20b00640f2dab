/**
 * Every provider there is, by its name. Adding one is a folder beside these and a line here; none is loaded before it
 * is asked for, and none loads its vendor's SDK before it is called.
 */
import type { ModelProvider } from '../../ports/provider.ts';
import type { ProviderOptions } from './translation/options.ts';

export type { CompatibleOptions } from './openai/index.ts';
export type { ProviderOptions } from './translation/options.ts';

export type ProviderFactory = (options: ProviderOptions) => Promise<ModelProvider>;

export const PROVIDERS: Readonly<Record<string, ProviderFactory>> = {
  anthropic: async (options) => (await import('./anthropic/index.ts')).createAnthropicProvider(options),
  openai: async (options) => (await import('./openai/index.ts')).createOpenAiProvider(options),
  google: async (options) => (await import('./google/index.ts')).createGoogleProvider(options),
  ollama: async (options) => (await import('./ollama/index.ts')).createOllamaProvider(options),
};

/**
 * @param wanted names with their options, in order of preference; the offline provider is made by itself
 * @param known where the names are looked up; default `PROVIDERS`
 */
export function createProviders(
  wanted: ReadonlyArray<readonly [name: string, options: ProviderOptions]>,
  known: Readonly<Record<string, ProviderFactory>> = PROVIDERS,
): Promise<ModelProvider[]> {
  return Promise.all(
    wanted.map(([name, options]) => {
      const factory = known[name];
      if (!factory) throw new TypeError(`there is no provider ${name}; there are ${Object.keys(known).join(', ')}`);
      return factory(options);
    }),
  );
}
