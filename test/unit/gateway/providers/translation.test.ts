import { describe, expect, it } from 'vitest';
import { createGateway, type ModelInfo, type ModelProvider } from '#gateway';
import { silentLogger, systemClock } from '#platform';
import { createProviders, PROVIDERS } from '../../../../gateway/adapters/provider/index.ts';
import { Clients } from '../../../../gateway/adapters/provider/translation/clients.ts';
import { HostedProvider } from '../../../../gateway/adapters/provider/translation/hosted-provider.ts';
import { LiveModels } from '../../../../gateway/adapters/provider/translation/live-models.ts';
import { citationsIn } from '../../../../gateway/adapters/provider/translation/passages.ts';

const documents = [
  { type: 'document' as const, id: 'a', text: 'Shipping takes three days. Express takes one.' },
  { type: 'document' as const, id: 'b', title: 'Refunds', text: 'Refunds are paid within\n14 days of the return.' },
];
const cited = (text: string) => citationsIn(text, documents).map(({ documentId, quote }) => [documentId, quote]);

describe('citations read back from marks', () => {
  it('quote what the statement says word for word, across line breaks', () => {
    expect(cited('Refunds are paid within 14 days of the return. [2]')).toEqual([
      ['b', 'Refunds are paid within\n14 days of the return'],
    ]);
  });

  it('quote what stands in quotation marks', () => {
    expect(cited('The handbook says “Express takes one” [1].')).toEqual([['a', 'Express takes one']]);
  });

  it('quote the sentence that shares most of the words of a statement in other words', () => {
    expect(cited('Shipping usually takes three days [1].')).toEqual([['a', 'Shipping takes three days.']]);
  });

  it('take several marks behind one statement', () => {
    expect(cited('Express takes one [1][2].').map(([id]) => id)).toEqual(['a']);
    expect(cited('Refunds are paid within 14 days [1, 2].').map(([id]) => id)).toEqual(['b']);
  });

  it('give nothing for a number without a document, or a statement that the document does not hold', () => {
    expect(cited('Refunds are paid within 14 days [7].')).toEqual([]);
    expect(cited('Elephants never forget anything important [1].')).toEqual([]);
    expect(cited('See [1].')).toEqual([]);
  });
});

describe('clients of SDKs', () => {
  it('are one a credential, another for a rotated key, and no more than are bounded', async () => {
    let made = 0;
    const clients = new Clients(async () => ++made);
    const key = (value: string) => ({ keyId: 'studio', value });
    expect(await clients.get(key('one'))).toBe(1);
    expect(await clients.get(key('one'))).toBe(1);
    expect(await clients.get(key('two'))).toBe(2);
    for (let at = 0; at < 64; at += 1) await clients.get(key(`more-${at}`));
    expect(await clients.get(key('one'))).toBe(67);
  });

  it('are made anew after one could not be made', async () => {
    let fails = true;
    const clients = new Clients(async () => {
      if (fails) throw new Error('no');
      return 'client';
    });
    await expect(clients.get(null)).rejects.toThrow('no');
    fails = false;
    expect(await clients.get(null)).toBe('client');
  });
});

describe('models that a server lists', () => {
  it('are asked for once for all who ask at the same time, and are none when the server is away', async () => {
    let asked = 0;
    const live = new LiveModels(async () => {
      asked += 1;
      return [];
    });
    await Promise.all([live.get(), live.get(), live.get()]);
    await live.get();
    expect(asked).toBe(1);
    const away = new LiveModels(() => Promise.reject(new Error('ECONNREFUSED')));
    expect(await away.get()).toEqual([]);
  });
});

describe('providers', () => {
  const model: ModelInfo = {
    ...{ provider: 'parrot', name: 'polly', tiers: ['balanced'], offline: false },
    ...{ contextTokens: 100_000, maxOutputTokens: 100 },
    capabilities: { chat: true, tools: false, vision: false, json: false, embeddings: false },
  };
  /** A whole provider of a new vendor: what a folder would hold. */
  function createParrot(): ModelProvider {
    return new HostedProvider<string>({
      ...{ name: 'parrot', needsCredential: true, failures: [] },
      connect: async (credential) => `polly with ${credential?.keyId}`,
      models: async () => [model],
      async *complete(client) {
        yield { type: 'text', text: client };
        yield { type: 'stop', reason: 'end' };
      },
      async *stream(client) {
        yield { type: 'text', text: client };
      },
      embed: () => Promise.reject(new Error('parrots give no vectors')),
    });
  }

  it('are added by a vendor and a line in the list', async () => {
    const providers = await createProviders([['parrot', {}]], { ...PROVIDERS, parrot: async () => createParrot() });
    const gateway = createGateway({
      ...{ providers, clock: systemClock, logger: silentLogger, ledger: { recordUsage: async () => {} } },
      credentials: async (provider) => ({ keyId: `${provider}/studio`, value: 'seeds' }),
    });
    const attribution = { tenant: 'acme', agent: 'seo', task: null, skillVersion: null, channel: null };
    const request = { messages: [{ role: 'user' as const, content: 'hello' }], attribution };
    const answer = await gateway.complete(request);
    expect(answer.text).toBe('polly with parrot/studio');
    // Told by nobody, so bounded from above.
    expect(answer.usage).toMatchObject({ estimated: true, outputTokens: answer.text.length });
    expect(await gateway.countTokens(request)).toMatchObject({ exact: false });
    await expect(async () => {
      for await (const _ of gateway.stream(request));
    }).rejects.toMatchObject({ code: 'KAZE_MODEL_STREAM_BROKEN' });
  });

  it('that are not there are refused by name', () => {
    expect(() => createProviders([['nobody', {}]])).toThrow(/nobody.*anthropic, openai, google, ollama/);
  });

  it('say that their key is missing when they are called without one', async () => {
    const call = { messages: [], model, maxOutputTokens: 1, credential: null };
    const attribution = { tenant: 'a', agent: 'b', task: null, skillVersion: null, channel: null };
    await expect(createParrot().complete({ ...call, attribution }, new AbortController().signal)).rejects.toMatchObject(
      {
        code: 'KAZE_MODEL_CREDENTIAL_MISSING',
      },
    );
  });
});
