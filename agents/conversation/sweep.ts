import {
  type GraphStore,
  Message,
  type NodeOf,
  Person,
  type Principal,
  personPrincipal,
  systemPrincipal,
  Task,
} from '#graph-schema';
import type { Clock, Logger } from '#platform';
import { tenantOfScope } from '../ids.ts';
import { replyId, reportId } from './ids.ts';
import { CANNOT_SAY } from './replies.ts';
import type { TaskReports } from './task-reports.ts';
import { REPORTED_STATES } from './thread-tasks.ts';
import { authorOf, idsThere, type TurnTaker } from './turn-taker.ts';
import { writeAgentMessage } from './write-messages.ts';

export interface SweepOptions {
  readonly store: GraphStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly takers: TurnTaker;
  readonly reports: TaskReports;
  readonly sweepMs: number;
  readonly repairAfterMs: number;
}

export interface Sweep {
  once(signal?: AbortSignal): Promise<{ readonly answered: number; readonly reported: number }>;
  stop(): Promise<void>;
}

const DAY_MS = 24 * 3_600_000;
const BATCH = 500;
const runtime = systemPrincipal('runtime');

/** Looks now and then for what a process that died left undone: messages without an answer, tasks without a report. */
export function startSweep(options: SweepOptions): Sweep {
  const { clock, logger, sweepMs } = options;
  const stopping = new AbortController();
  const once = async (signal: AbortSignal = stopping.signal) => ({
    answered: await answerLeft(options, signal),
    reported: await reportLeft(options, signal),
  });
  const loop = async () => {
    while (!stopping.signal.aborted) {
      await once().catch((err: unknown) => {
        if (!stopping.signal.aborted) logger.warn({ err }, 'threads were not looked through; it is tried again');
      });
      await clock.sleep(sweepMs, stopping.signal).catch(() => {});
    }
  };
  const looping = loop();
  return {
    once,
    async stop() {
      stopping.abort();
      await looping;
    },
  };
}

async function answerLeft({ store, clock, logger, takers, repairAfterMs }: SweepOptions, signal: AbortSignal) {
  const now = clock.now();
  const messages = await store.list(runtime, Message, {
    where: { role: { eq: 'person' }, createdAt: { gte: now - DAY_MS, lt: now - repairAfterMs } },
    orderBy: [{ property: 'createdAt', direction: 'desc' }],
    limit: BATCH,
  });
  const there = await idsThere(
    store,
    runtime,
    messages.map(({ id, scope }) => replyId(scope, id)),
  );
  let answered = 0;
  for (const message of messages.reverse()) {
    if (signal.aborted || there.has(replyId(message.scope, message.id))) continue;
    const done = await answerOne({ store, takers }, message, signal).catch((err: unknown) => {
      logger.warn({ err, message: message.id }, 'a message still has no answer');
      return false;
    });
    if (done) answered++;
  }
  return answered;
}

async function answerOne(
  { store, takers }: Pick<SweepOptions, 'store' | 'takers'>,
  message: NodeOf<typeof Message>,
  signal: AbortSignal,
): Promise<boolean> {
  const conversation = await conversationOf(store, message.id);
  if (conversation === undefined) return false;
  const sender = await senderOf(store, message);
  if (sender) {
    await takers.answer(sender, { conversation, message: message.id, signal });
    return true;
  }
  const id = replyId(message.scope, message.id);
  const author = authorOf(undefined, tenantOfScope(message.scope));
  return (await writeAgentMessage(store, author, { id, conversation, text: CANNOT_SAY })) === 'written';
}

async function conversationOf(store: GraphStore, messageId: string): Promise<string | undefined> {
  const select = {
    properties: { id: 'id' },
    relations: { thread: { field: 'conversation', select: { properties: { id: 'id' } } } },
  };
  const roots = [{ key: 'message', node: 'Message', find: { by: 'id' as const, id: messageId }, select }];
  const { message } = await store.read(runtime, { roots });
  return (message as { thread: { id: string } | null } | null)?.thread?.id;
}

/**
 * The one who sent it, with the least rights that sending needs and within the client alone. Undefined for someone who is
 * gone, may no longer send, or is no person: their rights cannot be told without their token.
 */
async function senderOf(store: GraphStore, message: NodeOf<typeof Message>): Promise<Principal | undefined> {
  const person = await store.get(runtime, Person, message.createdBy);
  if (!person || person.role === 'viewer') return undefined;
  const tenant = tenantOfScope(message.scope);
  return personPrincipal({ id: person.id, name: person.name, role: 'reviewer', tenant });
}

async function reportLeft({ store, clock, logger, reports }: SweepOptions, signal: AbortSignal): Promise<number> {
  const tasks = await store.list(runtime, Task, {
    where: {
      state: { in: [...REPORTED_STATES] },
      updatedAt: { gte: clock.now() - DAY_MS },
      conversation: { some: {} },
    },
    orderBy: [{ property: 'updatedAt', direction: 'desc' }],
    limit: BATCH,
  });
  const there = await idsThere(
    store,
    runtime,
    tasks.map(({ id, scope, state }) => reportId(scope, id, state)),
  );
  let reported = 0;
  for (const { id, scope, state } of tasks) {
    if (signal.aborted || there.has(reportId(scope, id, state))) continue;
    const written = await reports.report(id).catch((err: unknown) => {
      logger.warn({ err, task: id }, 'a thread was not told about its task');
      return false;
    });
    if (written) reported++;
  }
  return reported;
}
