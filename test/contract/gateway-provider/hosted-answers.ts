import { describe, expect, it } from 'vitest';
import { COUNTED_TOKENS, type Scene, VECTOR } from '../../support/models/scene.ts';
import { EVERY_KIND, failure, finished, type HostedSubject, HostedTest, SCHEMA, TOOL } from './hosted-test.ts';
import { ATTRIBUTION, collect } from './suite.ts';

/** What every hosted provider answers, with the vendor's own package against a server that speaks its wire. */
export function hostedAnswers(subject: HostedSubject): void {
  const { wire } = subject;

  describe(`hosted provider ${subject.title ?? wire.name}, answers`, () => {
    const t = new HostedTest(subject);

    it('answers with the text, the reason to stop and every kind of usage that the vendor tells', async () => {
      t.answers({ text: ['Within ', '14 days.'], usage: EVERY_KIND });
      const answer = await t.gateway.complete(t.ask());
      expect(answer.text).toBe('Within 14 days.');
      expect(answer.stopReason).toBe('end');
      expect(answer.usage).toEqual(subject.toldUsage);
      expect(answer.metadata).toMatchObject({ provider: wire.name, model: subject.model, offline: false });
      const { inputTokens, outputTokens, cachedTokens } = subject.toldUsage;
      expect(t.rows).toHaveLength(1);
      expect(t.rows[0]).toMatchObject({ keyId: 'studio-1', inputTokens, outputTokens, cachedTokens, outcome: 'ok' });
    });

    it('streams the text in its pieces and ends with the same answer and usage', async () => {
      t.answers({ text: ['Within ', '14 ', 'days.'], usage: EVERY_KIND });
      const deltas = await collect(t.gateway.stream(t.ask()));
      expect(deltas.flatMap((delta) => (delta.type === 'text' ? [delta.text] : []))).toEqual([
        'Within ',
        '14 ',
        'days.',
      ]);
      expect(finished(deltas)).toMatchObject({ text: 'Within 14 days.', stopReason: 'end', usage: subject.toldUsage });
      expect(finished(deltas).metadata.firstTokenMs).not.toBeNull();
    });

    it('calls a tool, and goes on from its result in the second turn', async () => {
      const question = { role: 'user', content: 'Orders of jane@example.com?' } as const;
      const toolCalls = [{ id: 'call_a', name: 'find_orders', json: '{"email":"jane@example.com"}' }];
      t.answers({ toolCalls, stop: 'tools' });
      const first = await t.gateway.complete(t.ask({ messages: [question], tools: [TOOL] }));
      expect(first.stopReason).toBe('tool-calls');
      expect(first.toolCalls[0]).toMatchObject({ name: 'find_orders', arguments: { email: 'jane@example.com' } });
      const result = { ...{ type: 'tool-result' as const, name: 'find_orders' }, content: { order: 'A-77' } };
      t.answers({ text: ['Order A-77.'] });
      const second = await t.gateway.complete(
        t.ask({
          messages: [
            question,
            first.message,
            { role: 'tool', content: [{ ...result, callId: first.toolCalls[0]!.id }] },
          ],
          tools: [TOOL],
        }),
      );
      expect(second.text).toBe('Order A-77.');
      expect(t.lastBody()).toContain('A-77');
      expect(t.lastBody()).toContain('jane@example.com');
    });

    it('keeps parallel calls apart, whole and streamed', async () => {
      const toolCalls = ['a@b.example', 'c@d.example'].map((email, at) => ({
        ...{ id: `call_${at}`, name: 'find_orders' },
        json: JSON.stringify({ email }),
      }));
      t.server.next(
        { kind: 'scene', scene: { toolCalls, stop: 'tools' } },
        { kind: 'scene', scene: { toolCalls, stop: 'tools' } },
      );
      const whole = await t.gateway.complete(t.ask({ tools: [TOOL] }));
      const deltas = await collect(t.gateway.stream(t.ask({ tools: [TOOL] })));
      const streamed = deltas.flatMap((delta) => (delta.type === 'tool-call' ? [delta.call] : []));
      for (const calls of [whole.toolCalls, streamed, finished(deltas).toolCalls]) {
        expect(calls.map((call) => call.arguments)).toEqual([{ email: 'a@b.example' }, { email: 'c@d.example' }]);
        expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
      }
    });

    it('sends which tool must be called', async () => {
      const toolCalls = [{ id: 'call_a', name: 'find_orders', json: '{"email":"a"}' }];
      t.answers({ toolCalls, stop: 'tools' });
      const other = { ...TOOL, name: 'cancel_order' };
      await t.gateway.complete(t.ask({ tools: [TOOL, other], toolChoice: { tool: 'find_orders' } }));
      const body = t.server.seen.at(-1)!.body;
      const choice = JSON.stringify([body.tool_choice, body.toolConfig, body.tools]);
      expect(choice).toContain('find_orders');
      if (wire.name === 'ollama') expect(choice).not.toContain('cancel_order');
      else expect(JSON.stringify([body.tool_choice, body.toolConfig])).toMatch(/find_orders/);
    });

    it('gives a value that was checked against the schema, and refuses one that does not fit', async () => {
      t.answers({ text: ['{"days":', '14}'] });
      const answer = await t.gateway.complete(t.ask({ responseSchema: SCHEMA }));
      expect(answer.value).toEqual({ days: 14 });
      expect(t.lastBody()).toContain('"days"');
      for (const text of ['{"days":"many"}', 'in a fortnight']) {
        t.answers({ text: [text], usage: EVERY_KIND });
        const error = await failure(t.gateway.complete(t.ask({ responseSchema: SCHEMA })));
        expect(error.code).toBe('KAZE_MODEL_CANNOT_ANSWER');
        // Paid for all the same.
        expect(t.rows.at(-1)).toMatchObject({ outputTokens: subject.toldUsage.outputTokens, outcome: 'error' });
      }
      t.answers({ text: ['{"days":'], stop: 'length' });
      expect((await failure(t.gateway.complete(t.ask({ responseSchema: SCHEMA })))).message).toContain('cut');
    });

    it('sends system messages, images and documents', async () => {
      t.answers({ text: ['ok'] });
      await t.gateway.complete(
        t.ask({
          messages: [
            { role: 'system', content: 'Be brief.' },
            {
              role: 'user',
              content: [
                { type: 'image', mediaType: 'image/png', source: { data: 'iVBORw0KGgo=' } },
                { type: 'document', id: 'c1', title: 'Refunds', text: 'Refunds are paid within 14 days.' },
                { type: 'text', text: 'When?' },
              ],
            },
          ],
        }),
      );
      for (const part of ['Be brief.', 'iVBORw0KGgo=', 'Refunds are paid within 14 days.', 'When?'])
        expect(t.lastBody()).toContain(part);
    });

    it('cites documents with their exact words, whole and streamed', async () => {
      const text = 'All sales are final. Refunds are paid within 14 days of the return. Ask the desk.';
      const start = text.indexOf('Refunds');
      const cites = [{ document: 1, start, end: text.indexOf(' Ask') }];
      const scene: Scene =
        wire.name === 'anthropic'
          ? { text: ['Paid within 14 days.'], cites }
          : { text: ['Refunds are paid ', 'within 14 days [2].'] };
      t.server.next({ kind: 'scene', scene }, { kind: 'scene', scene });
      const request = t.ask({
        messages: [
          {
            role: 'user',
            content: [
              { type: 'document', id: 'c1', text: 'Shipping takes three days.' },
              { type: 'document', id: 'c2', title: 'Refunds', text },
              { type: 'text', text: 'When are refunds paid?' },
            ],
          },
        ],
      });
      const whole = await t.gateway.complete(request);
      const deltas = await collect(t.gateway.stream(request));
      for (const answer of [whole, finished(deltas)]) {
        expect(answer.text).toContain('[2]');
        expect(answer.citations).toHaveLength(1);
        const [citation] = answer.citations;
        expect(citation).toMatchObject({ number: 2, documentId: 'c2', title: 'Refunds' });
        expect(text.slice(citation!.start, citation!.end)).toBe(citation!.quote);
        expect(citation!.quote).toContain('within 14 days');
      }
      expect(deltas.filter(({ type }) => type === 'citation')).toHaveLength(1);
      const pieces = deltas.flatMap((delta) => (delta.type === 'text' ? [delta.text] : []));
      expect(pieces.join('')).toBe(finished(deltas).text);
    });

    it('gives out what the model thought, and hands it back as it was signed', async () => {
      const scene: Scene = { reasoning: { text: 'Look it up.', signature: 'c2lnbmVk' }, text: ['14 days.'] };
      t.server.next({ kind: 'scene', scene }, { kind: 'scene', scene });
      const whole = await t.gateway.complete(t.ask());
      const deltas = await collect(t.gateway.stream(t.ask()));
      const thoughts = deltas.flatMap((delta) => (delta.type === 'reasoning' ? [delta] : []));
      expect(thoughts.map((thought) => thought.text).join('')).toBe('Look it up.');
      // The mark comes with its thought, not only at the end: readers of the stream hand it back too.
      const marks = thoughts.flatMap(({ signature }) => (signature ? [signature] : []));
      expect(marks).toEqual(subject.signsReasoning ? [{ provider: wire.name, value: 'c2lnbmVk' }] : []);
      for (const { message, text } of [whole, finished(deltas)]) {
        expect(text).toBe('14 days.');
        const [thought] = typeof message.content === 'string' ? [] : message.content;
        expect(thought).toMatchObject({ type: 'reasoning', text: 'Look it up.' });
        if (!subject.signsReasoning) continue;
        expect(thought).toHaveProperty('signature', { provider: wire.name, value: 'c2lnbmVk' });
        t.answers({ text: ['ok'] });
        const again = { role: 'user', content: 'Sure?' } as const;
        await t.gateway.complete(t.ask({ messages: [{ role: 'user', content: 'When?' }, message, again] }));
        expect(t.lastBody()).toContain('c2lnbmVk');
        expect(t.lastBody()).toContain('Look it up.');
      }
    });

    it('says when the answer was cut, and when it was withheld', async () => {
      t.answers({ text: ['Within'], stop: 'length' });
      expect((await t.gateway.complete(t.ask())).stopReason).toBe('length');
      if (!subject.withholds) return;
      t.answers({ text: ['I'], stop: 'filter' });
      expect((await t.gateway.complete(t.ask())).stopReason).toBe('content-filter');
    });

    it('counts tokens by the vendor where it counts, else bounds them by bytes', async () => {
      const count = await t.gateway.countTokens(t.ask());
      expect(count.model).toBe(subject.model);
      if (subject.countsTokens) expect(count).toMatchObject({ tokens: COUNTED_TOKENS, exact: true });
      else expect(count).toMatchObject({ exact: false });
      expect(count.tokens).toBeGreaterThanOrEqual('When are refunds paid?'.length / 4);
    });

    it('gives one vector a text, in their order', async () => {
      const { embeddingModel } = subject;
      if (embeddingModel === null) {
        expect((await t.gateway.models()).some(({ capabilities }) => capabilities.embeddings)).toBe(false);
        return;
      }
      const embed = () =>
        t.gateway.embed({
          texts: ['one', 'two'],
          modelHint: { model: `${wire.name}/${embeddingModel}` },
          attribution: ATTRIBUTION,
        });
      const { vectors, dimensions, usage } = await embed();
      expect(dimensions).toBe(VECTOR.length);
      expect(vectors.map((vector) => [...vector])).toEqual([VECTOR, VECTOR]);
      expect(usage.inputTokens).toBeGreaterThan(0);
      expect(t.rows).toHaveLength(1);
    });

    it('has a model for every level, and room in each for input and output', async () => {
      const models = await t.gateway.models();
      for (const { provider, contextTokens, maxOutputTokens, capabilities } of models) {
        expect(provider).toBe(wire.name);
        expect(contextTokens).toBeGreaterThanOrEqual(maxOutputTokens);
        expect(capabilities.chat || capabilities.embeddings).toBe(true);
      }
      expect(models.some(({ tiers }) => tiers.includes('balanced'))).toBe(true);
    });
  });
}
