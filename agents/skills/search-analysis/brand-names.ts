import { wordsOf } from '../text/languages.ts';
import { foldAccents } from '../text/stems.ts';
import type { BusinessContext } from './business-context.ts';
import type { Tokens } from './tokens.ts';
import type { Query } from './types.ts';

/** Names that the business may go by, before any click was looked at. */
export interface KnownNames {
  /** Single words, lower case. */
  readonly words: ReadonlySet<string>;
  /** Names with all their words, as a sentence or a domain writes them; a domain written in one piece is one word. */
  readonly whole: ReadonlyArray<readonly string[]>;
}

/** A name shorter than this, written in one piece, is too easily another word. */
const SHORTEST_JOINED = 6;
/** Words that people write in one piece, at most. */
const LONGEST_RUN = 5;
/** What stands between the words of a name, and is left out, written out or drawn in as one likes. */
const LINKS: ReadonlySet<string> = new Set(['&', '+', 'and', 'und', 'et', 'y', 'e', 'en', 'og', 'och']);
const LINK_FORMS = ['', 'and', 'und', 'et'] as const;

/** From the words of the context and from the domains that it or the export names. */
export function knownNames(queries: readonly Query[], context: BusinessContext): KnownNames {
  const words = new Set(context.names);
  const whole = [...context.fullNames];
  const hosts = new Set(queries.slice(0, 2_000).flatMap(({ pages }) => pages.map(({ page }) => hostOf(page))));
  for (const host of [...hosts, ...context.hosts]) {
    for (const label of host.split('.').slice(0, -1)) {
      if (/^(?:www\d?|)$/.test(label)) continue;
      const parts = wordsOf(label);
      for (const word of parts) if (word.length >= 3) words.add(word);
      whole.push(parts);
    }
  }
  return { words, whole };
}

