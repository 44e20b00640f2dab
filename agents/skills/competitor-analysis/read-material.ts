import { nearestName } from '#platform';
import { skillErrors } from '../errors.ts';
import type { SkillInput } from '../handler.ts';
import { readNames, severalOf } from '../read-input.ts';
import { readRankings, sourceOfInput } from '../search-analysis/read-rankings.ts';
import type { RankingTable } from '../search-analysis/types.ts';
import { hostOf, readRankingExport } from '../search-exports/index.ts';
import { wordsOf } from '../text/languages.ts';
import type { RankedRow } from './types.ts';

const SKILL = 'competitor-analysis';
const MOST_COMPETITORS = 50;

/** One or more tables of rankings as one. */
export interface RankingRows {
  /** Names of the files. */
  readonly files: readonly string[];
  readonly keywords: readonly RankedRow[];
  /** Those met, most keywords first. */
  readonly domains: readonly string[];
}

/** Who stands where, as the files say it. */
export interface Rankings {
  readonly own: RankingTable | null;
  readonly tracker: RankingRows | null;
  readonly rivals: RankingRows;
  /** Hosts of the client, without "www."; empty where nothing tells. */
  readonly ownHosts: readonly string[];
  /** Domains that are compared, most keywords first. */
  readonly domains: readonly string[];
  /** Names or domains as given. */
  readonly competitors: readonly string[];
  readonly notes: readonly string[];
}

type Inputs = Readonly<Record<string, SkillInput | undefined>>;

/**
 * Reads all rankings and settles whose they are. Errors: those of the readers, with file, line and column;
 * KAZE_SKILL_INPUT_MISSING; KAZE_SKILL_INPUT_INVALID where no row belongs to a competitor.
 */
export async function readRankingInputs(inputs: Inputs): Promise<Rankings> {
  if (!inputs.current_rankings && !inputs.rank_tracker) throw missing('current_rankings', OWN);
  if (severalOf(inputs, 'competitor_rankings').length === 0) throw missing('competitor_rankings', RIVALS);
  const own = inputs.current_rankings ? await readRankings(inputs.current_rankings, 'current_rankings', SKILL) : null;
  const tracker = inputs.rank_tracker ? await readTables(inputs, 'rank_tracker') : null;
  const rivals = await readTables(inputs, 'competitor_rankings');
  const competitors = await readNames(inputs.competitors, MOST_COMPETITORS);
  const said = (await readNames(inputs.own_domain, 10)).map(hostOf).filter(Boolean);
  const notes = own ? [...own.notes] : [];
  const ownHosts = said.length > 0 ? said : ownHostsOf({ own, tracker, competitors });
  const isOwn = (domain: string) => ownHosts.some((host) => isWithin(domain, host));
  const others = rivals.domains.filter((domain) => !isOwn(domain));
  const named = others.filter((domain) => competitors.some((name) => isCalled(domain, name)));
  if (rivals.domains.length === 0)
    throw nobody(
      rivals,
      'no column that says whose rankings these are, nor an address in one; export it with the URL or the domain, or give a table with a column for each domain',
    );
  if (others.length === 0) throw nobody(rivals, 'no domain but the client’s own; give the rankings of competitors');
  if (competitors.length > 0 && named.length === 0) {
    const nearest = nearestName(hostOf(competitors[0]!), others);
    const hint = nearest ? `; nearest is ${nearest}` : '';
    throw nobody(
      rivals,
      `${others.slice(0, 5).join(', ')} and none of the competitors that were named (${competitors.slice(0, 5).join(', ')})${hint}; name the domains as the table has them, or give the competitors' rankings`,
    );
  }
  const domains = competitors.length > 0 ? named : others;
  const left = others.filter((domain) => !domains.includes(domain));
  if (left.length > 0)
    notes.push(
      `${namesOfFiles(rivals)} has ${left.length} further ${left.length === 1 ? 'domain' : 'domains'} that no competitor was named for, left out: ${left.slice(0, 5).join(', ')}.`,
    );
  const absent = competitors.filter((name) => !others.some((domain) => isCalled(domain, name)));
  if (absent.length > 0) notes.push(`${namesOfFiles(rivals)} has no row of ${absent.slice(0, 5).join(', ')}.`);
  if (ownHosts.length === 0)
    notes.push(
      'Nothing tells the client’s own domain (own_domain, an export with pages, or own pages with their address do): own pages cannot be told from others by their address.',
    );
  const unplaced = rivals.keywords.filter(({ domain }) => domain === '').length;
  if (unplaced > 0)
    notes.push(`${unplaced} rows of ${namesOfFiles(rivals)} say neither a domain nor an address and were left out.`);
  return { own, tracker, rivals, ownHosts, domains, competitors, notes };
}

