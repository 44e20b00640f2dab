import { skillErrors } from '../errors.ts';
import type { SkillInput } from '../handler.ts';
import { plainText } from '../read-input.ts';

/** A list of words: a JSON list, or a text parted by commas, semicolons or lines. */
export function wordList(input: SkillInput | undefined): string[] {
  if (input === undefined || input.kind === 'file') return [];
  const text = input.kind === 'text' ? input.text : plainText(input.value);
  return text
    .split(/[\n,;]+/)
    .map((word) => word.trim())
    .filter((word) => word !== '')
    .slice(0, 100);
}

/** How many leads can be called; undefined when nothing is said. Errors: KAZE_SKILL_INPUT_INVALID. */
export function capacityOf(input: SkillInput | undefined): number | undefined {
  if (input === undefined) return undefined;
  const given = input.kind === 'json' ? input.value : input.kind === 'text' ? Number(input.text) : Number.NaN;
  if (typeof given === 'number' && Number.isInteger(given) && given >= 1 && given <= 1_000_000) return given;
  throw skillErrors('KAZE_SKILL_INPUT_INVALID', 'capacity must be a whole number of leads from 1, such as 40', {
    fields: { skill: 'lead-scoring', input: 'capacity' },
  });
}
