import type { RecordedTask, WorkRecord } from '../../../../../agents/skills/handler.ts';

const at = (day: string): number => Date.parse(`${day}T10:00:00Z`);

export interface MadeTask {
  readonly id: string;
  readonly skill: string;
  readonly day: string;
  readonly costUsd?: number;
  readonly state?: 'delivered' | 'failed' | 'awaiting_approval';
  readonly summary?: string;
  /** Of its two checks, the second. */
  readonly passes?: boolean;
  readonly decision?: 'approved' | 'edited' | 'rejected';
}

/** A task with its outcome, two checks and a decision two hours after it was asked for. */
export function madeTask(given: MadeTask): RecordedTask {
  const { id, skill, day, costUsd = 0, state = 'delivered', passes = true, decision = 'approved' } = given;
  const ended = state !== 'awaiting_approval';
  return {
    id,
    skill,
    agent: 'seo-strategist',
    state,
    isPart: false,
    createdAt: at(day),
    finishedAt: ended ? at(day) + 7_200_000 : null,
    costMicros: Math.round(costUsd * 1e6),
    errorMessage: state === 'failed' ? 'page.html has no words' : null,
    outcome:
      state === 'failed'
        ? null
        : {
            id: `outcome-${id}`,
            state,
            summary: given.summary ?? 'Found what was looked for.',
            deliveredAt: ended ? at(day) + 7_200_000 : null,
            evaluations: [
              { id: `check-1-${id}`, criterion: 'a', passed: true, skipped: false },
              { id: `check-2-${id}`, criterion: 'b', passed: passes, skipped: false },
            ],
            approvals: ended
              ? [
                  {
                    id: `approval-${id}`,
                    state: decision,
                    createdAt: at(day),
                    decidedAt: at(day) + 7_200_000,
                    decidedBy: 'Dana',
                  },
                ]
              : [],
          },
  };
}

/** October 2026 and the month before it, by the time that is asked for. */
export function madeRecord(
  october: readonly MadeTask[],
  september: readonly MadeTask[] = [],
  more: Partial<WorkRecord> = {},
): (within: { readonly from: number }) => Partial<WorkRecord> {
  return ({ from }) => ({
    tasks: (new Date(from).getUTCMonth() === 9 ? october : september).map(madeTask),
    ...more,
  });
}

export const rows = (lines: ReadonlyArray<readonly [string, number, number, number]>): string =>
  `Top queries,Clicks,Impressions,CTR,Position\n${lines
    .map(([query, clicks, impressions, position]) => {
      const quoted = /[",\n]/.test(query) ? `"${query.replaceAll('"', '""')}"` : query;
      return `${quoted},${clicks},${impressions},${((100 * clicks) / impressions).toFixed(2)}%,${position}`;
    })
    .join('\n')}\n`;
