import { describe, expect, it } from 'vitest';
import { agentError } from '../../../../agents/errors.ts';
import { backoffMs, classify } from '../../../../agents/runtime/domain/failure.ts';
import { RestartWindow } from '../../../../agents/runtime/domain/restart-window.ts';
import { outputProblems } from '../../../../agents/runtime/domain/skill-outputs.ts';
import { checkInputs, namesOfFiles } from '../../../../agents/runtime/domain/task-inputs.ts';
import { taskLimits } from '../../../../agents/runtime/domain/task-limits.ts';
import { knowledgePlace } from '../../../../agents/runtime/knowledge.ts';
import { Slots } from '../../../../agents/runtime/slots.ts';
import { graphError } from '../../../../graph-schema/errors.ts';

const input = (name: string, type: 'any' | 'number' | 'list' | 'file' | 'text' | 'date', required = true) => ({
  name,
  type,
  required,
  description: '',
  standsInFor: [],
});
const problemsOf = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return (error as { fields: { problems: unknown } }).fields.problems;
  }
};

describe('inputs', () => {
  it('keep text as text and read numbers and lists that come as text', () => {
    const declared = [input('n', 'number'), input('l', 'list'), input('t', 'text')];
    const given = { values: { n: '1.5', l: '[1,2]', t: '@/etc/passwd' }, files: [] };
    expect(checkInputs('s', declared, given)).toEqual({
      n: { kind: 'json', value: 1.5 },
      l: { kind: 'json', value: [1, 2] },
      t: { kind: 'text', text: '@/etc/passwd' },
    });
  });

  it.each([
    [{ values: { d: '2026-13-40' }, files: [] }, ['d takes a date such as 2026-11-22, not "2026-13-40"']],
    [{ values: { d: 5 }, files: [] }, ['d takes a date such as 2026-11-22, not 5']],
    [{ values: { d: Number.NaN }, files: [] }, ['d is no JSON value']],
    [{ values: {}, files: ['d'] }, ['d takes a date, not a file']],
    [{ values: { d: null }, files: [] }, ['d is missing']],
    [
      { values: { d: '2026-01-01' }, files: ['e', 'e'] },
      ['"e" is no input; did you mean d?', 'e takes one file, and 2 were given'],
    ],
  ])('say what is wrong with %j', (given, problems) => {
    expect(problemsOf(() => checkInputs('s', [input('d', 'date')], given))).toEqual(problems);
  });
});

describe('an input that takes several files', () => {
  const pages = { ...input('pages', 'any'), multiple: true as const };
  const check = (values: Record<string, unknown>, files: string[]) => () =>
    checkInputs('s', [pages, input('d', 'date', false)], { values, files });

  it('has the further ones under its name with a number, also where they come as text', () => {
    expect(check({ pages_3: 'third' }, ['pages', 'pages'])()).toEqual({ pages_3: { kind: 'text', text: 'third' } });
    expect(namesOfFiles([pages], ['pages', 'd', 'pages', 'd'])).toEqual(['pages', 'd', 'pages_2', 'd']);
  });

  it.each([
    [{}, ['pages_2'], ['pages is missing']],
    [{}, ['pages', 'pages', 'pages_2'], ['pages_2 takes one file, and 2 were given']],
    [{ pages_2: 'x' }, ['pages', 'pages'], ['pages_2 is given both as a value and as a file']],
    [{}, Array<string>(21).fill('pages'), ['pages takes at most 20 files, and 21 were given']],
    [{}, ['pages', 'pages_21'], ['"pages_21" is no input']],
    [{}, ['pages', 'd', 'd'], ['d takes one file, and 2 were given', 'd takes a date, not a file']],
  ])('refuses %j with files %j', (values, files, problems) => {
    expect(problemsOf(check(values, files))).toEqual(problems);
  });
});

