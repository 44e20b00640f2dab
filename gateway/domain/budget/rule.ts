import { NAME_PATTERN } from '#platform';
import { budgetError } from './errors.ts';
import { BUDGET_WINDOWS, type BudgetWindow, spanAt, type WindowSpan } from './window.ts';

/** What a budget holds for. `*` holds for each one by itself: every tenant has its own, not one for all together. */
export type BudgetScope =
  | { readonly level: 'cell' }
  | { readonly level: 'tenant'; readonly tenant: string }
  | { readonly level: 'agent'; readonly tenant: string; readonly agent: string }
  | { readonly level: 'task'; readonly tenant: string; readonly task: string };

export interface BudgetRule {
  readonly scope: BudgetScope;
  readonly window: BudgetWindow;
  /** Micro US dollars; at least one of both limits. */
  readonly maxMicros?: number;
  /** Input and output together. */
  readonly maxTokens?: number;
  /** `hard` refuses what does not fit; `warn` only tells. Default `hard`. */
  readonly mode?: 'hard' | 'warn';
  /** Share of the limit, 0..1, from which on it is told that it runs out. Default .8. */
  readonly warnAt?: number;
}

/** Whose call it is. */
export interface BudgetPath {
  readonly tenant: string;
  readonly agent: string;
  readonly task: string | null;
}

/** A rule for one call: its scope has names in place of `*`, its window is the one of now. */
export interface BudgetAccount {
  /** Unique for scope and window: `agent:acme/writer:day:2026-11-22`. */
  readonly key: string;
  readonly scope: BudgetScope;
  readonly window: BudgetWindow;
  readonly span: WindowSpan;
  readonly mode: 'hard' | 'warn';
  readonly maxMicros: number | null;
  readonly maxTokens: number | null;
  readonly warnAt: number;
}

export const DEFAULT_WARN_AT = 0.8;
const TASK_KEPT_MS = 30 * 24 * 60 * 60_000;
const LEVELS = ['cell', 'tenant', 'agent', 'task'] as const;
const TASK_PATTERN = /^[^\s*]{1,128}$/;

/** Errors: KAZE_BUDGET_RULE_INVALID. */
export function checkRules(rules: readonly BudgetRule[]): void {
  const seen = new Set<string>();
  for (const rule of rules) {
    const name = ruleName(rule);
    const refuse = (message: string): never => {
      throw budgetError('KAZE_BUDGET_RULE_INVALID', `the budget ${name} ${message}`, { fields: { budget: name } });
    };
    if (!LEVELS.includes(rule.scope.level)) refuse(`has no scope that there is: ${LEVELS.join(', ')}`);
    if (!BUDGET_WINDOWS.includes(rule.window)) refuse(`has no window that there is: ${BUDGET_WINDOWS.join(', ')}`);
    for (const [field, pattern] of [
      ['tenant', NAME_PATTERN],
      ['agent', NAME_PATTERN],
      ['task', TASK_PATTERN],
    ] as const) {
      const value = (rule.scope as Partial<Record<string, string>>)[field];
      const needed = rule.scope.level !== 'cell' && (field === 'tenant' || field === rule.scope.level);
      if (needed && value !== '*' && !pattern.test(value ?? '')) refuse(`names no ${field}, nor * for each`);
    }
    if (rule.maxMicros === undefined && rule.maxTokens === undefined) refuse('limits neither money nor tokens');
    for (const max of [rule.maxMicros, rule.maxTokens]) {
      if (max !== undefined && (!Number.isSafeInteger(max) || max < 0)) {
        refuse(`needs whole limits from 0, not ${max}`);
      }
    }
    if (rule.warnAt !== undefined && !(rule.warnAt > 0 && rule.warnAt <= 1))
      refuse('warns at a share above 0, up to 1');
    const place = `${name} ${rule.mode ?? 'hard'}`;
    if (seen.has(place)) refuse(`stands twice (${rule.mode ?? 'hard'}): leave one out`);
    seen.add(place);
  }
}

/**
 * Every budget that holds for a call, from the cell down to the task. All hard ones must have room: a wide budget of a
 * tenant never opens a spent one of the cell, nor the other way round. Only among rules of one level, window and mode
 * does the more exact one replace the vaguer: a tenant's own stands in place of the one for each (`*`), an agent's own
 * in place of the tenant's for each agent, that in place of each agent's everywhere.
 */
export function accountsFor(rules: readonly BudgetRule[], path: BudgetPath, atMs: number): readonly BudgetAccount[] {
  const chosen = new Map<string, BudgetRule>();
  for (const rule of rules) {
    if (!holdsFor(rule.scope, path)) continue;
    const place = `${LEVELS.indexOf(rule.scope.level)}/${rule.window}/${rule.mode ?? 'hard'}`;
    const other = chosen.get(place);
    if (!other || exactness(rule.scope) > exactness(other.scope)) chosen.set(place, rule);
  }
  return [...chosen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, rule]) => accountOf(rule, path, atMs));
}

function accountOf(rule: BudgetRule, path: BudgetPath, atMs: number): BudgetAccount {
  const scope = named(rule.scope, path);
  const always = spanAt(rule.window, atMs);
  // A store need not keep a task for ever: its total is seeded again from the ledger should it ever go on.
  const forgets = scope.level === 'task' && always.forgetAtMs === null;
  const span = forgets ? { ...always, forgetAtMs: atMs + TASK_KEPT_MS } : always;
  return {
    key: `${scopeName(scope)}:${rule.window}${span.name ? `:${span.name}` : ''}`,
    scope,
    window: rule.window,
    span,
    mode: rule.mode ?? 'hard',
    maxMicros: rule.maxMicros ?? null,
    maxTokens: rule.maxTokens ?? null,
    warnAt: rule.warnAt ?? DEFAULT_WARN_AT,
  };
}

function holdsFor(scope: BudgetScope, path: BudgetPath): boolean {
  const is = (wanted: string, given: string | null) => given !== null && (wanted === '*' || wanted === given);
  if (scope.level === 'cell') return true;
  if (!is(scope.tenant, path.tenant)) return false;
  if (scope.level === 'agent') return is(scope.agent, path.agent);
  return scope.level === 'tenant' || is(scope.task, path.task);
}

function named(scope: BudgetScope, path: BudgetPath): BudgetScope {
  if (scope.level === 'cell') return scope;
  if (scope.level === 'tenant') return { level: 'tenant', tenant: path.tenant };
  if (scope.level === 'agent') return { level: 'agent', tenant: path.tenant, agent: path.agent };
  return { level: 'task', tenant: path.tenant, task: path.task ?? scope.task };
}

function exactness(scope: BudgetScope): number {
  if (scope.level === 'cell') return 0;
  const own = scope.level === 'agent' ? scope.agent : scope.level === 'task' ? scope.task : '*';
  return (own === '*' ? 0 : 2) + (scope.tenant === '*' ? 0 : 1);
}

export function scopeName(scope: BudgetScope): string {
  if (scope.level === 'cell') return 'cell';
  if (scope.level === 'tenant') return `tenant:${scope.tenant}`;
  return scope.level === 'agent' ? `agent:${scope.tenant}/${scope.agent}` : `task:${scope.tenant}/${scope.task}`;
}

export function ruleName(rule: BudgetRule): string {
  return `${scopeName(rule.scope)} per ${rule.window}`;
}
