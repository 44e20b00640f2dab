import type { AuditEntry, OutcomeRow, UsageRow } from '#platform';

export function entry(id: string, change: Partial<AuditEntry> = {}): AuditEntry {
  return {
    id,
    at: 1_700_000_000_000,
    attempt: `attempt-${id}`,
    phase: 'attempt',
    actor: 'person-1',
    action: 'task.submit',
    subject: 'task-1',
    scope: 'tenant:acme',
    result: null,
    detail: { risk: 'low', amount: 1.5, retried: false, nothing: null },
    ...change,
  };
}

export function usage(id: string, change: Partial<UsageRow> = {}): Required<UsageRow> {
  return {
    id,
    at: 1_700_000_000_000,
    tenant: 'acme',
    agent: 'seo-strategist',
    task: null,
    skillVersion: null,
    channel: null,
    provider: 'offline',
    model: 'extractive',
    keyId: null,
    virtualKeyId: null,
    taskType: null,
    callId: null,
    attempt: 1,
    cacheHit: false,
    inputTokens: 10,
    outputTokens: 5,
    cachedTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    costMicros: 3,
    reservedMicros: 0,
    latencyMs: 12,
    firstTokenMs: null,
    outcome: 'ok',
    errorCode: null,
    ...change,
  };
}

export function outcome(id: string, change: Partial<OutcomeRow> = {}): OutcomeRow {
  return {
    id,
    at: 1_700_000_000_000,
    tenant: 'acme',
    task: 'task-1',
    taskType: 'keyword-research',
    judge: 'person',
    verdict: 'approved',
    score: 1,
    ...change,
  };
}