describe('outputs', () => {
  it('are taken as they are: a number written as text is no number', () => {
    const declared = [input('n', 'number'), input('optional', 'any', false)];
    expect(outputProblems(declared, { n: 1 })).toEqual([]);
    expect(outputProblems(declared, { n: '1' })).toEqual(['n takes a number']);
    expect(outputProblems(declared, {})).toEqual(['n is missing']);
  });
});

describe('failures', () => {
  it('are sorted by who must act', () => {
    expect(classify(graphError('KAZE_GRAPH_UNAVAILABLE', 'away'))).toMatchObject({ kind: 'retry', crashed: false });
    expect(classify(graphError('KAZE_GRAPH_TIMEOUT', 'slow'))).toMatchObject({ kind: 'final' });
    expect(classify(agentError('KAZE_TASK_INPUT', 'wrong'))).toMatchObject({ kind: 'final' });
    expect(classify(new TypeError('x'))).toMatchObject({
      kind: 'retry',
      crashed: true,
      error: { code: 'KAZE_TASK_FAILED' },
    });
    expect(classify(agentError('KAZE_TASK_LEASE_LOST', 'x'))).toEqual({ kind: 'lost' });
    expect(classify(undefined)).toMatchObject({ kind: 'retry', crashed: true });
  });

  it('wait twice as long each time, up to the longest, and not all the same', () => {
    const options = { firstMs: 100, longestMs: 1_000 };
    expect([1, 2, 3, 4, 5, 20].map((attempt) => backoffMs(attempt, options, 0))).toEqual([
      100, 200, 400, 800, 1_000, 1_000,
    ]);
    expect(backoffMs(1, options, 1)).toBe(75);
  });
});

describe('restarts', () => {
  it('are too many only within the window', () => {
    const window = new RestartWindow({ maxRestarts: 2, windowMs: 100 });
    expect([0, 10, 20].map((at) => window.allow(at))).toEqual([true, true, false]);
    expect(new RestartWindow({ maxRestarts: 1, windowMs: 100 }).allow(0)).toBe(true);
    const slow = new RestartWindow({ maxRestarts: 1, windowMs: 100 });
    expect([0, 101, 202].map((at) => slow.allow(at))).toEqual([true, true, true]);
  });
});

describe('limits', () => {
  it('are the narrowest of skill, agent and request', () => {
    expect(taskLimits({ timeoutMs: 5_000, maxCostUsd: 0.5 }, { timeoutMs: 9_000, maxSteps: 3 }, 200_000)).toEqual({
      timeoutMs: 5_000,
      maxSteps: 3,
      budgetMicros: 200_000,
    });
    expect(taskLimits(undefined, undefined, undefined).budgetMicros).toBeNull();
    expect(taskLimits({ maxCostUsd: 0 }, undefined, 5).budgetMicros).toBe(0);
  });
});

describe('knowledge paths', () => {
  it('lead into the client’s own scope and never into another’s', () => {
    expect(knowledgePlace('client/acme/business-context', 'acme')).toEqual({
      scope: 'tenant:acme',
      root: 'client/acme/',
      glob: 'business-context',
    });
    expect(knowledgePlace('client/{client_id}/*', 'acme')).toMatchObject({ scope: 'tenant:acme', glob: '*' });
    expect(knowledgePlace('client/other/*', 'acme')).toBeUndefined();
    expect(knowledgePlace('seo/*', 'acme')).toMatchObject({ scope: 'vertical:seo' });
    expect(knowledgePlace('seo', 'acme')).toBeUndefined();
  });
});

describe('slots', () => {
  it('let in so many at a time, in order, and count a leave once', async () => {
    const slots = new Slots(1);
    const order: number[] = [];
    const leave = await slots.enter();
    const second = slots.enter().then((left) => {
      order.push(2);
      return left;
    });
    const third = slots.enter().then(() => order.push(3));
    leave();
    leave();
    const leaveSecond = await second;
    expect(order).toEqual([2]);
    leaveSecond();
    await third;
    expect(order).toEqual([2, 3]);
  });
});
