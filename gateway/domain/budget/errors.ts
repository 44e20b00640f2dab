import { defineErrors } from '#platform';

export const budgetError = defineErrors({
  KAZE_BUDGET_EXHAUSTED: {
    kind: 'caller',
    status: 402,
    when: 'What is already spent under a budget leaves no room for the call.',
    remedy:
      'Raise the budget, wait for its next window, or ask for a shorter answer: the message names what would fit.',
  },
  KAZE_BUDGET_BUSY: {
    kind: 'environment',
    status: 429,
    retryable: true,
    when: 'A call did not fit under a budget only because of other calls still running, for as long as it may wait.',
    remedy: 'Try again after the time that the error names (retryAfterMs), or run fewer calls at once.',
  },
  KAZE_BUDGET_PRICE_UNKNOWN: {
    kind: 'caller',
    status: 422,
    when: 'A budget in money holds for the call, and no price is known of the model.',
    remedy: 'Add the model to a price file of your own (models.priceFile), or choose a model whose price is known.',
  },
  KAZE_BUDGET_STREAM_CUT: {
    kind: 'caller',
    status: 402,
    when: 'A streamed answer used up what was reserved for it, and the budget had no room for more.',
    remedy: 'Use the part of the answer that came, or raise the budget and ask again.',
  },
  KAZE_BUDGET_UNAVAILABLE: {
    kind: 'environment',
    status: 503,
    retryable: true,
    when: 'The store of the budgets did not answer, so that nobody can say whether a call is within them.',
    remedy: 'Look after the store (Redis); calls work again once it does.',
  },
  KAZE_BUDGET_RULE_INVALID: {
    kind: 'caller',
    status: 400,
    when: 'A budget is not well formed: an unknown scope or window, no limit, or two budgets for the same thing.',
    remedy: 'Mend what the message names.',
  },
  KAZE_BUDGET_FAILED: {
    kind: 'internal',
    status: 500,
    when: 'The store of the budgets answered with an error that Kaze does not expect.',
    remedy: 'Report it with the reference in the log.',
  },
});
