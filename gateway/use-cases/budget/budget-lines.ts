import type { BudgetAccount } from '../../domain/budget/rule.ts';
import type { BudgetLine } from '../../ports/budget-store.ts';

const linesKnown = new WeakMap<readonly BudgetAccount[], readonly BudgetLine[]>();

/** Worked out once for a list of accounts, which stays the same one for the calls of a minute. */
export function linesOf(accounts: readonly BudgetAccount[]): readonly BudgetLine[] {
  const known = linesKnown.get(accounts);
  if (known) return known;
  const lines = makeLines(accounts);
  linesKnown.set(accounts, lines);
  return lines;
}

/** One line per counter: a warning rule beside a hard one counts the same spend, and must not count it twice. */
function makeLines(accounts: readonly BudgetAccount[]): readonly BudgetLine[] {
  const lines = new Map<string, BudgetLine>();
  for (const { key, window, mode, span, ...limits } of accounts) {
    const known = lines.get(key);
    const tighter = (name: 'maxMicros' | 'maxTokens') => {
      const caps = [known?.[name] ?? null, mode === 'hard' ? limits[name] : null].filter((cap) => cap !== null);
      return caps.length > 0 ? Math.min(...caps) : null;
    };
    const caps = { maxMicros: tighter('maxMicros'), maxTokens: tighter('maxTokens') };
    lines.set(key, { key, window, forgetAtMs: span.forgetAtMs, ...caps });
  }
  return [...lines.values()];
}
