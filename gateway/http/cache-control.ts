import type { CacheControl } from '../domain/messages.ts';
import { badField, type Fields, given, objectAt } from './fields.ts';

/** Anthropic's mark on a part, which clients of OpenAI's interface set just so. */
export function cacheOf(block: Fields, at: string): { cacheControl?: CacheControl } {
  const control = given(block.cache_control, `${at}.cache_control`, objectAt);
  if (!control) return {};
  if (control.type !== 'ephemeral') badField(`${at}.cache_control.type`, 'must be ephemeral');
  if (control.ttl === '1h') return { cacheControl: { type: 'ephemeral', ttlSeconds: 3_600 } };
  if (control.ttl === undefined || control.ttl === null || control.ttl === '5m') {
    return { cacheControl: { type: 'ephemeral', ttlSeconds: 300 } };
  }
  return badField(`${at}.cache_control.ttl`, 'must be 5m or 1h');
}
