import type { Finding, KnownName } from './types.ts';

const SUFFIX =
  'GmbH & Co\\. KGaA|GmbH & Co\\. KG|gGmbH|GmbH|mbH|UG|AG|KGaA|KG|OHG|GbR|SE|e\\.V\\.|eG|e\\.K\\.|Ltd\\.?|Limited|LLP|PLC|plc|CIC|Inc\\.?|Incorporated|Corp\\.?|Corporation|LLC|L\\.P\\.|B\\.V\\.|N\\.V\\.|S\\.A\\.|SARL|S\\.r\\.l\\.|SpA|S\\.p\\.A\\.|Pty|DAC|ApS|A/S|Oy|AB';
const KIND =
  'Bank|Group|Holdings?|Partners|Solutions|Technologies|Systems|Services|Foundation|Trust|University|College|Hospital|Council|Institute|Association|Stiftung|Verein|Universität|Sparkasse';
const NAME_WORD = "\\p{Lu}[\\p{L}\\p{N}&'’.-]{0,40}";
/** Ordinary words that open a sentence and are no part of a name. */
const OPENERS = new Set(
  'The A An Our Your Their My His Her Its This That These Those At In On By For From With And Or But If When While As To Of Der Die Das Den Dem Des Ein Eine Einer Bei Von Vom Mit Für Und Oder Im Am Zum Zur Unsere Ihre'.split(
    ' ',
  ),
);
const ORGANISATION = new RegExp(
  `(?<![\\p{L}\\p{N}])(${NAME_WORD}(?: (?:& |and |und )?${NAME_WORD}){0,4}?,? (?:${SUFFIX})|${NAME_WORD}(?: ${NAME_WORD}){0,2}? (?:${KIND}))(?![\\p{L}\\p{N}])`,
  'gu',
);

/** Organisations by the legal form or the kind that ends their name. */
export function findOrganisations(text: string): Finding[] {
  return [...text.matchAll(ORGANISATION)].flatMap((match): Finding[] => {
    let words = match[0];
    let start = match.index;
    for (let space = words.indexOf(' '); space > 0 && OPENERS.has(words.slice(0, space)); space = words.indexOf(' ')) {
      words = words.slice(space + 1);
      start += space + 1;
    }
    // "The Trust" and "Our Bank" are no names.
    if (!words.includes(' ')) return [];
    const legal = new RegExp(`(?:${SUFFIX})$`, 'u').test(words);
    return [
      {
        kind: 'organisation',
        text: words,
        start,
        end: start + words.length,
        normalised: nameKey(words),
        confidence: legal ? 0.95 : 0.9,
        origin: 'rule',
      },
    ];
  });
}

const LEGAL_END = new RegExp(`[, ]+(?:${SUFFIX})$`, 'iu');

/** The form under which two ways to write a name are one: case, accents, punctuation and the legal form are left out. */
export function nameKey(name: string): string {
  const bare = name.trim().replace(LEGAL_END, '') || name;
  const folded = bare.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const key = folded
    .replace(/['’]s\b/g, '')
    .replace(/&/g, ' and ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  return key === '' ? name.trim().toLowerCase() : key;
}

const WORD = /[\p{L}\p{N}]+(?:[.'’&-][\p{L}\p{N}]+)*/gu;

interface Entry extends KnownName {
  readonly words: readonly string[];
}

const foldWord = (word: string) =>
  word
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/['’]s$/, '');

/**
 * Finds known names as whole words, longest first. One-word names must stand with the case they are known by, so that
 * the software "Tally" is not found in "a tally of votes".
 */
export function createDictionary(names: readonly KnownName[]): (text: string) => Finding[] {
  const byFirst = new Map<string, Entry[]>();
  for (const known of names) {
    const words = [...known.name.matchAll(WORD)].map(([word]) => foldWord(word));
    if (words.length === 0 || known.name.trim().length < 3) continue;
    byFirst.set(words[0]!, [...(byFirst.get(words[0]!) ?? []), { ...known, words }]);
  }
  for (const entries of byFirst.values()) entries.sort((a, b) => b.words.length - a.words.length);
  if (byFirst.size === 0) return () => [];

  return (text) => {
    const tokens = [...text.matchAll(WORD)].map((match) => ({
      word: foldWord(match[0]),
      raw: match[0],
      at: match.index,
    }));
    const found: Finding[] = [];
    for (let index = 0; index < tokens.length; index++) {
      const entry = byFirst.get(tokens[index]!.word)?.find((candidate) => fits(candidate, tokens, index));
      if (!entry) continue;
      const last = tokens[index + entry.words.length - 1]!;
      const start = tokens[index]!.at;
      const end = last.at + last.raw.replace(/['’]s$/, '').length;
      found.push({
        kind: entry.kind,
        text: text.slice(start, end),
        start,
        end,
        normalised: nameKey(entry.name),
        confidence: 0.95,
        origin: 'dictionary',
      });
      index += entry.words.length - 1;
    }
    return found;
  };
}

function fits(entry: Entry, tokens: ReadonlyArray<{ word: string; raw: string }>, at: number): boolean {
  if (entry.words.some((word, offset) => tokens[at + offset]?.word !== word)) return false;
  return entry.words.length > 1 || tokens[at]!.raw.replace(/['’]s$/, '') === entry.name.trim();
}
