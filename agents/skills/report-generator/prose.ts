import { numbersIn } from './numbers-in-words.ts';
import { type Days, type Figure, isDays, isFigure, isQuote, type Quote, unsourced } from './sourced.ts';

/** What may stand in a sentence besides the words of its template. */
export type Part = Figure | Quote | Days | Prose;

type Run = string | Figure | Quote | Days;

/** Words without a number of their own, and between them figures, days and quotations with their sources. */
class SourcedProse {
  readonly runs: readonly Run[];
  readonly #made: true = true;

  constructor(runs: readonly Run[]) {
    this.runs = runs;
  }

  static made(value: unknown): value is SourcedProse {
    return typeof value === 'object' && value !== null && #made in value;
  }
}

export type Prose = SourcedProse;
export type ProseRun = Run;
export const isProse = SourcedProse.made;

/**
 * A sentence from a template: `` say`${clicks} clicks` ``. Words come from the template alone, numbers from figures.
 * Errors: KAZE_SKILL_NUMBER_UNSOURCED when the template says a number itself, in digits or in words, or a part is none.
 */
export function say(template: TemplateStringsArray, ...parts: readonly Part[]): Prose {
  // A call like a function would get around the template: its texts are frozen, and have a raw form.
  if (!Array.isArray(template) || !Object.isFrozen(template) || !Array.isArray(template.raw)) {
    throw unsourced('prose was not made of a template');
  }
  return made(template, parts);
}

/** The same words with the same parts, worded differently by somebody who was not shown the numbers. */
export function reworded(texts: readonly string[], parts: readonly Part[]): Prose {
  return made(texts, parts);
}

/** Several sentences as one text. */
export function joined(parts: readonly Prose[], between = ' '): Prose {
  return made(['', ...parts.slice(1).map(() => between), ''].slice(0, parts.length + 1), parts);
}

function made(texts: readonly string[], parts: readonly Part[]): Prose {
  const runs: Run[] = [];
  for (const [at, text] of texts.entries()) {
    const [number] = numbersIn(text);
    if (number !== undefined)
      throw unsourced(`the words "${text.trim().slice(0, 80)}" say "${number}" without a source`);
    if (text !== '') runs.push(text);
    if (at >= parts.length) continue;
    const part = parts[at];
    if (isProse(part)) runs.push(...part.runs);
    else if (isFigure(part) || isQuote(part) || isDays(part)) runs.push(part);
    else throw unsourced(`"${String(part).slice(0, 40)}" stands in a sentence without a source`);
  }
  return new SourcedProse(runs);
}
