import type { Style } from '../output/style.ts';
import { harmless, oneLine, wrap } from '../output/text.ts';
import { place } from '../output/values.ts';

export interface CitedChunk {
  readonly id: string;
  readonly headings: readonly string[];
  readonly page: number | null;
  readonly line: number | null;
  readonly source: { readonly id: string; readonly name: string; readonly title: string | null } | null;
}

export interface ShownCitation {
  readonly number: number;
  readonly quote?: string;
  readonly chunk: CitedChunk;
}

/** `[1] handbook/02-annual-leave.md, Annual leave > Carry-over, line 12` and the passages under it, in the order of the numbers. */
export function citationLines(
  citations: readonly ShownCitation[],
  { width, style }: { readonly width: number; readonly style: Style },
): string {
  const groups = new Map<string, { readonly first: ShownCitation; readonly quotes: string[] }>();
  for (const citation of citations) {
    const key = `${citation.number} ${citation.chunk.id}`;
    const group = groups.get(key) ?? { first: citation, quotes: [] };
    if (citation.quote) group.quotes.push(citation.quote.trim());
    groups.set(key, group);
  }
  return [...groups.values()]
    .sort((a, b) => a.first.number - b.first.number)
    .map(({ first: { number, chunk }, quotes }) => {
      const source = chunk.source?.name || chunk.source?.title || 'an erased source';
      const where = [source, place(chunk)].filter((part) => part !== '').join(', ');
      const head = `${style(`[${number}]`, 'bold')} ${oneLine(where)}`;
      return [head, ...quotes.map((quote) => style(wrap(harmless(quote), width, '    '), 'dim'))].join('\n');
    })
    .join('\n');
}

export interface ShownKnowledge {
  readonly number: number;
  readonly quote: string;
  readonly knowledge: { readonly title: string; readonly path: string | null; readonly reference: string | null };
}

/** `[2] Annual leave (internal-ops/leave/annual), Handbook 2026`: knowledge that no passage of a source states. */
export function knowledgeLines(
  cited: readonly ShownKnowledge[],
  { width, style }: { readonly width: number; readonly style: Style },
): string {
  return cited
    .map(({ number, quote, knowledge: { title, path, reference } }) => {
      const where = [path ? `${title} (${path})` : title, reference ?? ''].filter((part) => part !== '').join(', ');
      return `${style(`[${number}]`, 'bold')} ${oneLine(where)}\n${style(wrap(harmless(quote), width, '    '), 'dim')}`;
    })
    .join('\n');
}
