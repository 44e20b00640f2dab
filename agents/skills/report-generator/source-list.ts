import type { SourceNumbers } from './number-sources.ts';
import { plainWords } from './plain-words.ts';
import type { Source } from './sourced.ts';
import type { Texts } from './texts/types.ts';

const MOST_IDS = 400;
const MOST_RANGES = 40;

/** An entry of the list of sources: words, and references to other entries. */
export interface SourceEntry {
  readonly number: number;
  readonly parts: ReadonlyArray<{ readonly words: string } | { readonly to: number; readonly until?: number }>;
}

/** The list that closes a report: what each number in it rests on, node by node and row by row. */
export function sourceList(numbers: SourceNumbers, texts: Texts): SourceEntry[] {
  return [...numbers].map(([source, number]) => ({ number, parts: describe(source, numbers, texts) }));
}

function describe(source: Source, numbers: SourceNumbers, texts: Texts): SourceEntry['parts'] {
  if (source.kind !== 'derived') return [{ words: named(source, texts) }];
  const parts: Array<SourceEntry['parts'][number]> = [{ words: texts.sources.formula[source.formula] }];
  parts.push(...references(source.of.flatMap((part) => numbers.get(part) ?? [])));
  const own = source.of.flatMap((part) => (numbers.has(part) || part.kind === 'derived' ? [] : [named(part, texts)]));
  if (own.length > 0) parts.push({ words: own.join('; ') });
  return parts;
}

function named(source: Exclude<Source, { kind: 'derived' }>, { sources: said }: Texts): string {
  switch (source.kind) {
    case 'node':
      return `${source.type} ${source.id} (${[...source.properties].join(', ')})`;
    case 'nodes': {
      const { type, ids, property } = source;
      const more = ids.length - MOST_IDS;
      const shown = ids.slice(0, MOST_IDS).join(', ');
      return `${ids.length} × ${type} (${property})${ids.length > 0 ? ': ' : ''}${shown}${more > 0 ? ` ${said.andMore(more)}` : ''}`;
    }
    case 'rows': {
      const { file, columns, lines } = source;
      const all = ranges(lines);
      const more = all.length > MOST_RANGES ? ` ${said.andOtherLines(lines.length)}` : '';
      const shown = all.slice(0, MOST_RANGES).join(', ') + more;
      return said.rows({
        file: plainWords(file),
        columns: [...columns].join(', '),
        lines: shown,
        isOne: lines.length === 1,
      });
    }
    case 'input':
      return said.input(source.name, source.line);
    case 'method':
      return `${source.name}: ${source.reference}`;
  }
}

/** In the order in which they are reckoned with; three and more in a row as one. */
function references(parts: readonly number[]): Array<{ to: number; until?: number }> {
  const runs: number[][] = [];
  for (const number of parts) {
    const run = runs.at(-1);
    if (run && run.at(-1) === number - 1) run.push(number);
    else runs.push([number]);
  }
  return runs.flatMap((run) =>
    run.length > 2 ? [{ to: run[0]!, until: run.at(-1)! }] : run.map((number) => ({ to: number })),
  );
}

function ranges(lines: readonly number[]): string[] {
  const found: Array<[number, number]> = [];
  for (const line of lines) {
    const last = found.at(-1);
    if (last && last[1] === line - 1) last[1] = line;
    else found.push([line, line]);
  }
  return found.map(([from, to]) => (from === to ? String(from) : `${from}–${to}`));
}
