import { describe, expect, it } from 'vitest';
import { STANDARD_VALIDATORS } from '../../../../agents/definitions/index.ts';
import type { Json, SkillResult } from '../../../../agents/skills/handler.ts';
import { validators } from '../../../../agents/skills/index.ts';
import { fakeSkillContext, textInput } from '../../../support/skills/context.ts';

const named = (name: string) => validators.find((one) => one.name === name)!;
const context = fakeSkillContext({ inputs: { business_context: textInput('We sell bikes.') } });
const result = (...findings: readonly Json[]): SkillResult => ({
  summary: '',
  outputs: { findings },
  metrics: {},
  notes: [],
});
const finding = (fit: string, mid: number, impressions = 500): Json => ({
  query: `${fit} ${mid}`,
  fit,
  impressions,
  extra_clicks: { low: 0, mid, high: mid },
});

it('are those that definitions may name', () => {
  expect(validators.map(({ name }) => name).sort()).toEqual(Object.keys(STANDARD_VALIDATORS).sort());
});

describe('business_alignment', () => {
  const { validate } = named('business_alignment');

  it('passes what is on topic or unknown and ranks the foreign last', async () => {
    const verdict = await validate(
      result(finding('on_topic', 80), finding('unknown', 40), finding('foreign', 10)),
      context,
    );
    expect(verdict).toMatchObject({ passed: true });
    expect(verdict.value).toBeCloseTo(120 / 130, 6);
  });

  it('fails when most of the gain is foreign, or when the foreign stands first', async () => {
    expect(await validate(result(finding('on_topic', 10), finding('foreign', 90)), context)).toMatchObject({
      passed: false,
      value: 0.1,
    });
    expect(await validate(result(finding('foreign', 1), finding('on_topic', 99)), context)).toMatchObject({
      passed: false,
      remedy: 'Rank foreign findings last.',
    });
  });

  it('fails without a business context to compare with', async () => {
    const verdict = await validate(result(finding('unknown', 1)), { ...context, inputs: {} });
    expect(verdict).toMatchObject({ passed: false, remedy: expect.stringContaining('business_context') });
  });
});

describe('search_volume', () => {
  const { validate } = named('search_volume');

  it('uses impressions where no volume is known, and says so', async () => {
    const verdict = await validate(result(finding('on_topic', 9)), context);
    expect(verdict).toMatchObject({
      passed: true,
      value: 1,
      explanation: expect.stringContaining('search volume is not known'),
    });
  });

  it('fails for findings with too little demand, naming them', async () => {
    const verdict = await validate(result(finding('on_topic', 9), finding('unknown', 7, 4)), context);
    expect(verdict).toMatchObject({ passed: false, value: 0.5, explanation: expect.stringContaining('"unknown 7"') });
  });

  it('prefers search volume to impressions', async () => {
    const verdict = await validate(result({ query: 'a', search_volume: 2, impressions: 900 }), context);
    expect(verdict).toMatchObject({ passed: false, value: 0 });
  });
});
