import type { SkillContext } from './handler.ts';
import { acts, unlinked } from './text/inert.ts';

interface Reworded {
  readonly text?: string;
  readonly note?: string;
}

/**
 * Has a hosted model put a computed text into its own words, and keeps them only if they say no number that is not in
 * there. Undefined with the offline model, without a model, or when the words fail that check: then the computed text
 * stands.
 *
 * @param instructions for whom it writes, and how
 */
export async function reword(computed: string, instructions: string, context: SkillContext): Promise<Reworded> {
  try {
    const { text, offline } = await context.step('wording', async () => {
      const completion = await context.model({
        messages: [
          { role: 'system', content: instructions },
          { role: 'user', content: computed },
        ],
        modelHint: 'balanced',
        limits: { maxOutputTokens: 1_500 },
      });
      return { text: completion.text, offline: completion.metadata.offline };
    });
    if (offline) return {};
    const invented = unknownNumbers(text, computed);
    if (text.trim() !== '' && invented.length === 0) return { text };
    return notUsed(
      invented.length > 0 ? `it says ${invented.slice(0, 3).join(', ')}, which the analysis does not` : 'it was empty',
    );
  } catch (error) {
    if (context.signal.aborted) throw error;
    context.logger.warn({ err: error }, `${context.definition.name} goes on without a model`);
    return { note: 'No model could be asked for wording; the reasoning is as computed.' };
  }
}

/** The same of Markdown: the model has read what files say, so words with links or tags are not kept either. */
export async function rewordMarkdown(...given: Parameters<typeof reword>): Promise<Reworded> {
  const { text, note } = await reword(...given);
  if (text === undefined) return { note };
  return acts(text) ? notUsed('it holds links or markup') : { text: unlinked(text) };
}

const notUsed = (why: string): Reworded => ({ note: `The model's wording was not used: ${why}.` });

/** Numbers above ten (places in a list aside) that do not stand in the source, thousands marks ignored. */
export function unknownNumbers(text: string, source: string): string[] {
  const numbers = (from: string) => from.match(/\d+(?:[.,]\d+)*/g) ?? [];
  const known = new Set(numbers(source).map((one) => one.replaceAll(',', '')));
  return numbers(text).filter((one) => {
    const plain = one.replaceAll(',', '');
    return !known.has(plain) && !(Number.isInteger(Number(plain)) && Number(plain) <= 10);
  });
}
