import { Conversation, type GraphStore, type Principal, type ReadConnection } from '#graph-schema';
import { tenantOfScope } from '../ids.ts';
import { readState, type ThreadState } from './thread-state.ts';

export interface ThreadMessage {
  readonly id: string;
  readonly role: 'person' | 'agent' | 'system';
  readonly text: string;
  readonly position: number;
  readonly createdBy: string;
}

export interface Thread {
  readonly id: string;
  readonly scope: string;
  readonly tenant: string;
  readonly startedBy: string;
  readonly agent: { readonly id: string; readonly name: string } | null;
  readonly state: ThreadState;
  /** The state as it stands on the node: what a change of it is compared with. */
  readonly stored: string | null;
  /** The latest, oldest first. */
  readonly messages: readonly ThreadMessage[];
}

const LATEST = 40;
const own = (...names: string[]) => Object.fromEntries(names.map((name) => [name, name]));

/** The thread as the graph holds it now, or undefined when the principal does not see it. */
export async function readThread(store: GraphStore, principal: Principal, id: string): Promise<Thread | undefined> {
  const node = await store.get(principal, Conversation, id);
  if (!node) return undefined;
  const select = {
    properties: own('id'),
    relations: {
      agent: { field: 'agent', select: { properties: own('id', 'name') } },
      messages: {
        field: 'messages',
        page: { first: LATEST, orderBy: [{ property: 'position', direction: 'desc' as const }] },
        select: { properties: own('id', 'role', 'text', 'position', 'createdBy') },
      },
    },
  };
  const roots = [{ key: 'thread', node: 'Conversation', find: { by: 'id' as const, id }, select }];
  const read = (await store.read(principal, { roots })).thread as unknown as {
    readonly agent: Thread['agent'];
    readonly messages: ReadConnection;
  } | null;
  if (!read) return undefined;
  const messages = read.messages.nodes as unknown as readonly ThreadMessage[];
  return {
    id,
    scope: node.scope,
    tenant: tenantOfScope(node.scope),
    startedBy: node.createdBy,
    agent: read.agent,
    state: readState(node.pending),
    stored: node.pending,
    messages: [...messages].reverse(),
  };
}
