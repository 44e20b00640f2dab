import { Conversation, type GraphStore, Message, Person, type Principal, type UnitOfWork } from '#graph-schema';
import { newId } from '#platform';
import { conversationError } from './errors.ts';
import { newState, readState, type ThreadState, writeState } from './thread-state.ts';

export interface PersonMessage {
  readonly scope: string;
  readonly text: string;
  readonly channel: string;
  /** A new thread when left out. */
  readonly conversation?: string;
  /** The agent that the person named. */
  readonly agent?: string;
}

const TITLE_LENGTH = 80;

/**
 * Keeps what a person said, in its own transaction, before anything is done about it. Positions are counted under the
 * lock of the Conversation. Errors: KAZE_CONVERSATION_UNKNOWN for a thread that the principal did not begin.
 */
export async function writePersonMessage(
  store: GraphStore,
  principal: Principal,
  said: PersonMessage,
): Promise<{ readonly conversation: string; readonly message: string }> {
  const message = newId();
  const fresh = newId();
  return store.transact(principal, { why: 'said' }, async (unit) => {
    const conversation = said.conversation ?? fresh;
    const position = said.conversation === undefined ? await begin(unit, fresh, said) : await goOn(unit, said);
    unit.create(Message, { id: message, scope: said.scope, role: 'person', text: said.text, position });
    unit.relate(Message, 'conversation', message, conversation);
    return { conversation, message };
  });
}

async function begin(unit: UnitOfWork, id: string, { scope, text, channel, agent }: PersonMessage): Promise<number> {
  const state = newState(channel, agent === undefined ? 'router' : 'person');
  const title = text.replace(/\s+/gu, ' ').trim().slice(0, TITLE_LENGTH).toWellFormed();
  unit.create(Conversation, { id, scope, title, state: 'open', messageCount: 1, pending: writeState(state) });
  if (agent !== undefined) unit.relate(Conversation, 'agent', id, agent);
  if (unit.principal.kind === 'person' && (await unit.get(Person, unit.principal.id))) {
    unit.relate(Conversation, 'person', id, unit.principal.id);
  }
  return 1;
}

async function goOn(unit: UnitOfWork, said: PersonMessage): Promise<number> {
  const id = said.conversation!;
  const locked = await unit.update(Conversation, id, {});
  if (!locked || locked.createdBy !== unit.principal.id || locked.scope !== said.scope) throw unknownConversation(id);
  if (locked.state === 'closed') {
    throw conversationError('KAZE_CONVERSATION_CLOSED', `the conversation ${id} is closed`, { fields: { id } });
  }
  const position = (locked.messageCount ?? 0) + 1;
  const state = readState(locked.pending);
  const chosen = said.agent === undefined ? {} : { agentChosenBy: 'person' as const };
  const pending = writeState({ ...state, ...chosen, channel: said.channel });
  await unit.update(Conversation, id, { messageCount: position, pending });
  if (said.agent !== undefined) {
    await unit.unrelate(Conversation, 'agent', id);
    unit.relate(Conversation, 'agent', id, said.agent);
  }
  return position;
}

/** Absent, another client's and another person's look the same. */
export function unknownConversation(id: string): Error {
  const shown = id.slice(0, 64);
  return conversationError('KAZE_CONVERSATION_UNKNOWN', `there is no conversation ${shown} of yours`, {
    fields: { id: shown },
  });
}

export interface AgentMessage {
  /** Derived from what it answers or reports: written once, whoever comes first. */
  readonly id: string;
  readonly conversation: string;
  readonly text: string;
  readonly task?: string;
  readonly chunks?: readonly string[];
  readonly knowledge?: readonly string[];
  /** The agent that the thread is with from now on, when it has none. */
  readonly agent?: string;
  /** The state from which it was decided, as stored, and the one that it leads to. */
  readonly change?: { readonly from: string | null; readonly to: ThreadState };
}

/** `written`, `there` already, or `overtaken`: the thread's state is another one by now, and nothing was written. */
export type WriteResult = 'written' | 'there' | 'overtaken';

/** Writes an agent's (or, by a system principal, the system's) turn. */
export async function writeAgentMessage(
  store: GraphStore,
  author: Principal,
  message: AgentMessage,
): Promise<WriteResult> {
  return store.transact(author, { why: 'answered' }, async (unit) => {
    const locked = await unit.update(Conversation, message.conversation, {});
    if (!locked) throw unknownConversation(message.conversation);
    if (await unit.get(Message, message.id)) return 'there';
    const { change } = message;
    if (change && change.from !== locked.pending) return 'overtaken';
    const position = (locked.messageCount ?? 0) + 1;
    const pending = change ? { pending: writeState(change.to) } : {};
    await unit.update(Conversation, locked.id, { messageCount: position, ...pending });
    const role = author.kind === 'system' ? 'system' : 'agent';
    unit.create(Message, { id: message.id, scope: locked.scope, role, text: message.text, position });
    unit.relate(Message, 'conversation', message.id, locked.id);
    if (message.task !== undefined) unit.relate(Message, 'task', message.id, message.task);
    if (message.chunks?.length) unit.relate(Message, 'chunks', message.id, message.chunks);
    if (message.knowledge?.length) unit.relate(Message, 'knowledge', message.id, message.knowledge);
    if (message.agent !== undefined && (await unit.related(Conversation, 'agent', locked.id)).length === 0) {
      unit.relate(Conversation, 'agent', locked.id, message.agent);
    }
    return 'written';
  });
}

/** Takes what was waited for, so that no other message is taken for its answer. Undefined when another one was first. */
export async function takeState(
  store: GraphStore,
  author: Principal,
  { conversation, from, to }: { readonly conversation: string; readonly from: string | null; readonly to: ThreadState },
): Promise<string | undefined> {
  const pending = writeState(to);
  const taken = await store.transact(author, { why: 'submitting' }, (unit) =>
    unit.update(Conversation, conversation, (current) => (current.pending === from ? { pending } : undefined)),
  );
  return taken ? pending : undefined;
}
