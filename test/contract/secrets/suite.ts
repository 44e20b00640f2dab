import { describe, expect, test } from 'vitest';
import type { Secrets } from '#platform';

export interface SecretsHarness {
  readonly writable: boolean;
  /** A store that holds exactly these. */
  open(values: Readonly<Record<string, string>>): Promise<Secrets>;
}

export function secretsContract(name: string, harness: SecretsHarness): void {
  describe(`secrets in ${name}`, () => {
    const values = {
      'providers/anthropic/studio': 'value-a',
      'providers/openai/second-key': 'value-b',
      'channels/slack': 'value-c',
    };

    test('gives a secret by its path and nothing for a path that has none', async () => {
      const secrets = await harness.open(values);
      expect((await secrets.get('providers/anthropic/studio'))!.value).toBe('value-a');
      expect((await secrets.get('providers/openai/second-key'))!.value).toBe('value-b');
      expect(await secrets.get('providers/anthropic')).toBeUndefined();
      await secrets.close();
    });

    test('lists paths by prefix, sorted', async () => {
      const secrets = await harness.open(values);
      expect(await secrets.list('providers/')).toEqual(['providers/anthropic/studio', 'providers/openai/second-key']);
      expect(await secrets.list('')).toEqual([
        'channels/slack',
        'providers/anthropic/studio',
        'providers/openai/second-key',
      ]);
      expect(await secrets.list('nothing')).toEqual([]);
      await secrets.close();
    });

    test('shows no value in its description or in the version', async () => {
      const secrets = await harness.open(values);
      const secret = await secrets.get('channels/slack');
      expect(`${secrets.describe()} ${secret!.version}`).not.toContain('value-');
      expect(secret!.version).toBe((await secrets.get('channels/slack'))!.version);
      await secrets.close();
    });

    test.each(['', '/a', 'a/', 'a//b', 'A/b', '../etc/passwd', 'a/__proto__', 'constructor!'])(
      'refuses the path %j',
      async (path) => {
        const secrets = await harness.open(values);
        await expect(secrets.get(path)).rejects.toMatchObject({ code: 'KAZE_SECRETS_PATH' });
        await secrets.close();
      },
    );

    test('a path that is the name of something built in has no secret', async () => {
      const secrets = await harness.open(values);
      expect(await secrets.get('constructor')).toBeUndefined();
      await secrets.close();
    });

    test.runIf(harness.writable)('stores, replaces with another version, and removes', async () => {
      const secrets = await harness.open(values);
      await secrets.put('a/new-one', 'first');
      const first = await secrets.get('a/new-one');
      await secrets.put('a/new-one', 'second');
      const second = await secrets.get('a/new-one');
      expect([first!.value, second!.value]).toEqual(['first', 'second']);
      expect(second!.version).not.toBe(first!.version);
      await secrets.remove('a/new-one');
      expect(await secrets.get('a/new-one')).toBeUndefined();
      expect(await secrets.list('')).toHaveLength(3);
      await secrets.close();
    });

    test.runIf(harness.writable)('refuses an empty value and one beyond the limit without showing it', async () => {
      const secrets = await harness.open({});
      await expect(secrets.put('a', ' ')).rejects.toMatchObject({ code: 'KAZE_SECRETS_VALUE' });
      const error = await secrets.put('a', 'x'.repeat(70_000)).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'KAZE_SECRETS_VALUE' });
      expect(JSON.stringify(error)).not.toContain('xxx');
      await secrets.close();
    });

    test.runIf(!harness.writable)('refuses to store or remove', async () => {
      const secrets = await harness.open(values);
      await expect(secrets.put('a', 'b')).rejects.toMatchObject({ code: 'KAZE_SECRETS_READ_ONLY' });
      await expect(secrets.remove('channels/slack')).rejects.toMatchObject({ code: 'KAZE_SECRETS_READ_ONLY' });
      await secrets.close();
    });
  });
}
