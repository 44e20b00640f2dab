import { skillErrors } from '../errors.ts';
import type { SkillContext, SkillInput } from '../handler.ts';
import { namesOf, readInputText } from '../read-input.ts';
import { readPerformance } from '../search-analysis/read-rankings.ts';
import { pagesOfPassages, readSite } from './read-site.ts';
import type { Material } from './subject.ts';
import type { KnownPage, Page, TargetQuery } from './types.ts';
import { NO_VOICE, readVoice } from './voice.ts';

type Inputs = Readonly<Record<string, SkillInput | undefined>>;

const MOST_QUERIES = 200;
const MOST_SEEN = 20;
const LEAST_IMPRESSIONS = 10;
const PASSAGES_A_QUESTION = 12;
const MOST_QUESTIONS = 4;
/** What a page can be about; amounts, dates and addresses are said in passing. */
const SUBJECTS = ['organisation', 'person', 'place', 'product', 'term'] as const;

/** What the inputs hold besides the page. */
export interface GivenMaterial {
  readonly queries: readonly TargetQuery[];
  readonly ownPages: readonly KnownPage[];
  readonly rankingPages: readonly KnownPage[];
  readonly voice: Material['voice'];
  readonly notes: readonly string[];
}

/**
 * Reads all inputs but the page. Errors: KAZE_SKILL_INPUT_MISSING, KAZE_SKILL_INPUT_INVALID and those of the format
 * readers, with file, line and column.
 */
export async function readMaterial(inputs: Inputs, page: Page): Promise<GivenMaterial> {
  const targets = targetQueries(inputs.target_queries);
  const exported = await readExport(inputs.current_rankings, page);
  const own = await readSite(inputs, 'own_pages');
  const ranking = await readSite(inputs, 'ranking_pages');
  const voice = inputs.brand_voice
    ? readVoice((await readInputText('brand_voice', inputs.brand_voice)).text)
    : NO_VOICE;
  const impressions = new Map(exported.rows.map(({ query, impressions: shown }) => [query.toLowerCase(), shown]));
  const queries = targets.map(
    (query): TargetQuery => ({
      query,
      origin: 'target',
      impressions: exported.given ? (impressions.get(query.toLowerCase()) ?? 0) : null,
    }),
  );
  const named = new Set(targets.map((query) => query.toLowerCase()));
  const seen = exported.rows
    .filter(({ query, impressions: shown }) => !named.has(query.toLowerCase()) && shown >= LEAST_IMPRESSIONS)
    .sort((left, right) => right.impressions - left.impressions)
    .slice(0, MOST_SEEN)
    .map(({ query, impressions: shown }): TargetQuery => ({ query, origin: 'search_console', impressions: shown }));
  return {
    queries: [...queries, ...seen],
    ownPages: own.pages,
    rankingPages: ranking.pages,
    voice,
    notes: [...exported.notes, ...own.notes, ...ranking.notes],
  };
}

/** Errors: KAZE_SKILL_INPUT_MISSING, KAZE_SKILL_INPUT_INVALID. */
export function targetQueries(input: SkillInput | undefined): string[] {
  const listed =
    input?.kind === 'json' && Array.isArray(input.value)
      ? input.value.filter((one): one is string => typeof one === 'string').map((one) => one.trim())
      : namesOf(input, MOST_QUERIES);
  const queries = [...new Set(listed.filter((one) => /[\p{L}\p{N}]/u.test(one)))].slice(0, MOST_QUERIES);
  if (queries.length > 0) return queries.map((one) => one.slice(0, 200));
  throw skillErrors(
    input === undefined ? 'KAZE_SKILL_INPUT_MISSING' : 'KAZE_SKILL_INPUT_INVALID',
    'content-optimization has no target_queries; name the searches that the page is to answer, best first, such as ["flat roof repair", "flat roof cost"]',
    { fields: { skill: 'content-optimization', input: 'target_queries' } },
  );
}

interface Exported {
  readonly given: boolean;
  readonly rows: ReadonlyArray<{ readonly query: string; readonly impressions: number }>;
  readonly notes: readonly string[];
}

async function readExport(input: SkillInput | undefined, page: Page): Promise<Exported> {
  if (input === undefined) return { given: false, rows: [], notes: [] };
  const { name, read } = await readPerformance('current_rankings', input);
  const { rows, dimensions } = read;
  if (!dimensions.includes('query')) {
    throw skillErrors(
      'KAZE_SKILL_INPUT_INVALID',
      `${name}, line 1: the export has no queries (found ${dimensions.join(', ')}); export the table of queries, filtered to the page`,
      { fields: { input: 'current_rankings', line: 1 } },
    );
  }
  const address = page.url ?? page.facts.canonical;
  const notes: string[] = [];
  let own = rows;
  if (dimensions.includes('page')) {
    const path = pathOf(address ?? '');
    own = path === undefined ? rows : rows.filter((row) => pathOf(row.page ?? '') === path);
    if (path === undefined)
      notes.push(
        'The export has several pages and the address of this one is not known (page_url): all of its queries are counted.',
      );
    else if (own.length === 0) notes.push(`The export has no row for ${path}.`);
  } else notes.push('The export has no pages: it is taken to be filtered to this one.');
  const sums = new Map<string, number>();
  for (const { query = '', impressions } of own) sums.set(query, (sums.get(query) ?? 0) + impressions);
  return { given: true, rows: [...sums].map(([query, impressions]) => ({ query, impressions })), notes };
}

function pathOf(address: string): string | undefined {
  const base = 'https://page.invalid/';
  if (address === '' || !URL.canParse(address, base)) return undefined;
  return new URL(address, base).pathname.replace(/\/$/, '') || '/';
}

/** What the graph holds of the client about the page's queries. */
export async function withGraph(given: GivenMaterial, page: Page, context: SkillContext): Promise<Material> {
  const asked = [page.headings[0]?.text ?? '', ...given.queries.map(({ query }) => query)].filter(Boolean);
  const passages = new Map<string, Material['passages'][number]>();
  for (const question of asked.slice(0, MOST_QUESTIONS)) {
    for (const passage of await context.knowledge.passages(question, { limit: PASSAGES_A_QUESTION }))
      passages.set(passage.id, passage);
  }
  const found = [...passages.values()];
  const known = given.ownPages.length > 0 ? [] : pagesOfPassages(found).filter(({ url }) => url !== undefined);
  return {
    queries: given.queries,
    ownPages: [...given.ownPages, ...known],
    rankingPages: given.rankingPages,
    voice: given.voice,
    passages: found,
    entities: await context.knowledge.entities([...passages.keys()], { kinds: SUBJECTS }),
    items: await context.knowledge.items(['client/{client_id}/*']),
  };
}
