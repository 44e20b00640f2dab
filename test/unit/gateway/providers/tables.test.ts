import { describe, expect, it } from 'vitest';
import * as anthropic from '../../../../gateway/adapters/provider/anthropic/tables.ts';
import * as google from '../../../../gateway/adapters/provider/google/tables.ts';
import * as ollama from '../../../../gateway/adapters/provider/ollama/tables.ts';
import * as openai from '../../../../gateway/adapters/provider/openai/tables.ts';
import { codeOf, type FailureRule } from '../../../../gateway/adapters/provider/translation/failures.ts';
import { factsOf } from '../../../../gateway/adapters/provider/translation/upstream.ts';

const TABLES: Readonly<Record<string, readonly FailureRule[]>> = {
  anthropic: anthropic.FAILURES,
  openai: openai.FAILURES,
  google: google.FAILURES,
  ollama: ollama.FAILURES,
};

describe('the tables of failures', () => {
  it.each(Object.entries(TABLES))('of %s have a line for each of its rules that no line above it hides', (_, rules) => {
    for (const [at, { status = null, type, says, code }] of rules.entries()) {
      const wording = says ? sampleOf(says) : '';
      const facts = { status, types: type ? [type] : [], says: wording, retryAfterMs: null };
      const first = rules.findIndex((rule) => codeOf(facts, [rule]) === rule.code && matches(rule, facts));
      expect([first, codeOf(facts, rules)]).toEqual([at, code]);
    }
  });

  it('fall back on the status, and on a failure of the provider where that says nothing', () => {
    const unnamed = { types: [], says: '', retryAfterMs: null };
    for (const rules of Object.values(TABLES)) {
      expect(codeOf({ ...unnamed, status: 429 }, rules)).toBe('KAZE_MODEL_RATE_LIMITED');
      expect(codeOf({ ...unnamed, status: 401 }, rules)).toBe('KAZE_MODEL_CREDENTIAL_REFUSED');
      expect(codeOf({ ...unnamed, status: 529 }, rules)).toBe('KAZE_MODEL_OVERLOADED');
      expect(codeOf({ ...unnamed, status: 418 }, rules)).toBe('KAZE_MODEL_PROVIDER_FAILED');
      expect(codeOf({ ...unnamed, status: null }, rules)).toBe('KAZE_MODEL_PROVIDER_FAILED');
    }
  });
});

function matches(rule: FailureRule, facts: { status: number | null; types: readonly string[]; says: string }): boolean {
  const { status, type, says } = rule;
  return (
    (status === undefined || status === facts.status) &&
    (type === undefined || facts.types.includes(type)) &&
    (says === undefined || says.test(facts.says))
  );
}

/** What the vendors say in the words that each pattern waits for. */
const WORDINGS = [
  'prompt is too long: 250000 tokens > 200000 maximum',
  'Your credit balance is too low to access the API',
  'Output blocked by content filtering policy',
  "This model's maximum context length is 8192 tokens",
  'Your prepayment credits are depleted',
  'The input token count (2000000) exceeds the maximum number of tokens allowed (1048576)',
  'Billing is not enabled',
  'the input length exceeds the context length',
  'model "x" not found, try pulling it first',
  'server busy, please try again. maximum pending requests exceeded',
  'registry.ollama.ai/library/x does not support tools',
];

function sampleOf(pattern: RegExp): string {
  const sample = WORDINGS.find((wording) => pattern.test(wording));
  if (!sample) throw new Error(`no wording of a vendor matches ${pattern.source}`);
  return sample;
}

describe('the tables of usage', () => {
  it('of Anthropic add what was read from and written to the cache to the input', () => {
    const wire = { input_tokens: 30, cache_read_input_tokens: 60, cache_creation_input_tokens: 10, output_tokens: 40 };
    const hour = { cache_creation: { ephemeral_1h_input_tokens: 10, ephemeral_5m_input_tokens: 0 } };
    expect(anthropic.usageOf({ ...wire, ...hour, output_tokens_details: { thinking_tokens: 15 } })).toEqual({
      inputTokens: 100,
      outputTokens: 40,
      cachedTokens: 60,
      cacheWriteTokens: 10,
      cacheWriteHourTokens: 10,
      reasoningTokens: 15,
    });
    expect(anthropic.usageOf({ output_tokens: 7 })).toEqual({ outputTokens: 7 });
  });

  it('of Google add thoughts to the output, and what tools said to the input', () => {
    expect(
      google.usageOf({
        ...{ promptTokenCount: 90, toolUsePromptTokenCount: 10, candidatesTokenCount: 25, thoughtsTokenCount: 15 },
        cachedContentTokenCount: 60,
      }),
    ).toEqual({ inputTokens: 100, outputTokens: 40, cachedTokens: 60, reasoningTokens: 15 });
    expect(google.usageOf({ promptTokenCount: 90 })).not.toHaveProperty('outputTokens');
  });

  it('of OpenAI take over what is told apart already', () => {
    expect(openai.usageOf({ prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 })).toEqual({
      ...{ inputTokens: 3, outputTokens: 2, cachedTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 },
    });
  });
});

describe('facts of a vendor’s error', () => {
  it('hold its names for it and nothing that could be prose', () => {
    const body = JSON.stringify({ error: { type: 'a_type', code: 'You said: my secret', message: 'my secret' } });
    expect(factsOf(400, body).types).toEqual(['a_type']);
    expect(factsOf(400, '<html>my secret').types).toEqual([]);
  });

  it.each([
    [{ 'retry-after': '12' }, 12_000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after-ms': '1500', 'retry-after': '9' }, 1_500],
    [{ 'retry-after': 'soon' }, null],
    [{ 'retry-after': '99999999' }, 86_400_000],
    [{ 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' }, 0],
  ])('read %o as %s ms to wait', (headers, ms) => {
    const given = new Headers(Object.entries(headers).filter((one): one is [string, string] => one[1] !== undefined));
    expect(factsOf(429, '{}', given).retryAfterMs).toBe(ms);
  });
});
