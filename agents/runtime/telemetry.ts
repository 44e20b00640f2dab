/** Reasons that stand in revisions and logs. */
export const WHY = {
  claim: 'claimed by a worker',
  renew: 'lease renewed',
  step: 'step kept',
  part: 'part queued',
  outcome: 'outcome of the task',
  end: 'attempt ended',
} as const;
