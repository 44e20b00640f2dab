import { describe, expect, it } from 'vitest';
import { type Delta, partialOf } from '#gateway';
import { type Fault, type Scene, UPSTREAM_WORDS } from '../../support/models/scene.ts';
import { failure, type HostedSubject, HostedTest, TOOL } from './hosted-test.ts';
import { collect } from './suite.ts';

/** How every hosted provider fails, breaks off and is cancelled: coded, once, and without the vendor's words. */
export function hostedFaults(subject: HostedSubject): void {
  const { wire } = subject;

  describe(`hosted provider ${subject.title ?? wire.name}, faults`, () => {
    const t = new HostedTest(subject);

    it.each<[Fault, string]>([
      ['rate-limit', 'KAZE_MODEL_RATE_LIMITED'],
      ['overloaded', 'KAZE_MODEL_OVERLOADED'],
      ['unauthorised', 'KAZE_MODEL_CREDENTIAL_REFUSED'],
      ['no-credit', 'KAZE_MODEL_ACCOUNT_EXHAUSTED'],
      ['bad-request', 'KAZE_MODEL_BAD_REQUEST'],
      ['too-long', 'KAZE_MODEL_INPUT_TOO_LONG'],
      ['filtered', subject.filtered],
      ['no-model', 'KAZE_MODEL_UNKNOWN'],
      ['server-error', 'KAZE_MODEL_PROVIDER_FAILED'],
    ])('turns %s into %s, tried once, without a word of the vendor', async (fault, code) => {
      t.server.next({ kind: 'fault', fault }, { kind: 'fault', fault });
      for (const work of [() => t.gateway.complete(t.ask()), () => collect(t.gateway.stream(t.ask()))]) {
        const before = t.server.seen.length;
        const error = await failure(work());
        expect(error.code).toBe(code);
        expect(t.server.seen.length - before).toBe(1);
        const told = JSON.stringify([error, error.message, error.fields, String(error.cause ?? ''), t.rows.at(-1)]);
        expect(told).not.toContain(UPSTREAM_WORDS.split(' ')[0]);
        expect(told).not.toContain('sk-');
        expect(error.fields).toMatchObject({ provider: wire.name, key: 'studio-1' });
      }
    });

    it('says how long to wait, by header or as the vendor has it', async () => {
      t.server.next({ kind: 'fault', fault: 'rate-limit', headers: { 'retry-after': '12' } });
      expect((await failure(t.gateway.complete(t.ask()))).fields.retryAfterMs).toBe(12_000);
      t.server.next({ kind: 'fault', fault: 'rate-limit' });
      expect((await failure(t.gateway.complete(t.ask()))).fields.retryAfterMs ?? null).toBe(subject.retryAfterMs);
    });

    it('tells a connection that is reset, a server that is away and an answer that is no JSON apart', async () => {
      t.server.next({ kind: 'reset' }, { kind: 'not-json' });
      expect((await failure(t.gateway.complete(t.ask()))).code).toBe('KAZE_MODEL_UNREACHABLE');
      const garbage = await failure(t.gateway.complete(t.ask()));
      expect(garbage.code).toBe('KAZE_MODEL_BAD_ANSWER');
      expect(JSON.stringify([garbage, garbage.message])).not.toContain('oops');
      await t.server.close();
      expect((await failure(t.gateway.complete(t.ask()))).code).toBe('KAZE_MODEL_UNREACHABLE');
    });

    it('refuses arguments of a tool that are no JSON', async () => {
      const scene: Scene = { toolCalls: [{ id: 'call_a', name: 'find_orders', json: '{"email":' }], stop: 'tools' };
      // On the wire of Anthropic a whole answer holds the arguments as JSON, so only a stream can break them.
      const work = [() => collect(t.gateway.stream(t.ask({ tools: [TOOL] })))];
      if (wire.name !== 'anthropic') work.push(() => t.gateway.complete(t.ask({ tools: [TOOL] })).then(() => []));
      for (const one of work) {
        t.answers(scene);
        expect((await failure(one())).code).toBe('KAZE_MODEL_BAD_ANSWER');
      }
    });

    it.each(['end', 'cut', 'garbage', 'error'] as const)(
      'never makes a stream look whole that breaks off (%s), and keeps what had come',
      async (ends) => {
        const scene: Scene = { text: ['Within ', '14 ', 'days.'] };
        const after =
          wire
            .frames(scene, { method: 'POST', path: '/', headers: {}, body: { model: 'm' } })
            .findIndex((frame) => frame.includes('14 ')) + 1;
        t.server.next({ kind: 'broken-stream', scene, after, ends });
        const deltas: Delta[] = [];
        const error = await failure(
          (async () => {
            for await (const delta of t.gateway.stream(t.ask())) deltas.push(delta);
          })(),
        );
        expect(error.code).toMatch(/^KAZE_MODEL_(STREAM_BROKEN|BAD_ANSWER|OVERLOADED)$/);
        if (ends === 'end' || ends === 'cut') expect(error.code).toBe('KAZE_MODEL_STREAM_BROKEN');
        expect(deltas.some(({ type }) => type === 'finish')).toBe(false);
        expect(partialOf(error)?.text).toBe('Within 14 ');
        expect(partialOf(error)!.usage.inputTokens).toBeGreaterThan(0);
        expect(JSON.stringify([error, error.message])).not.toMatch(/Within|garbled|upstream-secret/);
        expect(t.rows).toHaveLength(1);
        expect(t.rows[0]!.inputTokens).toBeGreaterThan(0);
      },
    );

    type Moment = 'before the answer' | 'before the first token' | 'at the first token' | 'after it';
    it.each<Moment>(['before the answer', 'before the first token', 'at the first token', 'after it'])(
      'closes the connection when it is cancelled %s, with one row',
      async (moment) => {
        const controller = new AbortController();
        const { signal } = controller;
        const silent = moment === 'before the answer' || moment === 'before the first token';
        const scene: Scene = { text: ['Within ', '14 ', 'days.'] };
        t.server.next(silent ? { kind: 'silent' } : { kind: 'broken-stream', scene, after: 20, ends: 'stall' });
        const read = async () => {
          let texts = 0;
          for await (const delta of t.gateway.stream(t.ask(), { signal })) {
            if (delta.type === 'text') texts += 1;
            if (texts === (moment === 'at the first token' ? 1 : 2)) controller.abort();
          }
        };
        const failed = failure(moment === 'before the answer' ? t.gateway.complete(t.ask(), { signal }) : read());
        if (silent) {
          await expect.poll(() => t.server.seen.length).toBe(1);
          controller.abort();
        }
        expect((await failed).code).toBe('KAZE_MODEL_CANCELLED');
        // How soon is measured where the machine is idle: `npm run bench -- gateway`.
        await expect.poll(() => t.server.seen[0]!.closedAtMs).not.toBeNull();
        expect(t.rows).toMatchObject([{ outcome: 'cancelled' }]);
      },
    );

    it('closes the connection when the reader of a stream leaves', async () => {
      t.server.next({ kind: 'broken-stream', scene: { text: ['Within ', '14'] }, after: 5, ends: 'stall' });
      for await (const delta of t.gateway.stream(t.ask())) if (delta.type === 'text') break;
      await expect.poll(() => t.server.seen[0]!.closedAtMs, { interval: 2 }).not.toBeNull();
      expect(t.rows).toHaveLength(1);
    });

    it('ends a stream that stalls when the time of the call is over', async () => {
      t.server.next({ kind: 'broken-stream', scene: { text: ['Within ', '14'] }, after: 1, ends: 'stall' });
      const error = await failure(collect(t.gateway.stream(t.ask({ limits: { timeoutMs: 200 } }))));
      expect(error.code).toBe('KAZE_MODEL_TIMEOUT');
      await expect.poll(() => t.server.seen[0]!.closedAtMs).not.toBeNull();
    });
  });
}
