import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBudgets, createGatewayMetrics, type Gateway, noHistory } from '#gateway';
import { createMemoryBudgetStore } from '#gateway/adapters/budget-store/memory';
import { createOpenAiProvider } from '#gateway/adapters/provider/openai';
import { createLogger, createMetrics, systemClock, type UsageRow } from '#platform';
import { defaultPriceList } from '../../../gateway/prices/index.ts';
import { UPSTREAM_WORDS } from '../../support/models/scene.ts';
import { type ModelServer, type Script, startModelServer } from '../../support/models/server.ts';
import { openAiWire } from '../../support/models/wires/openai.ts';
import { ask, keys, scene } from '../../unit/gateway/flow/setup.ts';

const KEY = 'sk-live-very-secret-0123456789';
const HELLO = { text: ['hel', 'lo'] };

describe('an upstream that fails', () => {
  let server: ModelServer;
  let gateway: Gateway;
  let rows: UsageRow[];
  let budgets: ReturnType<typeof createBudgets>;
  const emitted: string[] = [];
  const metrics = createMetrics();

  beforeEach(async () => {
    server = await startModelServer(openAiWire);
    const logger = createLogger({ level: 'debug', destination: { write: (line) => void emitted.push(line) } });
    budgets = createBudgets({
      ...{ store: createMemoryBudgetStore({ clock: systemClock }), prices: defaultPriceList(), clock: systemClock },
      ...{ logger, history: noHistory, rules: [{ scope: { level: 'cell' }, window: 'total', maxMicros: 1e9 }] },
    });
    ({ gateway, rows } = scene(
      [createOpenAiProvider({ baseUrl: server.url })],
      { timeouts: { firstTokenMs: 30_000, idleMs: 1_500 }, limits: [{ per: 'tenant', concurrency: 4 }] },
      { keys: keys(KEY), budgets, logger, metrics: createGatewayMetrics(metrics) },
    ));
  });
  afterEach(async () => {
    await gateway.close();
    await server.close();
  });

  async function settled(): Promise<void> {
    const [status] = await budgets.status({ tenant: 'acme', agent: 'writer', task: null });
    expect(status).toMatchObject({ openMicros: 0, openTokens: 0 });
    expect(gateway.status()).toMatchObject({ waitingForLimits: 0, waitingForBudgets: 0 });
    // The id of the key in these tests is the key: it may stand in rows, and nowhere else.
    const said = [...emitted, (await metrics.scrape()).text, JSON.stringify(rows.map(({ keyId: _, ...row }) => row))];
    for (const text of said) {
      expect(text).not.toContain(UPSTREAM_WORDS.split(' ')[0]);
      expect(text).not.toContain(KEY);
    }
  }
  const read = async (signal?: AbortSignal) => {
    for await (const _ of gateway.stream(ask(), { signal }));
  };

  it.each<[string, Script]>([
    ['is overloaded', { kind: 'fault', fault: 'overloaded' }],
    ['fails', { kind: 'fault', fault: 'server-error' }],
    ['resets the connection', { kind: 'reset' }],
    ['answers no JSON', { kind: 'not-json' }],
  ])('once is asked again when it %s, for an answer and for a stream', async (_, script) => {
    server.next(script);
    expect((await gateway.complete(ask())).metadata.attempts).toHaveLength(2);
    server.next(script.kind === 'not-json' ? { kind: 'fault', fault: 'server-error' } : script);
    await read();
    expect(rows.map(({ outcome }) => outcome)).toEqual(['error', 'ok', 'error', 'ok']);
    expect(rows.map(({ costMicros }) => costMicros > 0)).toEqual([false, true, false, true]);
    await settled();
  });

  it.each<[string, Script, string]>([
    ['refuses the request', { kind: 'fault', fault: 'bad-request' }, 'KAZE_MODEL_BAD_REQUEST'],
    ['filters the request', { kind: 'fault', fault: 'filtered' }, 'KAZE_MODEL_CONTENT_FILTERED'],
    ['finds the input too long', { kind: 'fault', fault: 'too-long' }, 'KAZE_MODEL_INPUT_TOO_LONG'],
    ['refuses the only key', { kind: 'fault', fault: 'unauthorised' }, 'KAZE_MODEL_CREDENTIAL_REFUSED'],
  ])('is not asked again when it %s', async (_, script, code) => {
    server.next(script);
    await expect(gateway.complete(ask())).rejects.toMatchObject({ code });
    expect(server.seen).toHaveLength(1);
    expect(rows).toMatchObject([{ outcome: 'error', errorCode: code, costMicros: 0 }]);
    await settled();
  });

  it.each(['cut', 'stall', 'garbage', 'error', 'end'] as const)(
    'in the middle of a stream (%s) gives an error, never a whole answer and never a second attempt',
    async (ends) => {
      server.next({ kind: 'broken-stream', scene: HELLO, after: 2, ends });
      await expect(read()).rejects.toMatchObject({ code: expect.stringMatching(/^KAZE_MODEL_/) });
      expect(server.seen).toHaveLength(1);
      expect(rows).toHaveLength(1);
      await settled();
    },
  );

  it('is left with its caller, before the first token and after it, with one row', async () => {
    for (const script of [
      { kind: 'silent' },
      { kind: 'broken-stream', scene: HELLO, after: 2, ends: 'stall' },
    ] as const) {
      server.next(script);
      const gone = new AbortController();
      const call = read(gone.signal).catch((error: unknown) => error);
      const before = rows.length;
      const sent = server.seen.length;
      await expect.poll(() => server.seen.length).toBe(sent + 1);
      gone.abort();
      expect(await call).toMatchObject({ code: 'KAZE_MODEL_CANCELLED' });
      await expect.poll(() => server.seen.at(-1)!.closedAtMs).not.toBeNull();
      expect(rows.length).toBe(before + 1);
    }
    await settled();
  });
});
