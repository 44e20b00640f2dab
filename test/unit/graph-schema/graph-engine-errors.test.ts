import { describe, expect, it } from 'vitest';
import { fromGrafeo } from '../../../graph-schema/adapters/graph-engine/grafeo/errors.ts';
import { fromCommit, fromNeo4j } from '../../../graph-schema/adapters/graph-engine/neo4j/errors.ts';
import { graphError } from '../../../graph-schema/errors.ts';

describe('native failures of Grafeo', () => {
  it.each<[string, string | undefined, string, boolean]>([
    [
      'GRAFEO-T001: Write conflict: another open transaction writes the same value of the key',
      '40000',
      'KAZE_GRAPH_CONFLICT',
      true,
    ],
    ['GRAFEO-T009: WAL append failed: No space left on device (os error 28)', '40000', 'KAZE_GRAPH_FULL', false],
    [
      "GRAFEO-V001: Constraint violation: UNIQUE constraint violation: property 'id' already exists on :Node",
      'G2000',
      'KAZE_GRAPH_DUPLICATE',
      false,
    ],
    ['GRAFEO-V001: Constraint violation: NOT NULL', 'G2000', 'KAZE_GRAPH_STATEMENT', false],
    ['GRAFEO-Q001: syntax error: [Cypher] Expected identifier', '42001', 'KAZE_GRAPH_STATEMENT', false],
    ['GRAFEO-Q002: undefined variable timeout', '42002', 'KAZE_GRAPH_STATEMENT', false],
    ['division by zero', '22012', 'KAZE_GRAPH_STATEMENT', false],
    [
      'task 12 panicked with message "assertion failed: index <= Self::MAX_CAPACITY"',
      undefined,
      'KAZE_GRAPH_STATEMENT',
      false,
    ],
    [
      'GRAFEO-X001: Internal error: database file cannot be locked for reading: /x',
      undefined,
      'KAZE_GRAPH_LOCKED',
      false,
    ],
    ['Query exceeded timeout of 30s', undefined, 'KAZE_GRAPH_TIMEOUT', false],
    ['result: Do not know how to serialize a BigInt', 'KAZE-RESULT', 'KAZE_GRAPH_STATEMENT', false],
    ['something never seen', '99999', 'KAZE_GRAPH_STATEMENT', false],
  ])('%s (%s) is %s', (message, gqlStatus, code, retryable) => {
    expect(fromGrafeo({ message, gqlStatus })).toMatchObject({ code, retryable });
  });
});

describe('what Grafeo says', () => {
  it.each<[string, string | undefined]>([
    ["GRAFEO-V001: Constraint violation: UNIQUE: property 'id' = 'secret-value' already exists", 'G2000'],
    ['GRAFEO-T001: Write conflict on secret-value', '40000'],
    ['GRAFEO-T009: No space left on device: /home/secret-value/graph', '40000'],
    ['GRAFEO-X001: Internal error: database file cannot be locked for reading: /home/secret-value', undefined],
  ])('%s is kept to the log', (message, gqlStatus) => {
    const error = fromGrafeo({ message, gqlStatus });
    expect(error.kind).not.toBe('internal');
    expect(JSON.stringify(error)).not.toContain('secret-value');
    expect((error.cause as Error).message).toBe(message);
  });
});

describe('native failures of Neo4j', () => {
  it.each<[string, string, string]>([
    [
      'Neo.ClientError.Schema.ConstraintValidationFailed',
      'Node(1) already exists with label `Node` and property `id`',
      'KAZE_GRAPH_DUPLICATE',
    ],
    [
      'Neo.ClientError.Schema.ConstraintValidationFailed',
      'Cannot delete node<1>, because it still has relationships',
      'KAZE_GRAPH_STATEMENT',
    ],
    ['Neo.TransientError.Transaction.DeadlockDetected', 'ForsetiClient[1] can not acquire', 'KAZE_GRAPH_CONFLICT'],
    ['Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration', 'timed out', 'KAZE_GRAPH_TIMEOUT'],
    ['Neo.ClientError.Transaction.LockClientStopped', 'stopped', 'KAZE_GRAPH_TIMEOUT'],
    ['Neo.TransientError.General.MemoryPoolOutOfMemoryError', 'memory', 'KAZE_GRAPH_TIMEOUT'],
    ['Neo.ClientError.Transaction.Terminated', 'terminated', 'KAZE_GRAPH_CANCELLED'],
    ['ServiceUnavailable', 'Failed to connect to server', 'KAZE_GRAPH_UNAVAILABLE'],
    ['SessionExpired', 'Server at x is no longer available', 'KAZE_GRAPH_UNAVAILABLE'],
    ['N/A', 'Connection acquisition timed out in 10000 ms.', 'KAZE_GRAPH_UNAVAILABLE'],
    ['Neo.ClientError.Security.Unauthorized', 'The client is unauthorized', 'KAZE_GRAPH_ACCESS'],
    ['Neo.ClientError.Security.AuthenticationRateLimit', 'Too many tries', 'KAZE_GRAPH_UNAVAILABLE'],
    ['Neo.ClientError.Database.DatabaseNotFound', 'Database does not exist', 'KAZE_GRAPH_UNAVAILABLE'],
    ['Neo.TransientError.General.DatabaseUnavailable', 'not up', 'KAZE_GRAPH_UNAVAILABLE'],
    [
      'Neo.DatabaseError.Transaction.TransactionLogError',
      'java.io.IOException: No space left on device',
      'KAZE_GRAPH_FULL',
    ],
    ['Neo.ClientError.Statement.SyntaxError', 'Invalid input', 'KAZE_GRAPH_STATEMENT'],
    ['Neo.ClientError.Statement.ParameterMissing', 'Expected parameter(s): x', 'KAZE_GRAPH_STATEMENT'],
    ['Neo.DatabaseError.General.UnknownError', 'something never seen', 'KAZE_GRAPH_STATEMENT'],
  ])('%s (%s) is %s', (code, message, ours) => {
    expect(fromNeo4j(Object.assign(new Error(message), { code }))).toMatchObject({ code: ours });
  });

  it.each<[string, string]>([
    ['Neo.ClientError.Schema.ConstraintValidationFailed', "already exists with `id` = 'secret-value'"],
    ['Neo.TransientError.Transaction.DeadlockDetected', "can't acquire NODE(7) of secret-value"],
    ['ServiceUnavailable', 'Failed to connect to secret-value:7687'],
    ['Neo.ClientError.Transaction.Terminated', 'secret-value'],
  ])('%s keeps what the server said to the log', (code, message) => {
    const error = fromNeo4j(Object.assign(new Error(message), { code }));
    expect(error.kind).not.toBe('internal');
    expect(JSON.stringify(error)).not.toContain('secret-value');
    expect((error.cause as Error).message).toBe(message);
  });

  it('passes our own errors on as they are', () => {
    const ours = graphError('KAZE_GRAPH_STALE', 'the node changed');
    expect(fromNeo4j(ours)).toBe(ours);
  });

  it.each([
    ['ServiceUnavailable', 'Connection was closed by server', 'KAZE_GRAPH_COMMIT_UNKNOWN'],
    ['Neo.TransientError.Transaction.DeadlockDetected', 'deadlock', 'KAZE_GRAPH_CONFLICT'],
    ['Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration', 'timed out', 'KAZE_GRAPH_TIMEOUT'],
  ])('%s at a commit (%s) is %s', (code, message, ours) => {
    expect(fromCommit(Object.assign(new Error(message), { code }))).toMatchObject({ code: ours });
  });
});
