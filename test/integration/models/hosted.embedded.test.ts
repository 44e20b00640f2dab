import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGateway, createKeyRing, type Gateway, parsePolicy } from '#gateway';
import { silentLogger, systemClock, type UsageRow } from '#platform';
import { createEnvironmentSecrets } from '#platform/adapters/secrets/environment';
import { loadCellConfig } from '../../../deploy/cell/config.ts';
import { createModels, modelsText } from '../../../deploy/cell/models.ts';
import { type ModelServer, startModelServer } from '../../support/models/server.ts';
import { anthropicWire } from '../../support/models/wires/anthropic.ts';
import { openAiWire } from '../../support/models/wires/openai.ts';

const ATTRIBUTION = { tenant: 'acme', agent: 'support', task: null, skillVersion: null, channel: null };
const ASK = { messages: [{ role: 'user' as const, content: 'Hello?' }], attribution: ATTRIBUTION };

describe('the models of a cell', () => {
  let server: ModelServer;
  let gateway: Gateway | undefined;
  let rows: UsageRow[];

  beforeEach(async () => {
    server = await startModelServer(anthropicWire);
    rows = [];
  });
  afterEach(async () => {
    await gateway?.close();
    await server.close();
  });

  async function cell(env: Record<string, string>): Promise<{ gateway: Gateway; doctor: string }> {
    const config = loadCellConfig({ env }).values.models;
    const secrets = createEnvironmentSecrets({ env });
    const embedder = { model: 'none', dimensions: 1, embed: async () => [], close: async () => {} };
    const providers = await createModels({ config, embedder: embedder as never });
    const keys = createKeyRing({ secrets, policy: parsePolicy({}), logger: silentLogger });
    const ledger = { recordUsage: async (more: readonly UsageRow[]) => void rows.push(...more) };
    gateway = createGateway({ providers, keys, ledger, clock: systemClock, logger: silentLogger });
    return { gateway, doctor: await modelsText(config, secrets) };
  }

  it('are the offline one alone while no provider has a key', async () => {
    const { gateway, doctor } = await cell({});
    expect((await gateway.complete(ASK)).metadata.provider).toBe('offline');
    expect(doctor).toContain('no provider has a key');
    expect((await gateway.models()).every(({ offline, capabilities }) => offline || capabilities.embeddings)).toBe(
      true,
    );
  });

  it('are taken from a provider as soon as its key is in the environment, before the offline one', async () => {
    const { gateway, doctor } = await cell({
      ANTHROPIC_API_KEY: 'sk-ant-12345678',
      KAZE_MODELS_ANTHROPIC_URL: server.url,
    });
    const answer = await gateway.complete(ASK);
    expect(answer.metadata).toMatchObject({ provider: 'anthropic', offline: false });
    expect(answer.text).toBe('hello');
    expect(server.seen[0]!.headers.authorization).toBe('Bearer sk-ant-12345678');
    expect(rows[0]).toMatchObject({ provider: 'anthropic', keyId: 'anthropic/studio#aef8a370', outcome: 'ok' });
    expect(JSON.stringify([rows, doctor, answer])).not.toContain('12345678');
    expect(doctor).toContain('anthropic (studio key), then offline');
  });

  it('come from every provider in the list, hosted ones before those with an address, the offline one last', async () => {
    const { PROVIDERS } = await import('#gateway/adapters/provider');
    const env = { KAZE_MODELS_OLLAMA_URL: 'http://127.0.0.1:1', KAZE_MODELS_COMPATIBLE_URL: 'http://127.0.0.1:1/v1' };
    const names = async (given: Record<string, string>) => {
      const config = loadCellConfig({ env: given }).values.models;
      return (await createModels({ config, embedder: {} as never })).map(({ name }) => name);
    };
    const hosted = Object.keys(PROVIDERS).filter((name) => name !== 'ollama');
    expect(await names({})).toEqual([...hosted, 'offline']);
    expect(await names(env)).toEqual([...hosted, 'compatible', 'ollama', 'offline']);
  });

  it('are named with whose keys there are: numbered ones of the studio, and those of tenants', async () => {
    const { gateway, doctor } = await cell({
      ANTHROPIC_API_KEY: 'sk-ant-12345678',
      KAZE_SECRET_PROVIDERS__ANTHROPIC__STUDIO__2: 'sk-ant-second',
      KAZE_SECRET_TENANTS__ACME__PROVIDERS__ANTHROPIC: 'sk-ant-of-acme',
      KAZE_SECRET_TENANTS__GLOBEX__PROVIDERS__OPENAI__1: 'sk-of-globex',
      KAZE_SECRET_PROVIDERS__MISTRAL__STUDIO: 'sk-of-nobody',
      KAZE_SECRET_TENANTS__ACME__CHANNELS__SLACK: 'xoxb-no-key-of-a-model',
      KAZE_MODELS_ANTHROPIC_URL: server.url,
    });
    expect(doctor).toBe(
      'anthropic (2 studio keys; keys of acme), openai (keys of globex), then offline (extractive, no network); ' +
        'keys for mistral are there, and no such provider',
    );
    await gateway.complete(ASK);
    expect(server.seen.at(-1)!.headers.authorization).toBe('Bearer sk-ant-of-acme');
    expect(rows[0]).toMatchObject({ keyId: 'anthropic/client#46db5711', outcome: 'ok' });
  });

  it('are asked of a server of one’s own that lists them', async () => {
    const own = await startModelServer(openAiWire);
    const { gateway } = await cell({
      KAZE_MODELS_COMPATIBLE_URL: own.url,
      KAZE_MODELS_COMPATIBLE_NAME: 'vllm',
      KAZE_SECRET_PROVIDERS__VLLM__STUDIO: 'own-key-12345',
    });
    const answer = await gateway.complete({ ...ASK, modelHint: { model: 'vllm/local-1' } });
    expect(answer.metadata).toMatchObject({ provider: 'vllm', model: 'local-1' });
    // Servers of one's own know only the old name of the limit.
    expect(own.seen[0]!.body).toMatchObject({ max_tokens: 1_024 });
    await own.close();
  });
});
