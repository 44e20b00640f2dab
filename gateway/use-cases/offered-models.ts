import { type Awaitable, andThen } from '../domain/awaitable.ts';
import { exactest } from '../domain/flow/model-rules.ts';
import type { GatewayPolicy } from '../domain/flow/policy.ts';
import { fullName, type ModelInfo } from '../domain/model.ts';
import type { CompleteRequest } from '../domain/request.ts';
import type { ModelProvider } from '../ports/provider.ts';
import type { KeyCaller, KeyRing, RoutedKey } from './keys/key-ring.ts';

/** Which models the providers offer to a caller with its keys, and whose a model is. */
export class OfferedModels {
  private readonly byName: ReadonlyMap<string, ModelProvider>;

  constructor(
    private readonly providers: readonly ModelProvider[],
    private readonly keys: KeyRing,
    private readonly fallback: GatewayPolicy['fallback'],
  ) {
    this.byName = new Map(providers.map((provider) => [provider.name, provider]));
  }

  needsCredential(provider: string): boolean {
    return this.byName.get(provider)?.needsCredential ?? false;
  }

  providerOf(model: ModelInfo): ModelProvider {
    const provider = this.byName.get(model.provider);
    if (!provider) throw new Error(`a provider gave out the model ${fullName(model)} under another's name`);
    return provider;
  }

  async to(caller: KeyCaller): Promise<readonly ModelInfo[]> {
    const lists = await Promise.all(this.providers.map((provider) => this.by(provider, caller)));
    return lists.flat();
  }

  /** All models, or no more than a named provider's where no other can come into question. */
  for({ attribution, modelHint }: CompleteRequest): Awaitable<readonly ModelInfo[]> {
    const name = typeof modelHint === 'object' && 'model' in modelHint ? modelHint.model : '';
    const provider = this.byName.get(name.slice(0, Math.max(0, name.indexOf('/'))));
    if (!provider) return this.to(attribution);
    return andThen(this.by(provider, attribution), (models): Awaitable<readonly ModelInfo[]> => {
      const found = models.find((model) => fullName(model) === name);
      return found && !exactest(this.fallback.chains, found) ? models : this.to(attribution);
    });
  }

  private by(provider: ModelProvider, caller: KeyCaller): Awaitable<readonly ModelInfo[]> {
    const models = ([key]: readonly RoutedKey[]) =>
      key === undefined && provider.needsCredential ? [] : provider.models(key?.credential ?? null);
    const known = this.keys.known?.(provider.name, caller);
    return known ? models(known) : this.keys.keysFor(provider.name, caller).then(models);
  }
}
