import { describe, expect, it } from 'vitest';
import type { RoutedKey } from '../../../../gateway/use-cases/keys/key-ring.ts';
import { KeyStates } from '../../../../gateway/use-cases/keys/key-states.ts';

function key(keyId: string, weight = 1, owner: RoutedKey['owner'] = 'studio'): RoutedKey {
  return { credential: { keyId, value: 'secret' }, weight, owner };
}
const ids = (keys: readonly RoutedKey[]) => keys.map(({ credential }) => credential.keyId);

describe('keys of a provider', () => {
  it('share the calls under way by their weight', () => {
    const states = new KeyStates();
    const keys = [key('wide', 3), key('narrow')];
    const taken = Array.from({ length: 40 }, () => {
      const [best] = ids(states.usable(keys, 0));
      states.begin(best!);
      return best;
    });
    expect(taken.filter((id) => id === 'wide')).toHaveLength(30);
    for (const id of taken.slice(0, 38)) states.end(id!);
    // What has ended weighs nothing any more.
    states.begin('narrow');
    expect(ids(states.usable(keys, 0))[0]).toBe('wide');
  });

  it('of one owner come before those of the next, however busy they are', () => {
    const states = new KeyStates();
    for (let call = 0; call < 9; call += 1) states.begin('client');
    expect(ids(states.usable([key('client', 1, 'client'), key('studio')], 0))).toEqual(['client', 'studio']);
  });

  it('rest for as long as their provider said, else longer with each refusal in a row', () => {
    const states = new KeyStates();
    const keys = [key('a'), key('b')];
    states.cool('a', 0, 5_000);
    expect(ids(states.usable(keys, 4_999))).toEqual(['b']);
    expect(ids(states.usable(keys, 5_000))).toEqual(['a', 'b']);
    const rests = [0, 1, 2, 3, 4, 5, 6, 7].map(() => {
      states.cool('b', 0);
      return states.waitMs([key('b')], 0);
    });
    expect(rests).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    states.succeeded('b');
    states.cool('b', 100_000);
    expect(states.waitMs([key('b')], 100_000)).toBe(1_000);
  });
});
