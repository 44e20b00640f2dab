import { describe, expect, it } from 'vitest';
import { type Delta, type Guardrail, guarded } from '#gateway';
import { ask, completion, FakeProvider, model, scene } from './setup.ts';

function behind(...rails: Guardrail[]) {
  const one = new FakeProvider([model('one', 'm1')]);
  const { gateway, rows } = scene([one]);
  return { one, rows, bare: gateway, gateway: guarded(gateway, rails, { patienceMs: 40 }) };
}

async function read(deltas: AsyncIterable<Delta>): Promise<Delta[]> {
  const all: Delta[] = [];
  for await (const delta of deltas) all.push(delta);
  return all;
}
const said = (deltas: readonly Delta[]) =>
  deltas.flatMap((delta) => (delta.type === 'text' ? [delta.text] : [])).join('');

/** Words in pieces, then the end. */
async function* words(...texts: string[]) {
  for (const text of texts) yield { type: 'text' as const, text };
  yield { type: 'finish' as const, completion: completion(texts.join('')) };
}

describe('guardrails', () => {
  it('cost nothing where there are none', () => {
    const { bare } = behind();
    expect(guarded(bare, [])).toBe(bare);
  });

  it('change requests in their order and answers in the reverse one', async () => {
    const mark = (name: string): Guardrail => ({
      name,
      before: (request) => ({ ...request, messages: [...request.messages, { role: 'user', content: name }] }),
      after: (answer) => ({ ...answer, text: `${answer.text} ${name}` }),
    });
    const { gateway, one } = behind(mark('first'), mark('second'));
    expect((await gateway.complete(ask())).text).toBe('done second first');
    expect(one.calls[0]!.messages.map(({ content }) => content)).toEqual(['hello', 'first', 'second']);
  });

  it.each(['complete', 'stream', 'countTokens'] as const)(
    'refuse before anything is sent (%s), with their reason',
    async (how) => {
      const { gateway, one, rows } = behind({ name: 'polite', before: () => ({ refuse: 'say please' }) });
      const work = how === 'stream' ? read(gateway.stream(ask())) : gateway[how](ask());
      await expect(work).rejects.toMatchObject({
        ...{ code: 'KAZE_GATEWAY_GUARDRAIL_REFUSED', status: 422, fields: { guardrail: 'polite' } },
        message: expect.stringContaining('say please'),
      });
      expect([one.calls.length, rows.length]).toEqual([0, 0]);
    },
  );

  it('refuse texts to embed', async () => {
    const { gateway } = behind({ name: 'mute', beforeEmbed: () => ({ refuse: 'no' }) });
    const { attribution } = ask();
    await expect(gateway.embed({ texts: ['a'], attribution })).rejects.toMatchObject({
      code: 'KAZE_GATEWAY_GUARDRAIL_REFUSED',
    });
  });

  it('hold a stream back until they have seen its answer, which is paid for also when it is refused', async () => {
    const { gateway, one, rows } = behind({
      name: 'clean',
      after: ({ text }) => (text.includes('bad') ? { refuse: 'bad words' } : undefined),
    });
    one.pieces = () => words('all ', 'good');
    expect(said(await read(gateway.stream(ask())))).toBe('all good');
    one.pieces = () => words('all ', 'bad');
    const seen: Delta[] = [];
    const reading = (async () => {
      for await (const delta of gateway.stream(ask())) seen.push(delta);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'KAZE_GATEWAY_GUARDRAIL_REFUSED' });
    expect(seen).toEqual([]);
    expect(rows.map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);
  });

  it('give another answer in place of a streamed one', async () => {
    const { gateway, one } = behind({
      name: 'other',
      after: (answer) => ({ ...answer, text: 'other', message: { role: 'assistant', content: 'other' } }),
    });
    one.pieces = () => words('all ', 'good');
    const deltas = await read(gateway.stream(ask()));
    expect(said(deltas)).toBe('other');
    expect(deltas.at(-1)).toMatchObject({ type: 'finish', completion: { text: 'other' } });
  });

  it('watch a stream that flows, and end it before the piece that they refuse', async () => {
    const { gateway, one, rows } = behind({
      name: 'watcher',
      watch: (text) => (text.includes('secret') ? { refuse: 'secret' } : undefined),
    });
    one.pieces = () => words('the ', 'sec', 'ret ', 'is');
    const seen: Delta[] = [];
    const reading = (async () => {
      for await (const delta of gateway.stream(ask())) seen.push(delta);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'KAZE_GATEWAY_GUARDRAIL_REFUSED' });
    expect(said(seen)).toBe('the sec');
    // The vendor was left.
    expect(rows).toMatchObject([{ outcome: 'cancelled' }]);
  });

  it.each<[string, Guardrail]>([
    ['throws', { name: 'broken', before: () => JSON.parse('{private words') as never }],
    ['says nothing in time', { name: 'broken', before: () => new Promise(() => {}) }],
  ])('let nothing past one that %s, and tell nothing of what it saw', async (_, rail) => {
    const { gateway, one } = behind({ name: 'fine', before: () => undefined }, rail);
    const error = await gateway.complete(ask()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'KAZE_GATEWAY_GUARDRAIL_FAILED', fields: { guardrail: 'broken' } });
    expect(String(error)).not.toContain('private');
    expect(one.calls).toHaveLength(0);
  });

  it('are left with a caller that goes', async () => {
    const leaving = new AbortController();
    const { gateway } = behind({
      name: 'slow',
      before: () => {
        leaving.abort();
        return new Promise(() => {});
      },
    });
    await expect(gateway.complete(ask(), { signal: leaving.signal })).rejects.toMatchObject({
      code: 'KAZE_MODEL_CANCELLED',
    });
  });

  it('keep vendors’ bytes from passing by them', async () => {
    const { gateway } = behind({ name: 'any' });
    expect(await gateway.relay(ask(), {} as never)).toBe(false);
  });
});
