import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { shortHash } from '../../../gateway/use-cases/keys/key-ring.ts';
import { type CellProcess, until } from '../../support/cell/cell-process.ts';
import { type ModelServer, startModelServer } from '../../support/models/server.ts';
import { openAiWire } from '../../support/models/wires/openai.ts';
import { type FreshVault, freshVault } from '../../support/servers/vault.ts';

const ASK = 'query Ask($input: AskInput!) { ask(input: $input) { model answer } }';
const ROWS = `{ usageRows(filter: { tenant: "acme", taskType: "ask" }, first: 500) {
  nodes { provider keyId outcome costMicros agent } } }`;

interface Row {
  readonly provider: string;
  readonly keyId: string | null;
  readonly outcome: string;
  readonly costMicros: number;
  readonly agent: string;
}

/** A Vault without any provider's key in it, and a model server at the address of OpenAI. */
export class KeysInVault {
  vault!: FreshVault;
  upstream!: ModelServer;

  constructor() {
    beforeAll(async () => {
      this.upstream = await startModelServer(openAiWire);
      this.vault = await freshVault(inject('servers').openbao);
    });
    afterAll(() => Promise.all([this.upstream?.close(), this.vault?.drop()]));
  }

  /** Of a cell that keeps its secrets there. */
  async settings(): Promise<Record<string, string>> {
    const { mount, roleId, secretId } = await this.vault.appRole();
    return {
      ...{ KAZE_SECRETS_ENGINE: 'vault', KAZE_SECRETS_URL: this.vault.url, KAZE_SECRETS_MOUNT: this.vault.mount },
      ...{ KAZE_SECRETS_AUTH: 'approle', KAZE_SECRETS_AUTH_MOUNT: mount, KAZE_SECRETS_CACHE_MS: '0' },
      ...{ KAZE_SECRETS_ROLE_ID: roleId, KAZE_SECRETS_SECRET_ID: secretId },
      KAZE_MODELS_OPENAI_URL: this.upstream.url,
    };
  }

  /** Of a cell that has run without a key so far, and answered offline. */
  suite(cell: () => CellProcess): void {
    it('uses a key that is put into Vault, and one that takes its place, without a restart', async () => {
      const { vault, upstream } = this;
      const { pid } = cell();
      const newKey = () => `sk-${randomBytes(16).toString('hex')}`;
      const keys = [newKey(), newKey()] as const;
      const question = { question: 'What is the hotel limit per night in London?', tenant: 'acme' };
      const ask = async () => (await cell().query<{ ask: { model: string } }>(ASK, { input: question })).ask;
      const sentWith = (key: string) =>
        upstream.seen.filter(({ headers }) => headers.authorization === `Bearer ${key}`).length;
      expect((await ask()).model).toContain('extractive');
      expect(upstream.seen).toHaveLength(0);
      for (const key of keys) {
        await vault.put('kaze/providers/openai/studio', { value: key });
        await until(ask, () => sentWith(key) > 0);
      }
      expect((await ask()).model).not.toContain('extractive');
      expect(sentWith(keys[0]) + sentWith(keys[1])).toBe(upstream.seen.length);
      expect(cell().pid).toBe(pid);

      const { usageRows } = await cell().query<{ usageRows: { nodes: Row[] } }>(ROWS);
      const paid = usageRows.nodes.filter(({ provider }) => provider === 'openai');
      expect(paid).toHaveLength(upstream.seen.length);
      for (const key of keys) {
        const own = paid.filter(({ keyId }) => keyId === `openai/studio#${shortHash(key)}`);
        expect(own).toHaveLength(sentWith(key));
        for (const row of own) {
          expect(row).toMatchObject({ agent: 'ask', outcome: 'ok' });
          expect(row.costMicros).toBeGreaterThan(0);
        }
        expect(cell().output + JSON.stringify(usageRows)).not.toContain(key);
      }
    }, 120_000);
  }
}
