import type { CompleteRequest, Completion } from '#gateway';

/** What the runtime needs of the gateway and of the rows that it leaves. */
export interface ModelAccess {
  complete(request: CompleteRequest, options: { readonly signal: AbortSignal }): Promise<Completion>;
  /**
   * An attempt at the task begins here: another process may have run it since it was last known, unless it is the first
   * one, before which nothing was spent.
   */
  begun?(taskId: string, attempt: { readonly isFirst: boolean }): void;
  /** What a task has cost so far, in micro US dollars, failed calls and earlier attempts included. */
  spentMicros(taskId: string): Promise<number>;
}
