import { amountOf } from '../../domain/budget/amount.ts';
import { budgetError } from '../../domain/budget/errors.ts';
import type { BudgetAccount } from '../../domain/budget/rule.ts';
import type { Balance, ReservationAsk } from '../../ports/budget-store.ts';

/** 402: says which budget, what is left of it, what the call needed and which length would still fit. */
export function exhausted(
  answer: { readonly key: string; readonly fits: number },
  accounts: readonly BudgetAccount[],
  ask: ReservationAsk,
  balances: readonly Balance[],
): Error {
  const account = accounts.find(({ key, mode }) => key === answer.key && mode === 'hard');
  const settled = balances.find(({ key }) => key === answer.key)?.settled;
  const needed = amountOf(ask.cost, ask.wanted.least);
  const money = account?.maxMicros !== null && account !== undefined;
  const spent = settled ? (money ? dollars(settled.micros) : `${settled.tokens} tokens`) : 'too much';
  const max = money ? dollars(account.maxMicros ?? 0) : `${account?.maxTokens ?? 0} tokens`;
  const need = money ? dollars(needed.micros) : `${needed.tokens} tokens`;
  const fits = answer.fits > 0 ? `; an answer of at most ${answer.fits} tokens would fit` : '';
  return budgetError(
    'KAZE_BUDGET_EXHAUSTED',
    `the budget ${answer.key} of ${max} has ${spent} spent, and the call may need ${need}${fits}`,
    {
      fields: {
        budget: answer.key,
        maxMicros: account?.maxMicros ?? undefined,
        maxTokens: account?.maxTokens ?? undefined,
        spentMicros: settled?.micros,
        spentTokens: settled?.tokens,
        neededMicros: needed.micros,
        neededTokens: needed.tokens,
        outputTokensThatFit: Math.max(0, answer.fits),
        resetsAtMs: account?.span.toMs ?? undefined,
      },
    },
  );
}

export function busy(facts: { key: string; reason: string; retryAfterMs: number; waitMs: number }): Error {
  const { key, reason, retryAfterMs, waitMs } = facts;
  const told =
    reason === 'waited'
      ? `calls still running hold the rest of the budget ${key}, and none ended within ${waitMs} ms`
      : `calls still running hold the rest of the budget ${key}, and it ${reason}`;
  return budgetError('KAZE_BUDGET_BUSY', `${told}; try again in ${retryAfterMs} ms`, {
    fields: { budget: key, retryAfterMs, waitMs },
  });
}

export function priceUnknown(model: { provider: string; name: string }, { key }: BudgetAccount): Error {
  const name = `${model.provider}/${model.name}`;
  return budgetError(
    'KAZE_BUDGET_PRICE_UNKNOWN',
    `the budget ${key} is in money, and no price is known of ${name}; add it to your own price file (models.priceFile)`,
    { fields: { model: name, budget: key } },
  );
}

/** A stream that used up what was reserved. Whoever throws it keeps the text that came beside it: errors hold no text. */
export function streamCut(facts: { call: string; outputTokens: number }): Error {
  return budgetError(
    'KAZE_BUDGET_STREAM_CUT',
    `the answer was cut after ${facts.outputTokens} tokens: its budget has no room for more`,
    { fields: { call: facts.call, outputTokens: facts.outputTokens } },
  );
}

function dollars(micros: number): string {
  return `$${(micros / 1_000_000).toFixed(6).replace(/(\.\d\d\d*?)0+$/, '$1')}`;
}
