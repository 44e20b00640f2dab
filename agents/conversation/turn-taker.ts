import { agentPrincipal, type GraphStore, Message, type Principal, systemPrincipal, withinTenant } from '#graph-schema';
import type { Logger } from '#platform';
import { conversationError } from './errors.ts';
import { replyId } from './ids.ts';
import { readTeam, type TeamAgent } from './team.ts';
import { readThread, type Thread, type ThreadMessage } from './thread.ts';
import { type GivenFile, type ThreadState, writeState } from './thread-state.ts';
import { decideReply, type Reply, type TurnServices } from './turn.ts';
import { takeState, unknownConversation, writeAgentMessage } from './write-messages.ts';

export interface AnsweredTurn {
  readonly reply?: string;
  readonly task?: string;
  /** The agent asked back and waits for the answer. */
  readonly clarifying: boolean;
}

export interface TurnToTake {
  readonly conversation: string;
  readonly message: string;
  readonly files?: readonly GivenFile[];
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

/** Another message changed what the thread waits for: this turn is decided again. */
class Overtaken extends Error {}

const MOST_ROUNDS = 5;

/**
 * Answers messages, one at a time in a thread. The answer's id is derived from the message's, so a message that was left
 * unanswered by a crash is answered by whoever finds it, once.
 */
export class TurnTaker {
  readonly #services: TurnServices & { readonly logger: Logger };
  /** The turn that runs in each thread of this process; only order hangs on it. */
  readonly #running = new Map<string, Promise<unknown>>();

  constructor(services: TurnServices & { readonly logger: Logger }) {
    this.#services = services;
  }

  /** Errors: those of the answer; the message stays and can be answered again. */
  answer(principal: Principal, turn: TurnToTake): Promise<AnsweredTurn> {
    const before = this.#running.get(turn.conversation) ?? Promise.resolve();
    const next = before.catch(() => {}).then(() => this.#inOrder(principal, turn));
    this.#running.set(turn.conversation, next);
    const done = () => {
      if (this.#running.get(turn.conversation) === next) this.#running.delete(turn.conversation);
    };
    next.then(done, done);
    return next;
  }

  async idle(): Promise<void> {
    await Promise.allSettled(this.#running.values());
  }

  /** What a crash left without an answer comes first: the thread goes on where it stopped. */
  async #inOrder(principal: Principal, turn: TurnToTake): Promise<AnsweredTurn> {
    const { store, logger } = this.#services;
    const thread = await this.#thread(principal, turn.conversation);
    const position = thread.messages.find(({ id }) => id === turn.message)?.position ?? Number.POSITIVE_INFINITY;
    const earlier = thread.messages.filter((message) => message.role === 'person' && message.position < position);
    const answered = await idsThere(
      store,
      principal,
      earlier.map(({ id }) => replyId(thread.scope, id)),
    );
    for (const { id } of earlier.filter((message) => !answered.has(replyId(thread.scope, message.id)))) {
      await this.#take(principal, { ...turn, message: id, files: [] }).catch((error: unknown) => {
        if (turn.signal?.aborted) throw error;
        logger.warn({ err: error, message: id }, 'an earlier message still has no answer');
      });
    }
    return this.#take(principal, turn);
  }

  async #take(principal: Principal, turn: TurnToTake): Promise<AnsweredTurn> {
    for (let round = 1; round <= MOST_ROUNDS; round++) {
      turn.signal?.throwIfAborted();
      const answered = await this.#attempt(principal, turn).catch((error: unknown) => {
        if (error instanceof Overtaken) return undefined;
        throw error;
      });
      if (answered) return answered;
    }
    throw conversationError(
      'KAZE_CONVERSATION_BUSY',
      `the conversation ${turn.conversation} changed ${MOST_ROUNDS} times while the message was answered; it was kept`,
    );
  }

  async #attempt(principal: Principal, turn: TurnToTake): Promise<AnsweredTurn | undefined> {
    const { store, versions } = this.#services;
    const thread = await this.#thread(principal, turn.conversation);
    const message =
      thread.messages.find(({ id }) => id === turn.message) ?? (await findMessage(store, principal, turn));
    const reply = replyId(thread.scope, message.id);
    const before = await store.get(principal, Message, reply);
    if (before) return { reply, clarifying: false };
    const team = await readTeam(store, principal, { tenant: thread.tenant, versions });
    let stored = thread.stored;
    const claim = async (draft: Parameters<Parameters<typeof decideReply>[1]['claim']>[0]) => {
      const to: ThreadState = { ...thread.state, waiting: { ...draft, kind: 'submitting', message: message.id } };
      const taken = await takeState(store, principal, { conversation: thread.id, from: stored, to });
      if (taken === undefined) throw new Overtaken();
      stored = taken;
    };
    const { files = [], signal, timeoutMs } = turn;
    const decided = await decideReply(this.#services, {
      principal,
      thread,
      message,
      team,
      files,
      signal,
      timeoutMs,
      claim,
    });
    return this.#write({ thread, team, reply, decided, stored });
  }

  async #write(by: {
    thread: Thread;
    team: readonly TeamAgent[];
    reply: string;
    decided: Reply;
    stored: string | null;
  }): Promise<AnsweredTurn> {
    const { thread, team, reply, decided, stored } = by;
    const { text, task, chunks, knowledge, waiting } = decided;
    const author = decided.agent ?? team.find(({ id }) => id === thread.agent?.id) ?? team[0];
    const to: ThreadState = { ...thread.state, waiting };
    const written = await writeAgentMessage(this.#services.store, authorOf(author, thread.tenant), {
      id: reply,
      conversation: thread.id,
      text,
      task,
      chunks,
      knowledge,
      agent: decided.agent?.id,
      // A turn that neither ends nor begins a waiting need not contend for it.
      change: writeState(to) === stored ? undefined : { from: stored, to },
    });
    if (written === 'overtaken') throw new Overtaken();
    return { reply, ...(task === undefined ? {} : { task }), clarifying: waiting !== null };
  }

  async #thread(principal: Principal, id: string): Promise<Thread> {
    const thread = await readThread(this.#services.store, principal, id);
    if (!thread) throw unknownConversation(id);
    return thread;
  }
}

export function authorOf(agent: { readonly id: string; readonly name: string } | null | undefined, tenant: string) {
  return agent
    ? agentPrincipal({ id: agent.id, name: agent.name, tenant })
    : withinTenant(systemPrincipal('runtime'), tenant);
}

/** Of the given ids of messages, those that are there. */
export async function idsThere(
  store: GraphStore,
  principal: Principal,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const found = await store.list(principal, Message, { where: { id: { in: [...ids] } }, limit: ids.length });
  return new Set(found.map(({ id }) => id));
}

/** A message so far back that the thread's latest do not hold it. */
async function findMessage(store: GraphStore, principal: Principal, turn: TurnToTake): Promise<ThreadMessage> {
  const message = await store.get(principal, Message, turn.message);
  if (!message) throw unknownConversation(turn.conversation);
  return message;
}
