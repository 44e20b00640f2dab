/** Lucene query texts. Only hex tokens, checked labels and bare words ever get in, each behind its field. */

/** Lucene allows 1,024 clauses in all. */
export const MAX_SCOPES_A_QUERY = 500;

/**
 * `terms` hold letters, marks and digits alone (`searchTerms`), so nothing needs escaping but Lucene's own words, and
 * those are only words in capitals: everything is lower-cased, as the analyzer does anyway.
 */
export function luceneQuery(
  terms: readonly string[],
  scopeTokens: readonly string[],
  labels: readonly string[] | undefined,
): string {
  const parts = [`+scopeToken:(${quoted(scopeTokens)})^0`];
  if (labels) parts.push(`+label:(${quoted(labels)})^0`);
  parts.push(`+terms:(${terms.map((term) => term.toLowerCase()).join(' ')})`);
  return parts.join(' ');
}

function quoted(values: readonly string[]): string {
  return values.map((value) => `"${value}"`).join(' ');
}

const UNSPACED =
  /([\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]+)/u;

/**
 * What is indexed in place of the text: accents folded, so that `Munchen` finds `München`; and words set apart where
 * the language does not, which the analyzer cannot do.
 */
export function indexedText(text: string): string {
  const folded = text
    .normalize('NFKD')
    .replace(/(?<=\p{Script=Latin})\p{M}+/gu, '')
    .replaceAll('ß', 'ss')
    .normalize('NFC');
  if (!UNSPACED.test(folded)) return folded;
  return folded
    .split(UNSPACED)
    .map((run) => (UNSPACED.test(run) ? ` ${words(run)} ` : run))
    .join('');
}

const segmenter = new Intl.Segmenter('ja', { granularity: 'word' });

function words(run: string): string {
  return [...segmenter.segment(run)].map(({ segment }) => segment).join(' ');
}
