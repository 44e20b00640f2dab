import type { ByteSource } from '#platform/formats';
import { type ExportTable, NumberReader, openExport, wrongColumns } from './table.ts';

export interface RankedKeyword {
  /** Line of the file, from 1. */
  readonly line: number;
  /** Name of the file, where rows of several stand together. */
  readonly file?: string;
  readonly keyword: string;
  /** Host without "www."; empty where neither a column nor a URL tells. */
  readonly domain: string;
  readonly url: string | null;
  /** From 1; null: not found. */
  readonly position: number | null;
  /** Searches a month. */
  readonly volume: number | null;
}

export interface RankingExport {
  readonly name: string;
  readonly keywords: readonly RankedKeyword[];
  /** Those met, most keywords first. */
  readonly domains: readonly string[];
}

const DOMAIN = /^(?:https?:\/\/)?(?:www\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)\/?$/i;

/**
 * Reads rankings of one or more domains: a row for each keyword and page (Semrush and Ahrefs organic keywords, SISTRIX,
 * most rank trackers), or a row for each keyword with a column for each domain (Semrush Keyword Gap).
 * Errors: those of `openExport`; KAZE_SKILL_INPUT_INVALID with line, column and the nearest format.
 */
export async function readRankingExport(source: ByteSource): Promise<RankingExport> {
  const table = await openExport(source);
  const place = (name: ExportTable['meanings'][number]) => table.meanings.indexOf(name);
  const what = 'rankings by keyword (position and URL, or a column of positions for each domain)';
  if (place('keyword') < 0) throw wrongColumns(table, { what, missing: 'keyword' });
  const wide = table.columns.flatMap((name, column) => {
    const domain = DOMAIN.exec(name.trim())?.[1];
    return domain ? [{ column, domain: domain.toLowerCase() }] : [];
  });
  if (place('position') < 0 && wide.length === 0) throw wrongColumns(table, { what, missing: 'position' });
  const keywords = place('position') >= 0 ? longRows(table, place) : wideRows(table, { wide, place });
  return { name: table.name, keywords, domains: domainsOf(keywords) };
}

/** Exports of several domains, a file each, as one; the rows name their files. */
export function joinRankings(exports: readonly RankingExport[]): RankingExport {
  const [first] = exports;
  if (first && exports.length === 1) return first;
  const keywords = exports.flatMap(({ name: file, keywords: rows }) => rows.map((row) => ({ ...row, file })));
  return { name: exports.map(({ name }) => name).join(', '), keywords, domains: domainsOf(keywords) };
}

/** Those met, most keywords first. */
function domainsOf(keywords: readonly RankedKeyword[]): string[] {
  const counts = new Map<string, number>();
  for (const { domain } of keywords) if (domain) counts.set(domain, (counts.get(domain) ?? 0) + 1);
  return [...counts].sort((left, right) => right[1] - left[1]).map(([domain]) => domain);
}

type Place = (name: ExportTable['meanings'][number]) => number;

function longRows(table: ExportTable, place: Place): RankedKeyword[] {
  const [keyword, position, url, volume, domain] = [
    place('keyword'),
    place('position'),
    place('url'),
    place('volume'),
    place('domain'),
  ];
  const numbers = new NumberReader(table, volume < 0 ? [position] : [position, volume]);
  return table.rows.flatMap((row): RankedKeyword[] => {
    const text = row.cells[keyword]?.trim() ?? '';
    if (text === '') return [];
    const address = url < 0 ? '' : (row.cells[url]?.trim() ?? '');
    const named = domain < 0 ? '' : (row.cells[domain]?.trim() ?? '');
    return [
      {
        line: row.line,
        keyword: text,
        domain: hostOf(named || address),
        url: address || null,
        position: ranked(numbers.read(row, position)),
        volume: volume < 0 ? null : numbers.read(row, volume),
      },
    ];
  });
}

function wideRows(
  table: ExportTable,
  { wide, place }: { wide: ReadonlyArray<{ column: number; domain: string }>; place: Place },
): RankedKeyword[] {
  const [keyword, volume] = [place('keyword'), place('volume')];
  const numbers = new NumberReader(table, [...wide.map(({ column }) => column), ...(volume < 0 ? [] : [volume])]);
  return table.rows.flatMap((row): RankedKeyword[] => {
    const text = row.cells[keyword]?.trim() ?? '';
    if (text === '') return [];
    return wide.map(({ column, domain }) => ({
      line: row.line,
      keyword: text,
      domain,
      url: null,
      position: ranked(numbers.read(row, column)),
      volume: volume < 0 ? null : numbers.read(row, volume),
    }));
  });
}

/** Gap tables write 0 for "not found". */
const ranked = (position: number | null): number | null => (position === null || position < 1 ? null : position);

export function hostOf(address: string): string {
  const bare = address.replace(/^[a-z]+:\/\//i, '').replace(/^www\./i, '');
  return /^[^/:?#\s]+/.exec(bare)?.[0]?.toLowerCase() ?? '';
}
