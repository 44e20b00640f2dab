import { describe, expect, it } from 'vitest';
import type { Delta } from '#gateway';
import { EVERY_KIND, finished, type HostedSubject, HostedTest, TOOL } from './hosted-test.ts';
import { collect } from './suite.ts';

/** How every hosted provider ends at stop sequences, and gives out calls of tools while they come. */
export function hostedStreams(subject: HostedSubject): void {
  const { wire } = subject;

  describe(`hosted provider ${subject.title ?? wire.name}, streams`, () => {
    const t = new HostedTest(subject);
    const textOf = (deltas: readonly Delta[]) =>
      deltas.flatMap((delta) => (delta.type === 'text' ? [delta.text] : [])).join('');

    it('ends before a stop sequence, whole and streamed, also one that the vendor lets through in pieces', async () => {
      const scene = { text: ['Step one. ST', 'O', 'P Step two.', ' More.'], usage: EVERY_KIND };
      const limits = { stop: ['never', 'STOP'] };
      t.server.next({ kind: 'scene', scene }, { kind: 'scene', scene });
      const whole = await t.gateway.complete(t.ask({ limits }));
      const deltas = await collect(t.gateway.stream(t.ask({ limits })));
      expect(textOf(deltas)).toBe('Step one. ');
      for (const answer of [whole, finished(deltas)]) {
        expect(answer).toMatchObject({ text: 'Step one. ', stopReason: 'end', stopSequence: 'STOP' });
        expect(answer.message.content).toEqual([{ type: 'text', text: 'Step one. ' }]);
        // What the vendor wrote behind it is paid for.
        expect(answer.usage).toEqual(subject.toldUsage);
      }
      expect(t.rows.map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);
    });

    it('gives out what only looked like the beginning of a stop sequence', async () => {
      t.answers({ text: ['Almost S', 'TO', 'P'] });
      const deltas = await collect(t.gateway.stream(t.ask({ limits: { stop: ['STOP.'] } })));
      expect(textOf(deltas)).toBe('Almost STOP');
      expect(finished(deltas)).toMatchObject({ text: 'Almost STOP', stopReason: 'end' });
      expect(finished(deltas)).not.toHaveProperty('stopSequence');
    });

    it('gives out a call of a tool while it comes, where the vendor does, and whole in any case', async () => {
      const calls = ['a@b.example', 'c@d.example'].map((email, at) => ({
        ...{ id: `call_${at}`, name: 'find_orders', json: JSON.stringify({ email }) },
      }));
      t.answers({ text: ['Looking.'], toolCalls: calls, stop: 'tools' });
      const deltas = await collect(t.gateway.stream(t.ask({ tools: [TOOL] })));
      const pieces = new Map<string, { name: string; json: string }>();
      const whole: string[] = [];
      for (const delta of deltas) {
        if (delta.type === 'tool-call-start') pieces.set(delta.id, { name: delta.name, json: '' });
        // Pieces of a call stand between its beginning and its end.
        if (delta.type === 'tool-call-json') {
          expect(whole).not.toContain(delta.id);
          pieces.get(delta.id)!.json += delta.json;
        }
        if (delta.type === 'tool-call') whole.push(delta.call.id);
      }
      expect(whole).toHaveLength(2);
      if (subject.streamsArguments) {
        expect([...pieces.keys()]).toEqual(whole);
        expect([...pieces.values()]).toEqual(calls.map(({ name, json }) => ({ name, json })));
        expect(deltas.filter(({ type }) => type === 'tool-call-json').length).toBeGreaterThan(2);
      } else expect(pieces.size).toBe(0);
    });
  });
}
