import { isKazeError, Pace } from '#platform';
import type { SkillContext, SkillResult } from '../handler.ts';
import { Stemmer } from '../text/stems.ts';
import { type CountedPage, countPage, type Density, densityOf, wantedOf } from './density.ts';
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
    const pace = new Pace();
    const { name, format } = page;
    const after = await readPageText({ name, text: new SourceText(changed).text, format }, pace);
    const stemmer = new Stemmer(page.language);
    const proposed = proposedTexts(texts);
    const counted = { before: await countPage(page, stemmer, pace), after: await countPage(after, stemmer, pace) };
    const queries: QueryDensity[] = [];
    for (const query of targetQueries(inputs.target_queries)) {
      if (pace.isDue()) await pace.rest();
      queries.push(compare(query, { page, after, counted, proposed, stemmer }));
    }
    return { queries };
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
  readonly counted: { readonly before: CountedPage; readonly after: CountedPage };
  readonly proposed: Texts;
  readonly stemmer: Stemmer;
}

function compare(query: string, { page, after, counted, proposed, stemmer }: Compared): QueryDensity {
  const most = (texts: readonly string[]) =>
    texts.reduce((highest, text) => Math.max(highest, densityOf(text, query, stemmer).mentions), 0);
  const wanted = wantedOf(query, stemmer);
  const [was, is] = [counted.before.whole.densityOf(wanted), counted.after.whole.densityOf(wanted)];
  const titles = (one: Page) => one.titles.map(({ text }) => text);
  const descriptions = (one: Page) => one.descriptions.map(({ text }) => text);
  const alts = (one: Page) => one.images.map(({ alt }) => alt ?? '');
  const passages = (one: CountedPage) => one.passages.filter(({ text }) => text.isStuffed(wanted)).length;
  const places: ReadonlyArray<readonly [where: string, before: number, after: number, bound: number]> = [
    ['in the text', was.perHundred, is.perHundred, is.stuffed ? is.most : Number.POSITIVE_INFINITY],
    ['in one passage', passages(counted.before), passages(counted.after), 0],
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
