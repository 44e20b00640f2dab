import { skillErrors } from '../errors.ts';
import type { SkillInput } from '../handler.ts';
import { type InputText, readInputText } from '../read-input.ts';

/** What the client says of the business. Errors: KAZE_SKILL_INPUT_MISSING; those of `readInputText`. */
export async function readContext(
  skill: string,
  input: SkillInput | undefined,
  signal?: AbortSignal,
): Promise<InputText> {
  if (input === undefined) {
    throw skillErrors(
      'KAZE_SKILL_INPUT_MISSING',
      `${skill} has no business_context; say in a few sentences what the business sells and to whom, as text or as a Markdown, HTML, PDF or text file`,
      { fields: { skill, input: 'business_context' } },
    );
  }
  return readInputText('business_context', input, signal);
}
