import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EventBus, type KazeEvent, newId } from '#platform';
import type { DeliveryOptions, EventBusCapabilities } from '../../../platform/adapters/event-bus/delivery.ts';

export interface EventBusHarness {
  readonly capabilities: EventBusCapabilities;
  /** Another handle on the same cell's bus; within one process where it reaches no other. */
  open(options?: DeliveryOptions): Promise<EventBus>;
}

export function event(subject: string, change: Partial<KazeEvent> = {}): KazeEvent {
  return { id: newId(), subject, at: 1_700_000_000_000, scope: 'tenant:acme', data: { taskId: 't1' }, ...change };
}

/** Waits until the condition holds; long enough for a loaded machine. */
export const eventually = { timeout: 60_000, interval: 20 };

export function eventBusContract(name: string, harness: EventBusHarness): void {
  describe(`event bus on ${name}`, () => {
    let bus: EventBus;
    let part = 0;
    /** Subjects and names of one test, which no other test uses. */
    const own = () => {
      part += 1;
      return `test${part}-${Date.now().toString(36)}`;
    };

    beforeAll(async () => {
      bus = await harness.open({ firstPauseMs: 50, maxDeliveries: 4 });
    });
    afterAll(() => bus.close());

    test('delivers an event with all its fields to an anonymous subscriber and to a durable one', async () => {
      const area = own();
      const seen: KazeEvent[] = [];
      const kept: KazeEvent[] = [];
      const a = await bus.subscribe(`${area}.changed.v1`, (e) => void seen.push(e));
      const b = await bus.subscribe(`${area}.changed.v1`, (e) => void kept.push(e), { durable: area });
      const sent = event(`${area}.changed.v1`, {
        data: { text: 'ünï "quoted" 🌀', big: 2 ** 53 - 1, no: false, nil: null },
      });
      await bus.publish(sent);
      await expect.poll(() => [seen, kept], eventually).toEqual([[sent], [sent]]);
      await Promise.all([a.stop(), b.stop()]);
    });

    test.each([
      ['*.changed.v1', ['task.changed.v1'], ['task.sub.changed.v1', 'changed.v1']],
      ['task.*.v1', ['task.changed.v1', 'task.done.v1'], ['task.changed.v2', 'task.v1']],
      ['task.>', ['task.changed.v1', 'task.x'], ['task', 'tasks.changed.v1']],
    ])('the pattern %s takes %j and not %j', async (pattern, wanted, others) => {
      const area = own();
      const seen: string[] = [];
      const subscription = await bus.subscribe(`${area}.${pattern}`, (e) => void seen.push(e.subject));
      for (const subject of [...others, ...wanted]) await bus.publish(event(`${area}.${subject}`));
      await expect.poll(() => seen.length, eventually).toBe(wanted.length);
      expect([...seen].sort()).toEqual(wanted.map((subject) => `${area}.${subject}`).sort());
      await subscription.stop();
    });

    test('an id published again reaches a durable subscriber once', async () => {
      const area = own();
      const seen: string[] = [];
      const subscription = await bus.subscribe(`${area}.>`, (e) => void seen.push(e.id), { durable: area });
      const twice = event(`${area}.done.v1`);
      const last = event(`${area}.done.v1`);
      await bus.publish(twice);
      await bus.publish(twice);
      await bus.publish(last);
      await expect.poll(() => seen, eventually).toContain(last.id);
      expect(seen).toEqual([twice.id, last.id]);
      await subscription.stop();
    });

    test('keeps events for a durable subscriber that is away, and none from before it first came', async () => {
      const area = own();
      await bus.publish(event(`${area}.early.v1`));
      await (await bus.subscribe(`${area}.>`, () => {}, { durable: area })).stop();
      const missed = [event(`${area}.done.v1`), event(`${area}.done.v1`)];
      for (const e of missed) await bus.publish(e);
      const seen: string[] = [];
      const subscription = await bus.subscribe(`${area}.>`, (e) => void seen.push(e.id), { durable: area });
      await expect.poll(() => [...seen].sort(), eventually).toEqual(missed.map((e) => e.id).sort());
      await subscription.stop();
    });

    test('delivers again after a handler threw, with growing pauses, and gives up at the limit', async () => {
      const area = own();
      const times: number[] = [];
      const good: string[] = [];
      const poison = event(`${area}.poison.v1`);
      const fine = event(`${area}.fine.v1`);
      const handler = (e: KazeEvent) => {
        if (e.id !== poison.id) return void good.push(e.id);
        times.push(Date.now());
        throw new Error('no');
      };
      const subscription = await bus.subscribe(`${area}.>`, handler, { durable: area });
      await bus.publish(poison);
      await bus.publish(fine);
      // The failing one does not hold up the others.
      await expect.poll(() => good, eventually).toEqual([fine.id]);
      await expect.poll(() => times.length, eventually).toBe(4);
      const pauses = times.slice(1).map((at, index) => at - times[index]!);
      expect(pauses[0]).toBeGreaterThanOrEqual(45);
      expect(pauses[2]).toBeGreaterThanOrEqual(190);
      const sentinel = event(`${area}.last.v1`);
      await bus.publish(sentinel);
      await expect.poll(() => good, eventually).toContain(sentinel.id);
      expect(times).toHaveLength(4);
      await subscription.stop();
    });

    test('subscribers of one durable name share the events, each event goes to one of them', async () => {
      const area = own();
      const other = harness.capabilities.reachesOtherProcesses ? await harness.open() : bus;
      const first: string[] = [];
      const second: string[] = [];
      const slow = (into: string[]) => async (e: KazeEvent) => {
        into.push(e.id);
        await new Promise((resolve) => setTimeout(resolve, 5));
      };
      const a = await bus.subscribe(`${area}.>`, slow(first), { durable: area });
      const b = await other.subscribe(`${area}.>`, slow(second), { durable: area });
      const sent = Array.from({ length: 60 }, () => event(`${area}.done.v1`));
      await Promise.all(sent.map((e) => bus.publish(e)));
      await expect.poll(() => first.length + second.length, eventually).toBe(60);
      expect(new Set([...first, ...second]).size).toBe(60);
      expect(Math.min(first.length, second.length)).toBeGreaterThan(0);
      await Promise.all([a.stop(), b.stop()]);
      if (other !== bus) await other.close();
    });

    test('an anonymous subscription whose handler throws goes on with the next event', async () => {
      const area = own();
      const seen: string[] = [];
      const handler = (e: KazeEvent) => {
        seen.push(e.subject);
        if (seen.length === 1) throw new Error('no');
      };
      const subscription = await bus.subscribe(`${area}.>`, handler);
      await bus.publish(event(`${area}.one.v1`));
      await bus.publish(event(`${area}.two.v1`));
      await expect.poll(() => seen, eventually).toEqual([`${area}.one.v1`, `${area}.two.v1`]);
      await subscription.stop();
    });

    test('stopping waits for the running handler and delivers nothing more', async () => {
      const area = own();
      let finish = () => {};
      const gate = new Promise<void>((resolve) => {
        finish = resolve;
      });
      const ended: string[] = [];
      let begun = 0;
      const handler = async (e: KazeEvent) => {
        begun += 1;
        await gate;
        ended.push(e.id);
      };
      const subscription = await bus.subscribe(`${area}.>`, handler, { durable: area });
      await bus.publish(event(`${area}.one.v1`));
      await expect.poll(() => begun, eventually).toBe(1);
      let stopped = false;
      const stopping = subscription.stop().then(() => {
        stopped = true;
      });
      await bus.publish(event(`${area}.two.v1`));
      expect(stopped).toBe(false);
      finish();
      await stopping;
      expect([begun, ended.length]).toEqual([1, 1]);
    });

    test.each([
      ['a subject with a space', { subject: 'task changed.v1' }],
      ['a subject with a wildcard', { subject: 'task.*' }],
      ['an empty part', { subject: 'task..v1' }],
      ['an empty id', { id: '' }],
      ['data beyond the limit', { data: { text: 'x'.repeat(70_000) } }],
    ])('refuses %s', async (_what, change) => {
      await expect(bus.publish(event('task.changed.v1', change))).rejects.toMatchObject({ code: 'KAZE_BUS_INPUT' });
    });

    test('refuses a malformed pattern and a malformed durable name', async () => {
      const wrong = { code: 'KAZE_BUS_INPUT' };
      await expect(bus.subscribe('a.>.b', () => {})).rejects.toMatchObject(wrong);
      await expect(bus.subscribe('a.b*', () => {})).rejects.toMatchObject(wrong);
      await expect(bus.subscribe('a.b', () => {}, { durable: 'with space' })).rejects.toMatchObject(wrong);
    });

    test('says that it is unavailable once it was closed', async () => {
      const closed = await harness.open();
      expect(await closed.healthy()).toBe(true);
      await closed.close();
      expect(await closed.healthy()).toBe(false);
      await expect(closed.publish(event('task.changed.v1'))).rejects.toMatchObject({ code: 'KAZE_BUS_UNAVAILABLE' });
    });
  });
}
