import type { CompleteRequest, Completion } from '#gateway';

/** What the runtime needs of the gateway and of the rows that it leaves. */
export interface ModelAccess {
  complete(request: CompleteRequest, options: { readonly signal: AbortSignal }): Promise<Completion>;
  /** What a task has cost so far, in micro US dollars, failed calls and earlier attempts included. */
  spentMicros(taskId: string): Promise<number>;
}
