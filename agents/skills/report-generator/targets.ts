import type { Json, SkillInput } from '../handler.ts';
import type { Figure, Quote, Sources } from './sourced.ts';

export interface Target {
  readonly name: Quote;
  /** Undefined where the report measures nothing of that name. */
  readonly judged: { readonly value: Figure; readonly target: Figure; readonly reached: Figure } | undefined;
}

/** What a target may be set for, by name. */
export type Measured = Readonly<Record<string, Figure | undefined>>;

/** Targets that the task gives (`clicks: 12000`, a line each, or an object), beside what was reached. */
export function judgeTargets(input: SkillInput | undefined, measured: Measured, sources: Sources): Target[] {
  return linesOf(input).map(({ name, value, line }) => {
    const source = sources.input('targets', line);
    const key = name.toLowerCase().replaceAll(/[\s-]+/g, '_');
    const found = Object.hasOwn(measured, key) ? measured[key] : undefined;
    const isShare = found?.unit === 'share';
    const target =
      found && value > 0 ? sources.figure(isShare && value > 1 ? value / 100 : value, found.unit, source) : undefined;
    const reached = found && target ? sources.share(found, target) : undefined;
    return {
      name: sources.quote(name, source),
      judged: found && target && reached ? { value: found, target, reached } : undefined,
    };
  });
}

const MOST = 20;

function linesOf(input: SkillInput | undefined): Array<{ name: string; value: number; line: number }> {
  if (input === undefined || input.kind === 'file') return [];
  const pairs: Array<[string, string, number]> =
    input.kind === 'json'
      ? Object.entries(objectOf(input.value)).map(([name, value], at) => [name, String(value), at + 1])
      : input.text.split('\n').flatMap((line, at): Array<[string, string, number]> => {
          const found = /^\s*[-*]?\s*([^:=]{1,80}?)\s*[:=]\s*(.+?)\s*$/u.exec(line);
          return found ? [[found[1]!, found[2]!, at + 1]] : [];
        });
  return pairs.slice(0, MOST).flatMap(([name, text, line]) => {
    const value = Number(text.replace(/\s*%$/, '').replaceAll(/[\s_'’](?=\d{3})/g, ''));
    return Number.isFinite(value) ? [{ name, value, line }] : [];
  });
}

const objectOf = (value: Json): Readonly<Record<string, Json>> =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Readonly<Record<string, Json>>) : {};
