import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOpenAiProvider } from '#gateway/adapters/provider/openai';
import { OPENAI_MODELS } from '../../../../gateway/models/openai.ts';
import { type ModelServer, startModelServer } from '../../../support/models/server.ts';
import { openAiWire } from '../../../support/models/wires/openai.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const ATTRIBUTION = { tenant: 'acme', agent: 'seo', task: null, skillVersion: null, channel: null };

describe('connections to vendors', () => {
  let server: ModelServer;
  beforeEach(async () => {
    server = await startModelServer({ ...openAiWire, basePath: '' });
  });
  afterEach(() => server.close());

  const call = (credential: object) => ({
    ...{ messages: [{ role: 'user' as const, content: 'hello' }], attribution: ATTRIBUTION },
    ...{ model: OPENAI_MODELS[0]!, maxOutputTokens: 100 },
    credential: { keyId: 'studio', value: 'azure-key-1', baseUrl: server.url, ...credential },
  });

  it('reach Azure by its resource and version, each model under the name of its deployment', async () => {
    const { signal } = new AbortController();
    const provider = createOpenAiProvider();
    const azure = { apiVersion: '2026-08-01', deployments: { [OPENAI_MODELS[0]!.name]: 'terra-eu' } };
    await provider.complete(call({ azure }), signal);
    await provider.complete({ ...call({ azure }), model: OPENAI_MODELS[1]! }, signal);
    // Its newer interface has no version, and names the deployment in the body.
    await provider.complete(call({ azure: { deployments: azure.deployments } }), signal);
    expect(server.seen.map(({ path }) => path)).toEqual([
      '/openai/deployments/terra-eu/chat/completions?api-version=2026-08-01',
      `/openai/deployments/${OPENAI_MODELS[1]!.name}/chat/completions?api-version=2026-08-01`,
      '/chat/completions',
    ]);
    expect(server.seen[0]!.headers['api-key']).toBe('azure-key-1');
    expect(server.seen[2]!).toMatchObject({
      headers: { authorization: 'Bearer azure-key-1' },
      body: { model: 'terra-eu' },
    });
  });

  it('name the organisation and the project that a key is used for', async () => {
    const names = { organisation: 'org-1', project: 'proj-1' };
    await createOpenAiProvider().complete(call(names), new AbortController().signal);
    expect(server.seen[0]!.headers).toMatchObject({
      ...{ authorization: 'Bearer azure-key-1', 'openai-organization': 'org-1', 'openai-project': 'proj-1' },
    });
  });

  it('refuse to be sent elsewhere with the key', async () => {
    const elsewhere = await startModelServer(openAiWire);
    const redirecting = await startModelServer({
      ...openAiWire,
      basePath: '',
      other: () => ({ status: 307, headers: { location: `${elsewhere.url}/chat/completions` }, body: '' }),
    });
    const sent = call({ baseUrl: redirecting.url });
    await expect(createOpenAiProvider().complete(sent, new AbortController().signal)).rejects.toMatchObject({
      code: expect.stringMatching(/^KAZE_MODEL_(UNREACHABLE|PROVIDER_FAILED)$/),
    });
    expect(elsewhere.seen).toEqual([]);
    await elsewhere.close();
    await redirecting.close();
  });
});

describe('the packages of the vendors', () => {
  it('are not loaded until a model is called', async () => {
    // Node tells each module that it loads.
    const source = `
      import { PROVIDERS, createProviders } from './gateway/adapters/provider/index.ts';
      const providers = await createProviders(Object.keys(PROVIDERS).map((name) => [name, {}]));
      console.log(providers.map(({ name }) => name).join());
    `;
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--import', '@oxc-node/core/register', '--input-type=module', '--eval', source],
      { cwd: ROOT, env: { ...process.env, NODE_DEBUG: 'esm' }, maxBuffer: 64 * 2 ** 20 },
    );
    expect(stdout).toContain('anthropic,openai,google,ollama');
    expect(stderr).toContain('gateway/adapters/provider/anthropic/index.ts');
    expect(stderr).not.toMatch(/node_modules\/(@anthropic-ai|openai|@google|ollama)\//);
  });
});
