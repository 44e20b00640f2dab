import { isKazeError } from '#platform';
import type { SkillContext, SkillResult } from '../handler.ts';
import { Stemmer } from '../text/stems.ts';
import { type Density, densityOf, stuffedPassage } from './density.ts';
import { applyDiff, SourceText } from './edits.ts';
import { targetQueries } from './material.ts';
import { readPageInput, readPageText } from './read-page.ts';
import type { Page } from './types.ts';

export interface QueryDensity {
  readonly query: string;
  readonly before: Density;
  readonly after: Density;
  /** Above a bound, and more than before. */
  readonly isWorse: boolean;
  /** Where it is above its bound. */
  readonly where: string;
}

/** The page that an outcome proposes, read from the outcome and the inputs alone. */
export async function proposedPage(
  { outputs }: Pick<SkillResult, 'outputs'>,
  inputs: SkillContext['inputs'],
): Promise<{ readonly queries: readonly QueryDensity[] } | { readonly problem: string }> {
  const { diff, title_and_description: texts } = outputs;
  if (typeof diff !== 'string') return { problem: 'the outcome has no diff' };
  try {
    const { page, source } = await readPageInput(inputs.page);
    const changed = applyDiff(diff, source.given);
    if (changed === undefined) return { problem: 'the diff does not apply to the page' };
    const after = readPageText({ name: page.name, text: new SourceText(changed).text, format: page.format });
    const stemmer = new Stemmer(page.language);
    const proposed = proposedTexts(texts);
    return {
      queries: targetQueries(inputs.target_queries).map((query) => compare(query, { page, after, proposed, stemmer })),
    };
  } catch (error) {
    if (!isKazeError(error)) throw error;
    return { problem: error.message };
  }
}

interface Texts {
  readonly title: string;
  readonly description: string;
}

function proposedTexts(output: unknown): Texts {
  const { title, description } = (output ?? {}) as Readonly<Record<string, unknown>>;
  return {
    title: typeof title === 'string' ? title : '',
    description: typeof description === 'string' ? description : '',
  };
}

interface Compared {
  readonly page: Page;
  readonly after: Page;
  readonly proposed: Texts;
  readonly stemmer: Stemmer;
}

function compare(query: string, { page, after, proposed, stemmer }: Compared): QueryDensity {
  const count = (text: string) => densityOf(text, query, stemmer);
  const most = (texts: readonly string[]) => Math.max(0, ...texts.map((text) => count(text).mentions));
  const [was, is] = [count(page.text), count(after.text)];
  const titles = (one: Page) => one.titles.map(({ text }) => text);
  const descriptions = (one: Page) => one.descriptions.map(({ text }) => text);
  const alts = (one: Page) => one.images.map(({ alt }) => alt ?? '');
  const passages = (one: Page) => one.blocks.filter(({ text }) => stuffedPassage(text, query, stemmer)).length;
  const places: ReadonlyArray<readonly [where: string, before: number, after: number, bound: number]> = [
    ['in the text', was.perHundred, is.perHundred, is.stuffed ? is.most : Number.POSITIVE_INFINITY],
    ['in one passage', passages(page), passages(after), 0],
    ['in the title', most(titles(page)), most([...titles(after), proposed.title]), 1],
    ['in the description', most(descriptions(page)), most([...descriptions(after), proposed.description]), 2],
    ['in one text alternative', most(alts(page)), most(alts(after)), 1],
  ];
  const worse = places.filter(([, before, now, bound]) => now > bound && now > before);
  return {
    query,
    before: was,
    after: is,
    isWorse: worse.length > 0,
    where: worse.map(([where]) => where).join(' and '),
  };
}
