/** A file that the person handed in before, by reference. */
export interface GivenFile {
  /** Empty until it is known what it is for. */
  readonly input: string;
  readonly upload: { readonly id: string; readonly name: string; readonly sha256: string };
}

/** What one may be meant by a message: a skill of an agent, or an answer from what is written down. */
export type Option =
  | { readonly kind: 'skill'; readonly agent: string; readonly skill: string }
  | { readonly kind: 'answer' };

/** Work that takes shape over several turns. */
export interface Draft {
  readonly agent: string;
  readonly skill: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly files: readonly GivenFile[];
}

/** What the agent waits for. */
export type Waiting =
  | {
      readonly kind: 'choice';
      readonly text: string;
      readonly options: readonly Option[];
      /** What came with the message that was not understood at once; absent in threads of older versions. */
      readonly files?: readonly GivenFile[];
    }
  /** `asked` is the input whose value the next message is. */
  | (Draft & { readonly kind: 'inputs'; readonly asked: string })
  /** A task is being submitted for this message: a crash in between is finished by its idempotency key. */
  | (Draft & { readonly kind: 'submitting'; readonly message: string });

/** Kept as JSON on the Conversation: all that is remembered of a thread besides its messages and tasks. */
export interface ThreadState {
  readonly version: 1;
  /** Who chose the agent: a person's choice keeps the router to that agent's skills. */
  readonly agentChosenBy: 'person' | 'router';
  /** Where the person wrote last. */
  readonly channel: string;
  readonly waiting: Waiting | null;
}

export const newState = (channel: string, agentChosenBy: ThreadState['agentChosenBy']): ThreadState => ({
  version: 1,
  agentChosenBy,
  channel,
  waiting: null,
});

/** A state that was written by another version, or is none, means that nothing is waited for. */
export function readState(json: string | null): ThreadState {
  if (json === null) return newState('api', 'router');
  const value = JSON.parse(json) as Partial<ThreadState> | null;
  if (value?.version !== 1) return newState('api', 'router');
  return { ...newState('api', 'router'), ...value };
}

export const writeState = (state: ThreadState): string => JSON.stringify(state);
