import { LLMock } from '@copilotkit/aimock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CompleteRequest, createGateway, type Gateway } from '#gateway';
import { silentLogger, systemClock } from '#platform';
import type { HostedSubject } from './hosted-test.ts';
import { ATTRIBUTION, collect } from './suite.ts';

const TOOL = {
  name: 'find_orders',
  description: 'Finds orders',
  parameters: { type: 'object', properties: { email: { type: 'string' } }, required: ['email'] },
};

/** The same vendors against a server that somebody else wrote: what our own fixtures get wrong, it does not. */
export function aimockContract(subject: Pick<HostedSubject, 'wire' | 'create' | 'model'>): void {
  const { wire } = subject;

  describe(`hosted provider ${wire.name}, against aimock`, () => {
    const mock = new LLMock({ port: 0 });
    let gateway: Gateway;

    beforeAll(async () => {
      mock.onMessage('refunds', { content: 'Refunds are paid within 14 days.' });
      mock.onMessage('limited', {
        error: { message: 'slow down', type: 'rate_limit_error' },
        status: 429,
        retryAfter: 3,
      });
      mock.addFixture({
        match: { userMessage: 'orders', hasToolResult: true },
        response: { content: 'Order A-77.' },
      });
      mock.addFixture({
        match: { userMessage: 'orders', hasToolResult: false },
        response: { toolCalls: [{ name: 'find_orders', arguments: '{"email":"jane@example.com"}' }] },
      });
      await mock.start();
      gateway = createGateway({
        providers: [subject.create('http://127.0.0.1:9')],
        credentials: async () => ({ keyId: 'studio', value: 'sk-mock', baseUrl: `${mock.url}${wire.basePath}` }),
        ledger: { recordUsage: async () => {} },
        clock: systemClock,
        logger: silentLogger,
      });
    });
    afterAll(async () => {
      await gateway.close();
      await mock.stop();
    });

    const ask = (content: string, more: Partial<CompleteRequest> = {}): CompleteRequest => ({
      messages: [{ role: 'user', content }],
      modelHint: { model: `${wire.name}/${subject.model}` },
      attribution: ATTRIBUTION,
      ...more,
    });

    it('answers, whole and streamed', async () => {
      expect((await gateway.complete(ask('refunds'))).text).toBe('Refunds are paid within 14 days.');
      const deltas = await collect(gateway.stream(ask('refunds')));
      const texts = deltas.flatMap((delta) => (delta.type === 'text' ? [delta.text] : []));
      expect(texts.length).toBeGreaterThan(1);
      expect(texts.join('')).toBe('Refunds are paid within 14 days.');
      expect(deltas.at(-1)).toMatchObject({ type: 'finish', completion: { stopReason: 'end' } });
    });

    it('calls a tool, whole and streamed, and goes on from its result', async () => {
      const first = await gateway.complete(ask('orders', { tools: [TOOL] }));
      expect(first.stopReason).toBe('tool-calls');
      expect(first.toolCalls[0]).toMatchObject({ name: 'find_orders', arguments: { email: 'jane@example.com' } });
      const deltas = await collect(gateway.stream(ask('orders', { tools: [TOOL] })));
      expect(deltas.filter(({ type }) => type === 'tool-call')).toHaveLength(1);
      const { id: callId } = first.toolCalls[0]!;
      const result = { type: 'tool-result' as const, callId, name: 'find_orders', content: { order: 'A-77' } };
      const messages = [
        { role: 'user' as const, content: 'orders' },
        first.message,
        { role: 'tool' as const, content: [result] },
      ];
      expect((await gateway.complete(ask('orders', { messages, tools: [TOOL] }))).text).toBe('Order A-77.');
    });

    it('is told to wait', async () => {
      await expect(gateway.complete(ask('limited'))).rejects.toMatchObject({
        code: 'KAZE_MODEL_RATE_LIMITED',
        fields: { retryAfterMs: 3_000 },
      });
    });
  });
}
