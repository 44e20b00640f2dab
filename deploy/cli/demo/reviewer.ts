import type { DemoDecision, Outputs } from '../../demo/index.ts';
import type { CellClient } from '../connection/cell-client.ts';
import { ApprovalDecide, ApprovalDetail, TokenCreate, TokenRevoke } from '../connection/operations.ts';
import { CommandError } from '../errors.ts';

/** Decides as a person of the example client, with a token that can do no more and is ended afterwards. */
export interface Reviewer {
  decide(task: string, decision: DemoDecision): Promise<void>;
  /** Ends the token, if one was made. */
  leave(): Promise<void>;
}

export interface ReviewerOptions {
  /** With the rights of the user. */
  readonly client: CellClient;
  readonly connectWith: (token: string) => Promise<CellClient>;
  readonly tenant: string;
  /** Id and name. */
  readonly person: { readonly id: string; readonly name: string };
  readonly signal: AbortSignal;
  readonly now: () => number;
}

/** Should this process die before it ends the token. */
const TOKEN_LIVES_MS = 60 * 60_000;

export function reviewerOf(options: ReviewerOptions): Reviewer {
  const { client, connectWith, tenant, person, signal, now } = options;
  let made: Promise<{ id: string; own: CellClient }> | undefined;

  async function arrive() {
    const input = {
      name: `kaze demo, ${person.name}`,
      owner: person.id,
      ownerType: 'Person' as const,
      role: 'reviewer' as const,
      tenant,
      expiresAt: new Date(now() + TOKEN_LIVES_MS).toISOString(),
    };
    const { createToken } = await client.execute(TokenCreate, { input }, { signal });
    return { id: createToken.info.id, own: await connectWith(createToken.token) };
  }

  return {
    async decide(id, planned) {
      made ??= arrive();
      const { own } = await made;
      const { decision, reason } = planned;
      const edited = planned.decision === 'edit' ? { output: planned.edit(await outputsOf(own, id, signal)) } : {};
      try {
        await own.execute(ApprovalDecide, { input: { id, decision, reason, ...edited } }, { signal });
      } catch (error) {
        // Somebody was faster: the first decision wins, and theirs is as good.
        if (!(error instanceof CommandError && error.code === 'KAZE_APPROVAL_DECIDED')) throw error;
      }
    },
    async leave() {
      const { id } = (await made?.catch(() => undefined)) ?? {};
      // Also after Ctrl-C, so without the signal.
      if (id !== undefined) await client.execute(TokenRevoke, { input: { id } });
    },
  };
}

async function outputsOf(client: CellClient, id: string, signal: AbortSignal): Promise<Outputs> {
  const { task } = await client.execute(ApprovalDetail, { id }, { signal });
  return (task?.approvals.nodes[0]?.outcome?.output ?? {}) as Outputs;
}
