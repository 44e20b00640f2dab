import { JetStreamApiError, JetStreamError } from '@nats-io/jetstream';
import { errors as nats } from '@nats-io/transport-node';
import { describe, expect, test } from 'vitest';
import { platformErrors } from '#platform';
import { classifySqlFailure } from '../../../platform/adapters/database/failures.ts';
import { toBusError } from '../../../platform/adapters/event-bus/nats/failures.ts';
import { toQueueError } from '../../../platform/adapters/job-queue/bullmq/failures.ts';
import { toLedgerError } from '../../../platform/adapters/ledger/sql/failures.ts';

const coded = (code: string, message = 'native text') => Object.assign(new Error(message), { code });

describe('a failure of SQL', () => {
  test.each([
    ['ECONNREFUSED', 'unavailable'],
    ['ECONNRESET', 'unavailable'],
    ['08006', 'unavailable'],
    ['57P01', 'unavailable'],
    ['57P03', 'unavailable'],
    ['57014', 'unavailable'],
    ['53300', 'unavailable'],
    ['40P01', 'unavailable'],
    ['53100', 'full'],
    ['ENOSPC', 'full'],
    ['28P01', 'access'],
    ['3D000', 'access'],
    ['42501', 'access'],
    ['42P01', 'other'],
    ['23505', 'other'],
  ])('with the code %s is %s', (code, kind) => {
    expect(classifySqlFailure(coded(code))).toBe(kind);
  });

  test.each([
    ['Connection terminated unexpectedly', 'unavailable'],
    ['Query read timeout', 'unavailable'],
    ['timeout exceeded when trying to connect', 'unavailable'],
    ['PGlite is closed', 'unavailable'],
    ['Aborted(). Build with -sASSERTIONS for more info.', 'unavailable'],
    ['something nobody foresaw', 'other'],
  ])('without a code and with the text %j is %s', (text, kind) => {
    expect(classifySqlFailure(new Error(text))).toBe(kind);
    expect(classifySqlFailure(text)).toBe(kind);
  });

  test('of several addresses is told by the first', () => {
    expect(classifySqlFailure(new AggregateError([coded('ECONNREFUSED')]))).toBe('unavailable');
  });

  test('becomes an error of the ledger that keeps its cause and does not repeat its text', () => {
    const cause = coded('23505', 'duplicate key (id)=(row content)');
    const error = toLedgerError(cause, 'recordUsage');
    expect(error).toMatchObject({ code: 'KAZE_LEDGER_FAILED', kind: 'internal', cause, fields: { sqlState: '23505' } });
    expect(JSON.stringify(error)).not.toContain('row content');
  });
});

describe('a failure of Redis', () => {
  test.each([
    ['NOAUTH Authentication required.', 'KAZE_QUEUE_ACCESS'],
    ['WRONGPASS invalid username-password pair', 'KAZE_QUEUE_ACCESS'],
    ['OOM command not allowed when used memory', 'KAZE_QUEUE_FULL'],
    ['MISCONF Redis is configured to save RDB snapshots', 'KAZE_QUEUE_FULL'],
    ['LOADING Redis is loading the dataset in memory', 'KAZE_QUEUE_UNAVAILABLE'],
    ["READONLY You can't write against a read only replica.", 'KAZE_QUEUE_UNAVAILABLE'],
    ['Connection is closed.', 'KAZE_QUEUE_UNAVAILABLE'],
    ['Command timed out', 'KAZE_QUEUE_UNAVAILABLE'],
    ['Reached the max retries per request limit (which is 2).', 'KAZE_QUEUE_UNAVAILABLE'],
    ['ERR unknown command', 'KAZE_QUEUE_FAILED'],
  ])('with the text %j is %s', (text, code) => {
    expect(toQueueError(new Error(text), 'enqueue')).toMatchObject({ code, fields: { operation: 'enqueue' } });
  });

  test('of the network is told by its code', () => {
    expect(toQueueError(coded('ECONNREFUSED', ''), 'start').code).toBe('KAZE_QUEUE_UNAVAILABLE');
  });
});

describe('a failure of NATS', () => {
  const api = (code: number, status: number) =>
    new JetStreamApiError({ code: status, err_code: code, description: 'x' });

  test.each([
    [new nats.TimeoutError(), 'KAZE_BUS_UNAVAILABLE'],
    [new nats.ClosedConnectionError(), 'KAZE_BUS_UNAVAILABLE'],
    [new nats.ConnectionError('x'), 'KAZE_BUS_UNAVAILABLE'],
    [new JetStreamError('x'), 'KAZE_BUS_UNAVAILABLE'],
    [api(10_008, 503), 'KAZE_BUS_UNAVAILABLE'],
    [coded('ECONNREFUSED'), 'KAZE_BUS_UNAVAILABLE'],
    [new nats.AuthorizationError('x'), 'KAZE_BUS_ACCESS'],
    [api(10_039, 503), 'KAZE_BUS_ACCESS'],
    [api(10_060, 400), 'KAZE_BUS_FAILED'],
    [new Error('something nobody foresaw'), 'KAZE_BUS_FAILED'],
  ])('%o is %s', (error, code) => {
    expect(toBusError(error, 'publish').code).toBe(code);
  });
});

test('an error of ours passes every translation as it is', () => {
  const own = platformErrors('KAZE_LEDGER_INPUT', 'x');
  expect([toLedgerError(own, 'a'), toQueueError(own, 'a'), toBusError(own, 'a')]).toEqual([own, own, own]);
});
