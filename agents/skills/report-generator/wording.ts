import type { SkillContext } from '../handler.ts';
import { reword } from '../reword.ts';
import { numbersIn } from './numbers-in-words.ts';
import { plainWords } from './plain-words.ts';
import { type Part, type Prose, reworded } from './prose.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const PLACE = /\{([a-z])\}/g;
const LANGUAGES = { en: 'English', de: 'German' } as const;
/** What a paragraph may not begin to claim by being worded anew: a cause, or a direction. */
const CLAIMS: ReadonlyArray<readonly [what: string, words: RegExp]> = [
  [
    'a cause',
    /\b(?:because|due to|caus\p{L}+|thanks to|owing to|result(?:ed|s|ing)? (?:in|from)|led to|leads to|driven|drove|drives|therefore|consequently|so that)\b|(?<!\p{L})(?:weil|wegen|dank|durch|aufgrund|infolge|deshalb|daher|verursach\p{L}*|bewirk\p{L}*|führ(?:t|te|ten) zu|grund)(?!\p{L})/iu,
  ],
  [
    'a rise',
    /\b(?:ris\p{L}+|rose|increas\p{L}+|gr[eo]w\p{L}*|climb\p{L}*|gain\p{L}*|improv\p{L}+|up|higher|more|better|surg\p{L}+|jump\p{L}*|outperform\p{L}*)\b|(?<!\p{L})(?:stieg\p{L}*|gestiegen|steig\p{L}*|wuchs\p{L}*|gewachsen|zunahme|zugenommen|nahmen? zu|mehr|höher\p{L}*|besser\p{L}*|verbesser\p{L}*|zugelegt|plus)(?!\p{L})/iu,
  ],
  [
    'a fall',
    /\b(?:f[ea]ll\p{L}*|drop\p{L}*|declin\p{L}+|decreas\p{L}+|los[et]\p{L}*|shr[aiu]nk\p{L}*|down|lower|fewer|less|worse|weak\p{L}*|slump\p{L}*|miss\p{L}*)\b|(?<!\p{L})(?:fiel\p{L}*|gefallen|sank\p{L}*|gesunken|sink\p{L}*|rückgang|zurückgegangen|abgenommen|weniger|niedriger\p{L}*|schlechter\p{L}*|verlor\p{L}*|verlust\p{L}*|minus)(?!\p{L})/iu,
  ],
];

/**
 * Has a model word the summary. It is shown letters where numbers stand, and each paragraph is kept only if it has the same
 * letters in the same order and says no number, no cause and no direction of its own; else the plain one stands.
 */
export async function wordSummary(
  summary: readonly Prose[],
  context: SkillContext,
  { language, audience }: { readonly language: 'en' | 'de'; readonly audience: string | undefined },
): Promise<{ readonly paragraphs: readonly Prose[]; readonly notes: readonly string[] }> {
  const masked = summary.map(mask);
  const shown = masked.map(({ text }) => text).join('\n\n');
  const { text, note } = await reword(shown, instructions(LANGUAGES[language], audience), context);
  if (text === undefined) return { paragraphs: summary, notes: note ? [note] : [] };
  const given = text.trim().split(/\n\s*\n/);
  if (given.length !== summary.length) {
    const why = `it has ${given.length} paragraphs, and ${summary.length} were asked for`;
    return { paragraphs: summary, notes: [`The model's wording was not used: ${why}.`] };
  }
  const notes: string[] = [];
  const paragraphs = summary.map((plain, at) => {
    const found = unmask(given[at]!, masked[at]!);
    if (typeof found !== 'string') return found;
    notes.push(`The model's wording of paragraph ${at + 1} of the summary was not used: ${found}.`);
    return plain;
  });
  return { paragraphs, notes };
}

interface Masked {
  readonly text: string;
  readonly parts: readonly Part[];
}

/** A paragraph with letters for what has a source: `Clicks: {a}, after {b}`. */
export function mask(prose: Prose): Masked {
  const parts: Part[] = [];
  const text = prose.runs
    .map((run) => (typeof run === 'string' ? run : `{${LETTERS[parts.push(run) - 1] ?? ''}}`))
    .join('');
  return { text, parts };
}

/** The paragraph in other words, or why it is not taken. */
export function unmask(words: string, { text, parts }: Masked): Prose | string {
  const line = words.trim().replaceAll(/\s+/gu, ' ');
  const order = (of: string) => [...of.matchAll(PLACE)].map(([, letter]) => letter).join('');
  if (parts.length > LETTERS.length || order(line) !== order(text))
    return 'it does not have the same places in the same order';
  const texts = line.split(/\{[a-z]\}/);
  const own = texts.join(' ');
  const [number] = numbersIn(own);
  if (number !== undefined) return `it says ${plainWords(number, 20)}, which has no source`;
  if (/[{}<>`|[\]]|https?:|www\./iu.test(own)) return 'it holds markup or an address';
  if (line.length > 2 * text.length + 160) return 'it is far longer than what it words';
  const claimed = CLAIMS.find(([, pattern]) => pattern.test(own) && !pattern.test(text));
  if (claimed) return `it claims ${claimed[0]} that the plain text does not`;
  return reworded(texts, parts);
}

const instructions = (language: string, audience: string | undefined): string =>
  [
    `You edit the summary of a report in ${language}. You are given paragraphs, parted by empty lines. Write each one anew as plain, friendly business prose of one or two sentences.`,
    'Letters in braces, such as {a}, stand for figures and names that you are not shown. Keep every one, once, in the same order, with its braces. Never write a number, in digits or in words.',
    'Claim nothing that is not there: no cause, no rise, no fall, no praise, no advice. Return as many paragraphs as you were given, parted by empty lines, and nothing else.',
    ...(audience ? [`The reader is: ${plainWords(audience, 120)}`] : []),
  ].join('\n');
