import {
  Conversation,
  type Embedder,
  type GraphStore,
  type Principal,
  requireWrite,
  Tenant,
  tenantScope,
} from '#graph-schema';
import type { Clock, EventBus, Logger } from '#platform';
import type { Answering } from '../answering/index.ts';
import type { SkillHandlers } from '../registry/skill-handlers.ts';
import { SkillVersions } from '../runtime/skill-versions.ts';
import { conversationError } from './errors.ts';
import type { TaskSubmission } from './ports/task-submission.ts';
import { createRouter, type Router } from './routing/router.ts';
import { startSweep } from './sweep.ts';
import { TaskReports } from './task-reports.ts';
import { readTeam, requireAgent } from './team.ts';
import { readThread } from './thread.ts';
import type { GivenFile } from './thread-state.ts';
import { type AnsweredTurn, TurnTaker } from './turn-taker.ts';
import { unknownConversation, writePersonMessage } from './write-messages.ts';

export interface ConversationsOptions {
  readonly store: GraphStore;
  readonly answering: Answering;
  readonly tasks: TaskSubmission;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Events of tasks; without it the sweep alone brings reports into threads. */
  readonly bus?: EventBus;
  /** Meaning for the router, beside words. */
  readonly embedder?: Embedder;
  /** In place of the router that is made from the embedder. */
  readonly router?: Router;
  /** Tells which inputs stand in for tools, so that they are asked for before the submission. */
  readonly handlers?: SkillHandlers;
  /** Milliseconds between looks for messages without an answer and tasks without a report; default 60,000. */
  readonly sweepMs?: number;
  /** A message that is that old and has no answer was left by a process that died; default 120,000 milliseconds. */
  readonly repairAfterMs?: number;
}

export interface SentMessage {
  /** 1 to 100,000 characters. */
  readonly text: string;
  readonly tenant?: string;
  /** The thread to go on with; only the one who began it may. */
  readonly conversation?: string;
  /** Name of the agent; the router chooses among all agents of the client when left out. */
  readonly agent?: string;
  readonly channel: string;
  /** Files handed in before; without the name of an input they are what the agent asked for. */
  readonly files?: ReadonlyArray<{ readonly input?: string; readonly upload: GivenFile['upload'] }>;
}

export interface SentTurn extends AnsweredTurn {
  readonly conversation: string;
  readonly message: string;
}

export interface Conversations {
  /**
   * One turn: the message is kept, then answered. Errors: KAZE_CONVERSATION_*, KAZE_AGENT_UNKNOWN, KAZE_GRAPH_FORBIDDEN
   * before it is kept; KAZE_MODEL_*, KAZE_SEARCH_UNAVAILABLE and the like after, and then it is answered later.
   */
  send(
    principal: Principal,
    message: SentMessage,
    limits?: { readonly signal?: AbortSignal; readonly timeoutMs?: number },
  ): Promise<SentTurn>;
  /** Answers what was left without an answer and reports what was left unreported; gives how many of both. */
  sweep(signal?: AbortSignal): Promise<{ readonly answered: number; readonly reported: number }>;
  close(): Promise<void>;
}

export const MAX_MESSAGE = 100_000;

/**
 * Threads between people and agents. Everything is in the graph: a thread goes on after a restart, in any process.
 *
 *     const conversations = await createConversations({ store, answering, tasks, embedder, bus, clock, logger });
 *     await conversations.send(me, { text: 'What can you do?', tenant: 'acme', channel: 'terminal' });
 */
export async function createConversations(options: ConversationsOptions): Promise<Conversations> {
  const { store, answering, tasks, clock, logger, bus, handlers } = options;
  const versions = new SkillVersions(store);
  const router = options.router ?? createRouter({ embedder: options.embedder, logger });
  const takers = new TurnTaker({ store, answering, tasks, router, versions, handlers, logger });
  const reports = new TaskReports({ store, clock, logger });
  const subscription = await bus?.subscribe('graph.task.changed.v1', (event) => reports.heard(event), {
    durable: 'conversation',
  });
  const sweep = startSweep({ store, clock, logger, takers, reports, ...timesOf(options) });

  return {
    async send(principal, message, limits = {}) {
      const { text, channel } = message;
      checkText(text);
      const scope = await scopeOf(store, principal, message);
      requireWrite(principal, Conversation, scope);
      const tenant = scope.slice('tenant:'.length);
      const team = message.agent === undefined ? [] : await readTeam(store, principal, { tenant, versions });
      const agent = message.agent === undefined ? undefined : requireAgent(team, tenant, message.agent).id;
      const { conversation } = message;
      const kept = await writePersonMessage(store, principal, {
        scope,
        text,
        channel: channelOf(channel),
        conversation,
        agent,
      });
      const files = (message.files ?? []).map(({ input = '', upload }) => ({ input, upload }));
      const answered = await takers.answer(principal, { ...kept, files, ...limits });
      return { ...kept, ...answered };
    },
    sweep: (signal) => sweep.once(signal),
    async close() {
      await subscription?.stop();
      await sweep.stop();
      await takers.idle();
    },
  };
}

const timesOf = ({ sweepMs = 60_000, repairAfterMs = 120_000 }: ConversationsOptions) => ({ sweepMs, repairAfterMs });

function checkText(text: string): void {
  if (text.trim() === '') throw conversationError('KAZE_CONVERSATION_EMPTY', 'the message is empty');
  if (text.length <= MAX_MESSAGE) return;
  throw conversationError(
    'KAZE_CONVERSATION_TOO_LONG',
    `the message has ${text.length} characters, a turn may have ${MAX_MESSAGE}: hand long texts in as files`,
    { fields: { length: text.length, max: MAX_MESSAGE } },
  );
}

const channelOf = (channel: string) => channel.slice(0, 60) || 'api';

/** The client's scope. A thread's own, when one is named; what is out of reach does not exist. */
async function scopeOf(store: GraphStore, principal: Principal, message: SentMessage): Promise<string> {
  const { conversation } = message;
  const tenant = message.tenant ?? principal.tenant;
  if (conversation !== undefined) {
    const thread = conversation.length > 64 ? undefined : await readThread(store, principal, conversation);
    const isOwn = thread?.startedBy === principal.id && (tenant === undefined || thread.tenant === tenant);
    if (!isOwn) throw unknownConversation(conversation);
    return thread.scope;
  }
  if (tenant === undefined) {
    throw conversationError('KAZE_CONVERSATION_CLIENT', 'which client is it for? Your token reaches more than one', {});
  }
  const [known] = await store.list(principal, Tenant, { where: { name: { eq: tenant } }, limit: 1 });
  if (known) return tenantScope(known.name);
  throw conversationError('KAZE_CONVERSATION_CLIENT', `there is no client "${tenant.slice(0, 63)}"`, {
    fields: { tenant: tenant.slice(0, 63) },
  });
}
