import { isMap, isScalar, parseDocument, stringify } from 'yaml';
import type { Edit, Slot, Span } from './types.ts';

const MAX_CHARS = 20_000;

export interface FrontMatter {
  /** With both lines of dashes and the line end behind them. */
  readonly span: Span;
  readonly fields: ReadonlyMap<string, Slot>;
  /** The edit that adds a field behind another one, or at the beginning. */
  add(name: string, text: string, behind?: string): Edit;
}

/** YAML between two lines of dashes at the very beginning; undefined where there is none that can be read. */
export function readFrontMatter(source: string): FrontMatter | undefined {
  const found = /^\ufeff?---[ \t]*\n(?:([\s\S]*?)\n)?(?:---|\.\.\.)[ \t]*(?:\n|$)/.exec(source.slice(0, MAX_CHARS));
  if (!found) return undefined;
  const bodyAt = source.indexOf('\n') + 1;
  const document = parseDocument(found[1] ?? '', { maxAliasCount: 10 } as object);
  if (document.errors.length > 0) return undefined;
  const fields = new Map<string, Slot>();
  if (isMap(document.contents)) {
    for (const { key, value } of document.contents.items) {
      if (!isScalar(key) || !isScalar(value) || !key.range || !value.range) continue;
      const inner = { start: bodyAt + value.range[0], end: bodyAt + value.range[1] };
      const text = value.value === null ? '' : String(value.value).replaceAll(/\s+/g, ' ').trim();
      // A block scalar's range ends with its line end; an empty value stands right behind the colon.
      const tail = source.slice(inner.start, inner.end).endsWith('\n') ? '\n' : '';
      const head = source[inner.start - 1] === ':' ? ' ' : '';
      const span = { start: bodyAt + key.range[0], end: inner.end };
      const rewrite = (to: string): Edit => ({ ...inner, text: `${head}${quoted(to)}${tail}` });
      fields.set(String(key.value).toLowerCase(), { text, span, rewrite });
    }
  } else if (document.contents !== null) return undefined;
  return {
    span: { start: 0, end: found[0].length },
    fields,
    add(name, text, behind) {
      const slot = behind === undefined ? undefined : fields.get(behind);
      const lineEnd = slot ? source.indexOf('\n', Math.max(slot.span.end - 1, slot.span.start)) : bodyAt - 1;
      return { start: lineEnd + 1, end: lineEnd + 1, text: `${name}: ${quoted(text)}\n` };
    },
  };
}

/** On one line, in double quotes. */
function quoted(text: string): string {
  return stringify(text, { defaultStringType: 'QUOTE_DOUBLE', lineWidth: 0 }).trim();
}
