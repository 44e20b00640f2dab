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

/** `[1] handbook/02-annual-leave.md, Annual leave > Carry-over, line 12` and the passage under it. */
export function citationLines(
  citations: readonly ShownCitation[],
  { width, style }: { readonly width: number; readonly style: Style },
): string {
  return citations
    .map(({ number, quote, chunk }) => {
      const source = chunk.source?.name || chunk.source?.title || 'an erased source';
      const where = [source, place(chunk)].filter((part) => part !== '').join(', ');
      const head = `${style(`[${number}]`, 'bold')} ${oneLine(where)}`;
      return quote ? `${head}\n${style(wrap(harmless(quote.trim()), width, '    '), 'dim')}` : head;
    })
    .join('\n');
}
