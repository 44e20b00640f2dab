/** Whether the cell can do its work at this moment. */
export interface Readiness {
  /** Reasons are short sentences without secrets; empty when ready. */
  check(): Promise<{ readonly ready: boolean; readonly reasons: readonly string[] }>;
}
