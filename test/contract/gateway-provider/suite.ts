import { describe, expect, it } from 'vitest';
import { type CompleteRequest, createGateway, type Delta, type Gateway, type ModelProvider } from '#gateway';
import { silentLogger, systemClock, type UsageRow } from '#platform';

export const ATTRIBUTION = { tenant: 'acme', agent: 'support', task: 't1', skillVersion: 's1', channel: 'terminal' };

export function recordedGateway(...providers: ModelProvider[]): { gateway: Gateway; rows: UsageRow[] } {
  const rows: UsageRow[] = [];
  const ledger = { recordUsage: async (more: readonly UsageRow[]) => void rows.push(...more) };
  return { gateway: createGateway({ providers, ledger, clock: systemClock, logger: silentLogger }), rows };
}

export async function collect(deltas: AsyncIterable<Delta>): Promise<Delta[]> {
  const all: Delta[] = [];
  for await (const delta of deltas) all.push(delta);
  return all;
}

/** What every provider of models keeps behind the gateway, whatever vendor it speaks to. */
export function providerContract(name: string, create: () => ModelProvider): void {
  const ask: CompleteRequest = {
    messages: [
      {
        role: 'user',
        content: [
          { type: 'document', id: 'c1', title: 'Refunds', text: 'Refunds are paid within 14 days of the return.' },
          { type: 'text', text: 'Within how many days are refunds paid?' },
        ],
      },
    ],
    attribution: ATTRIBUTION,
  };

  describe(`model provider ${name}`, () => {
    it('names models of its own provider with room for input and output', async () => {
      const provider = create();
      const models = await provider.models(null);
      expect(models.length).toBeGreaterThan(0);
      for (const model of models) {
        expect(model.provider).toBe(provider.name);
        expect(model.contextTokens).toBeGreaterThanOrEqual(model.maxOutputTokens);
      }
      await provider.close();
    });

    it('answers with text, a stop reason and usage, and leaves one row', async () => {
      const { gateway, rows } = recordedGateway(create());
      const answer = await gateway.complete(ask);
      expect(answer.text).toContain('14');
      expect(answer.stopReason).toBe('end');
      expect(answer.usage.inputTokens).toBeGreaterThan(0);
      expect(answer.usage.outputTokens).toBeGreaterThan(0);
      expect(rows).toHaveLength(1);
      expect(rows[0]).toMatchObject({ ...ATTRIBUTION, id: answer.metadata.id, outcome: 'ok', errorCode: null });
      await gateway.close();
    });

    it('streams the same text in pieces and ends with one finish', async () => {
      const { gateway, rows } = recordedGateway(create());
      const deltas = await collect(gateway.stream(ask));
      const last = deltas.at(-1);
      if (last?.type !== 'finish') throw new Error('the stream did not end with finish');
      expect(deltas.filter(({ type }) => type === 'finish')).toHaveLength(1);
      const text = deltas.flatMap((delta) => (delta.type === 'text' ? [delta.text] : [])).join('');
      expect(text).toBe(last.completion.text);
      expect(text).toContain('14');
      expect(last.completion.metadata.firstTokenMs).not.toBeNull();
      expect(rows).toHaveLength(1);
      await gateway.close();
    });

    it('gives up when cancelled, before the call or in mid-stream, with one row each', async () => {
      const { gateway, rows } = recordedGateway(create());
      await expect(gateway.complete(ask, { signal: AbortSignal.abort() })).rejects.toMatchObject({
        code: 'KAZE_MODEL_CANCELLED',
      });
      for await (const _ of gateway.stream(ask)) break;
      const controller = new AbortController();
      await expect(async () => {
        for await (const _ of gateway.stream(ask, { signal: controller.signal })) controller.abort();
      }).rejects.toMatchObject({ code: 'KAZE_MODEL_CANCELLED' });
      expect(rows.map(({ outcome, errorCode }) => [outcome, errorCode])).toEqual([
        ['cancelled', 'KAZE_MODEL_CANCELLED'],
        ['cancelled', 'KAZE_MODEL_CANCELLED'],
        ['cancelled', 'KAZE_MODEL_CANCELLED'],
      ]);
      expect(new Set(rows.map(({ id }) => id)).size).toBe(3);
      await gateway.close();
    });

    it('calls the tool it must call with arguments that fit its schema, and goes on from the result', async () => {
      const { gateway } = recordedGateway(create());
      const tool = {
        name: 'find_orders',
        description: 'Finds the orders of a customer by e-mail address',
        parameters: {
          type: 'object',
          properties: { email: { type: 'string', format: 'email' }, limit: { type: 'integer' } },
          required: ['email'],
          additionalProperties: false,
        },
      };
      const question = { role: 'user', content: 'Find the orders of jane@example.com, limit 5' } as const;
      const first = await gateway.complete({
        messages: [question],
        tools: [tool],
        toolChoice: { tool: 'find_orders' },
        attribution: ATTRIBUTION,
      });
      expect(first.stopReason).toBe('tool-calls');
      expect(first.toolCalls).toHaveLength(1);
      expect(first.toolCalls[0]).toMatchObject({ name: 'find_orders', arguments: { email: 'jane@example.com' } });
      const second = await gateway.complete({
        messages: [
          question,
          first.message,
          {
            role: 'tool',
            content: [
              { type: 'tool-result', callId: first.toolCalls[0]!.id, name: 'find_orders', content: { order: 'A-77' } },
            ],
          },
        ],
        tools: [tool],
        attribution: ATTRIBUTION,
      });
      expect(second.toolCalls).toEqual([]);
      expect(second.text).toContain('A-77');
      await gateway.close();
    });

    it('keeps within the output that a call allows', async () => {
      const { gateway } = recordedGateway(create());
      const answer = await gateway.complete({ ...ask, limits: { maxOutputTokens: 30 } });
      expect(answer.usage.outputTokens).toBeLessThanOrEqual(30);
      await gateway.close();
    });
  });
}
