import type { ProviderSignature } from '../../domain/messages.ts';

const OWN = 'anthropic';
/** Marks of other providers travel through Anthropic's shape with their owner's name before them. */
const FOREIGN = /^kaze:([a-z0-9-]{1,63}):/;

export function signatureText({ provider, value }: ProviderSignature): string {
  return provider === OWN ? value : `kaze:${provider}:${value}`;
}

export function signatureFrom(text: string): ProviderSignature {
  const found = FOREIGN.exec(text);
  return found ? { provider: found[1]!, value: text.slice(found[0].length) } : { provider: OWN, value: text };
}