function hostOf(page: string): string {
  return /^[a-z]+:\/\/([^/:?#]+)/i.exec(page)?.[1]?.toLowerCase() ?? '';
}

const ASCII = /^[\0-\x7f]*$/;

/** How a word is typed: without its accents, and in German with a second vowel for the umlaut as well. */
export function spellingsOf(word: string): readonly string[] {
  if (ASCII.test(word)) return [word];
  const folded = foldAccents(word);
  const written = foldAccents(word.replaceAll('ä', 'ae').replaceAll('ö', 'oe').replaceAll('ü', 'ue'));
  return folded === written ? [folded] : [folded, written];
}

/** How a name is typed in one piece: "Speiche & Sattel" is `speichesattel`, `speicheundsattel` and two more. */
function joinedSpellings(words: readonly string[]): string[] {
  const forms = words.some((word) => LINKS.has(word)) ? LINK_FORMS : [''];
  const joined = [words, ...forms.map((form) => words.map((word) => (LINKS.has(word) ? form : word)))];
  const spelt = joined.flatMap((one) => spellingsOf(one.join('').replaceAll(/[^\p{L}\p{M}\p{N}]/gu, '')));
  return [...new Set(spelt)].filter((one) => one.length >= SHORTEST_JOINED);
}

/** Finds neighbouring words that give a name when they are written in one piece. */
class Runs {
  readonly #prefixes = new Set<string>();

  constructor(private readonly names: ReadonlyMap<string, number>) {
    for (const name of names.keys()) for (let end = 1; end < name.length; end++) this.#prefixes.add(name.slice(0, end));
  }

  /** Numbers of the names that two words and more of these give. */
  *within(words: Uint32Array, spelt: readonly string[]): Generator<number> {
    for (let start = 0; start + 1 < words.length; start++) {
      let joined = spelt[words[start]!]!;
      for (let at = start + 1; at < words.length && at < start + LONGEST_RUN; at++) {
        if (!this.#prefixes.has(joined)) break;
        joined += spelt[words[at]!]!;
        const name = this.names.get(joined);
        if (name !== undefined) yield name;
      }
    }
  }
}

/**
 * Queries as units: their words, spellings of one word being one unit, and the whole names that their words make. What
 * is asked of a unit is thereby asked of all the ways in which it is typed.
 */
export class NameUnits {
  readonly #tokens: Tokens;
  readonly #texts: string[] = [];
  readonly #names = new Set<number>();
  /** By token: its first spelling, and its unit. */
  readonly #spelt: readonly string[];
  readonly #ofToken: Uint32Array;
  readonly #whole = new Map<number, number[]>();

  constructor(tokens: Tokens, { words, whole }: KnownNames) {
    this.#tokens = tokens;
    const bySpelling = new Map<string, number>();
    const unitOf = (spellings: readonly string[], text: string) => {
      const known = spellings.map((one) => bySpelling.get(one)).find((one) => one !== undefined);
      const unit = known ?? this.#texts.push(text) - 1;
      for (const one of spellings) if (!bySpelling.has(one)) bySpelling.set(one, unit);
      return unit;
    };
    const joined = new Map<string, number>();
    for (const name of whole) {
      const spellings = joinedSpellings(name);
      if (spellings.length === 0) continue;
      const unit = unitOf(spellings, spellings[0]!);
      this.#names.add(unit);
      for (const one of spellings) joined.set(one, unit);
    }
    const spellings = tokens.words.map(spellingsOf);
    this.#spelt = spellings.map(([first]) => first!);
    this.#ofToken = new Uint32Array(tokens.words.length);
    // Words with two spellings come first: what is spelt like either joins them.
    for (const isDouble of [true, false]) {
      for (const [at, spelt] of spellings.entries())
        if (spelt.length > 1 === isDouble) this.#ofToken[at] = unitOf(spelt, tokens.words[at]!);
    }
    for (const word of words) {
      for (const spelling of spellingsOf(word)) {
        const unit = bySpelling.get(spelling);
        if (unit !== undefined) this.#names.add(unit);
      }
    }
    const runs = new Runs(joined);
    for (let index = 0; index + 1 < tokens.starts.length; index++) {
      const found = [...runs.within(tokens.of(index), this.#spelt)];
      if (found.length > 0) this.#whole.set(index, found);
    }
  }

  get count(): number {
    return this.#texts.length;
  }

  text(unit: number): string {
    return this.#texts[unit]!;
  }

  isName(unit: number): boolean {
    return this.#names.has(unit);
  }

  /** Units of a query's words, each once. */
  wordsAt(index: number): readonly number[] {
    return [...new Set(Array.from(this.#tokens.of(index), (word) => this.#ofToken[word]!))];
  }

  /** Units of the names that neighbouring words of a query make. */
  namesAt(index: number): readonly number[] {
    return this.#whole.get(index) ?? [];
  }

  /**
   * Which queries hold one of these units, or the name in another shape: as the beginning of a longer word, words beside
   * each other that make it, or words that stand beside it elsewhere written in one piece with it.
   */
  holding(units: readonly number[]): boolean[] {
    const tokens = this.#tokens;
    const chosen = new Set(units);
    const texts = units.flatMap((unit) => spellingsOf(this.text(unit)));
    const isChosen = Array.from(
      this.#ofToken,
      (unit, word) => chosen.has(unit) || texts.some((text) => isLonger(this.#spelt[word]!, text)),
    );
    const holds = Array.from(
      { length: tokens.starts.length - 1 },
      (_, index) =>
        tokens.of(index).some((word) => isChosen[word]) ||
        (this.#whole.get(index) ?? []).some((unit) => chosen.has(unit)),
    );
    const apart = new Runs(new Map(texts.filter((text) => text.length >= SHORTEST_JOINED).map((text) => [text, 0])));
    const together = this.#joinedIn(holds, isChosen);
    const isTogether = this.#spelt.map((spelt) => together.has(spelt));
    return holds.map(
      (held, index) =>
        held ||
        tokens.of(index).some((word) => isTogether[word]) ||
        !apart.within(tokens.of(index), this.#spelt).next().done,
    );
  }

  /** Neighbouring words in one piece, one of them chosen, of the queries that hold one. */
  #joinedIn(holds: readonly boolean[], isChosen: readonly boolean[]): Set<string> {
    const joined = new Set<string>();
    for (const [index, held] of holds.entries()) {
      if (!held) continue;
      const words = this.#tokens.of(index);
      for (let start = 0; start + 1 < words.length; start++) {
        let text = this.#spelt[words[start]!]!;
        let has = isChosen[words[start]!]!;
        for (let at = start + 1; at < words.length && at < start + LONGEST_RUN; at++) {
          text += this.#spelt[words[at]!]!;
          has ||= isChosen[words[at]!]!;
          if (has && text.length >= SHORTEST_JOINED) joined.add(text);
        }
      }
    }
    return joined;
  }
}

/** "acmerota" for the brand "acme": the start of a longer word, as people leave out spaces. */
function isLonger(word: string, brand: string): boolean {
  return brand.length >= 4 && word.length > brand.length + 1 && word.startsWith(brand);
}
