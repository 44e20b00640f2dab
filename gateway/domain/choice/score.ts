import type { OutcomeRow } from '#platform';

interface Judged {
  /** The same for the same judgement, however often it is told. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly tenant: string;
  /** As in the attribution of its calls. */
  readonly task: string;
  /** As in the requests of its calls. */
  readonly taskType: string;
}

/** How a task ended, in the gateway's words. `score`: share of its criteria that it met, 0 to 1. */
export type TaskOutcome =
  | (Judged & { readonly verdict: 'approved' | 'edited' | 'rejected' })
  | (Judged & { readonly verdict: 'evaluated'; readonly score: number });

/** What a person's word is worth: work that had to be mended is worth half. */
export const WORTH = { approved: 1, edited: 0.5, rejected: 0 } as const;

export function outcomeRowOf(outcome: TaskOutcome): OutcomeRow {
  const { id, at, tenant, task, taskType } = outcome;
  const shared = { id, at, tenant, task, taskType };
  if (outcome.verdict !== 'evaluated') {
    const { verdict } = outcome;
    return { ...shared, judge: 'person', verdict, score: WORTH[verdict] };
  }
  const { score } = outcome;
  return { ...shared, judge: 'criteria', verdict: score === 1 ? 'passed' : 'failed', score };
}
