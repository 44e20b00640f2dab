import type { ProviderSignature } from '../domain/messages.ts';
import { isFields } from './fields.ts';

/**
 * A mark on a call of a tool that its provider wants back stands where Google's own OpenAI interface puts it; neither
 * vendor has a field for it, and both their clients hand back what they do not know.
 */
export function extraContent(signature: ProviderSignature | undefined): Readonly<Record<string, unknown>> {
  return signature ? { extra_content: { [signature.provider]: { thought_signature: signature.value } } } : {};
}

export function markOf(extra: unknown): { signature?: ProviderSignature } {
  if (!isFields(extra)) return {};
  for (const [provider, content] of Object.entries(extra)) {
    const value = isFields(content) ? content.thought_signature : undefined;
    if (typeof value === 'string') return { signature: { provider, value } };
  }
  return {};
}