const OWN =
  'the client’s own rankings: a Search Console performance export (Queries.csv, or query with page), or a rank tracker’s table as rank_tracker';
const RIVALS =
  'the rankings of competitors: a rank tracker’s or keyword tool’s table with keyword, position and URL or domain, or a column of positions for each domain';

function missing(input: string, what: string): Error {
  return skillErrors(
    'KAZE_SKILL_INPUT_MISSING',
    `${SKILL} has no ${input}, and no tool is connected that could fetch it; give ${what}`,
    { fields: { skill: SKILL, input } },
  );
}

function nobody(rivals: RankingRows, problem: string): Error {
  const name = namesOfFiles(rivals);
  return skillErrors('KAZE_SKILL_INPUT_INVALID', `${name} (input competitor_rankings) has ${problem}`, {
    fields: { input: 'competitor_rankings', name },
  });
}

const namesOfFiles = ({ files }: RankingRows): string => files.join(', ');

/** Some tools export one domain a file, others all in one. */
async function readTables(inputs: Inputs, wanted: 'rank_tracker' | 'competitor_rankings'): Promise<RankingRows> {
  const files: string[] = [];
  const keywords: RankedRow[] = [];
  for (const { name, input } of severalOf(inputs, wanted)) {
    const read = await readRankingExport(sourceOfInput(name, input));
    files.push(read.name);
    for (const row of read.keywords) keywords.push({ ...row, file: read.name });
  }
  const counts = new Map<string, number>();
  for (const { domain } of keywords) if (domain) counts.set(domain, (counts.get(domain) ?? 0) + 1);
  const domains = [...counts].sort((left, right) => right[1] - left[1]).map(([domain]) => domain);
  return { files, keywords, domains };
}

/** Also a subdomain: blog.acme.example is within acme.example. */
export const isWithin = (domain: string, host: string): boolean => domain === host || domain.endsWith(`.${host}`);

/** "rye.example", "https://www.rye.example/", "Rye" and "Rye & Sons" for rye.example, rye-sons.example. */
function isCalled(domain: string, name: string): boolean {
  const host = hostOf(name.trim());
  if (host.includes('.')) return isWithin(domain, host);
  const label = (domain.split('.').at(-2) ?? domain).replaceAll(/[^a-z0-9]/g, '');
  const words = wordsOf(name).join('');
  return words !== '' && (label === words || label === wordsOf(name).slice(0, 1).join(''));
}

function ownHostsOf(given: {
  own: RankingTable | null;
  tracker: RankingRows | null;
  competitors: readonly string[];
}): string[] {
  const pages = (given.own?.queries ?? []).slice(0, 5_000).flatMap((query) => query.pages.slice(0, 1));
  const hosts = new Set(pages.map(({ page }) => hostOf(page)).filter((host) => host.includes('.')));
  if (hosts.size > 0) return [...hosts];
  const tracked = (given.tracker?.domains ?? []).filter(
    (domain) => !given.competitors.some((name) => isCalled(domain, name)),
  );
  // A tracker's table of several domains is led by the site that it is kept for.
  return tracked.slice(0, 1);
}
