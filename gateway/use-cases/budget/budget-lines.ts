import type { BudgetAccount } from '../../domain/budget/rule.ts';
import type { BudgetLine } from '../../ports/budget-store.ts';

interface Known {
  readonly lines: readonly BudgetLine[];
  readonly capped: readonly string[];
}

/** Worked out once for a list of accounts, which stays the same one for the calls of a minute. */
const known = new WeakMap<readonly BudgetAccount[], Known>();

function of(accounts: readonly BudgetAccount[]): Known {
  const found = known.get(accounts);
  if (found) return found;
  const lines = makeLines(accounts);
  const limited = lines.filter(({ maxMicros, maxTokens }) => maxMicros !== null || maxTokens !== null);
  const made = { lines, capped: limited.map(({ key }) => key) };
  known.set(accounts, made);
  return made;
}

export function linesOf(accounts: readonly BudgetAccount[]): readonly BudgetLine[] {
  return of(accounts).lines;
}

/** Those lines that may run out, by their keys. */
export function capped(accounts: readonly BudgetAccount[]): readonly string[] {
  return of(accounts).capped;
}

/** One line per counter: a warning rule beside a hard one counts the same spend, and must not count it twice. */
function makeLines(accounts: readonly BudgetAccount[]): readonly BudgetLine[] {
  const lines = new Map<string, BudgetLine>();
  for (const { key, window, mode, span, ...limits } of accounts) {
    const other = lines.get(key);
    const tighter = (name: 'maxMicros' | 'maxTokens') => {
      const caps = [other?.[name] ?? null, mode === 'hard' ? limits[name] : null].filter((cap) => cap !== null);
      return caps.length > 0 ? Math.min(...caps) : null;
    };
    const caps = { maxMicros: tighter('maxMicros'), maxTokens: tighter('maxTokens') };
    lines.set(key, { key, window, forgetAtMs: span.forgetAtMs, ...caps });
  }
  return [...lines.values()];
}
