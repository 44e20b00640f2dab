/** A task as the tests of the API write it straight into the graph. */
export const taskValues = (scope: string, state: 'queued' | 'delivered') => ({
  scope,
  skill: 'keyword-research',
  state,
  inputs: '{"current_rankings":"@queries.csv"}',
  attempt: 0,
  maxAttempts: 3,
  steps: 0,
  maxSteps: 50,
  timeoutMs: 60_000,
  costMicros: 3_000_000_000,
  cancelRequested: false,
});
