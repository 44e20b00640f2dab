import type { RoutedKey } from './key-ring.ts';

interface KeyState {
  inFlight: number;
  coolUntilMs: number;
  refusals: number;
}

const FIRST_COOL_MS = 1_000;
const MOST_COOL_MS = 60_000;
const MAX_KEYS = 10_000;

/** Which keys are busy and which rest because their provider said so. In one process; a rotated key begins afresh. */
export class KeyStates {
  private readonly states = new Map<string, KeyState>();

  /** The keys that may be tried now, best first: owners in their order, in each the least busy for its weight. */
  usable(keys: readonly RoutedKey[], nowMs: number): readonly RoutedKey[] {
    if (keys.length === 1) return this.restMs(keys[0]!, nowMs) > 0 ? [] : keys;
    const awake = keys.filter((key) => this.restMs(key, nowMs) === 0);
    const owners = [...new Set(keys.map(({ owner }) => owner))];
    const load = (key: RoutedKey) => ((this.states.get(key.credential.keyId)?.inFlight ?? 0) + 1) / key.weight;
    return awake.sort((a, b) => owners.indexOf(a.owner) - owners.indexOf(b.owner) || load(a) - load(b));
  }

  /** Until the first of them may be used again. */
  waitMs(keys: readonly RoutedKey[], nowMs: number): number {
    return Math.min(...keys.map((key) => this.restMs(key, nowMs)));
  }

  begin(keyId: string): void {
    this.stateOf(keyId).inFlight += 1;
  }

  end(keyId: string): void {
    const state = this.stateOf(keyId);
    state.inFlight = Math.max(0, state.inFlight - 1);
  }

  succeeded(keyId: string): void {
    this.stateOf(keyId).refusals = 0;
  }

  /** @param restMs as the provider said; without it a second, doubled for each refusal in a row */
  cool(keyId: string, nowMs: number, restMs?: number): void {
    const state = this.stateOf(keyId);
    const own = Math.min(MOST_COOL_MS, FIRST_COOL_MS * 2 ** Math.min(state.refusals, 16));
    state.refusals += 1;
    state.coolUntilMs = Math.max(state.coolUntilMs, nowMs + (restMs ?? own));
  }

  private restMs({ credential }: RoutedKey, nowMs: number): number {
    const until = this.states.get(credential.keyId)?.coolUntilMs ?? 0;
    return Math.max(0, until - nowMs);
  }

  private stateOf(keyId: string): KeyState {
    const known = this.states.get(keyId);
    if (known) return known;
    const state = { inFlight: 0, coolUntilMs: 0, refusals: 0 };
    this.states.set(keyId, state);
    if (this.states.size > MAX_KEYS) this.states.delete(this.states.keys().next().value!);
    return state;
  }
}
