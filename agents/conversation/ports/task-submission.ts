import type { Principal } from '#graph-schema';
import type { TaskVerbs } from '../../runtime/index.ts';

/**
 * What a conversation needs of the runtime: to queue a task for the person who asked, once for one idempotency key.
 * Errors: those of `submitTask`; of kind `caller` they are told in the thread.
 */
export interface TaskSubmission {
  submit(
    principal: Principal,
    request: Parameters<TaskVerbs['submit']>[1],
    limits?: { readonly signal?: AbortSignal },
  ): Promise<{ readonly task: string }>;
}
