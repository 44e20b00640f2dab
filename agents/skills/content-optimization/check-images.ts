import { type Pace, wordsOf } from '#platform';
import { shown, shownAddress, visible } from '../text/shown.ts';
import { foldAccents } from '../text/stems.ts';
import type { Subject } from './subject.ts';
import type { Block, Finding, Image } from './types.ts';

const MOST_ALT_CHARS = 125;
/** Parts of file names that say nothing about the picture. */
const EMPTY_NAMES =
  /^(img|dsc[fn]?|dcim|image|images|photo|photos|pic|picture|screenshot|screen|shot|scan|bild|bilder|foto|fotos|untitled|unnamed|download|file|header|hero|banner|slide|slider|thumb|thumbnail|icon|logo|bg|background|final|copy|kopie|neu|new|web|small|large|klein|gross|edited|scaled|crop|cropped|x|px|jpg|jpeg|png|webp|gif|svg|avif)\d*$/;

/** Pictures without a text alternative; one is proposed only where caption, title or file name say what is to be seen. */
export async function checkImages(subject: Subject, pace: Pace): Promise<Finding[]> {
  const silent = subject.page.images.filter(({ alt }) => alt === null);
  const spelling: ReadonlyMap<string, string> =
    silent.length === 0 ? new Map() : await spellingsOf(subject.page.blocks, pace);
  return silent.map((image): Finding => {
    const proposed = evidenceOf(image, { ...subject, spelling });
    const edit = proposed && image.rewriteAlt?.(proposed.text);
    return {
      kind: 'image-without-alt',
      severity: 'fault',
      at: image.span,
      before: `no text for ${shownAddress(image.src.split('/').at(-1) || image.src) || 'an image'}`,
      after: edit ? shown(proposed.text) : null,
      reason: `People who do not see the picture, and image search, have nothing to go by.${
        edit
          ? ` The words stand in its ${proposed.from}.`
          : ' Neither caption nor file name says what it shows; decoration gets an empty alt.'
      }`,
      edits: edit ? [edit] : [],
    };
  });
}

interface Spelled extends Subject {
  readonly spelling: ReadonlyMap<string, string>;
}

function evidenceOf(image: Image, subject: Spelled): { text: string; from: string } | undefined {
  for (const [from, text] of [
    ['caption', image.caption],
    ['title', image.title],
  ] as const) {
    const plain = visible(text).trim();
    if (wordsOf(plain).length >= 2 && plain.length <= MOST_ALT_CHARS) return { text: plain, from };
  }
  const text = fromFileName(image.src, subject);
  return text === undefined ? undefined : { text, from: 'file name' };
}

/** Two words or more, one of which the page uses; spelled as the page spells them. */
function fromFileName(src: string, { spelling, stemmer, vocabulary }: Spelled): string | undefined {
  const base = decodePath(src.split(/[?#]/)[0]!.split('/').at(-1) ?? '').replace(/\.[a-z0-9]{2,5}$/i, '');
  const parts = base
    .replaceAll(/([\p{Ll}])([\p{Lu}])/gu, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
    // Sizes in pixels.
    .filter((part) => part !== '' && !/^\d+x\d+$/i.test(part));
  if (parts.length === 0 || parts.some((part) => /\p{L}\d|\d\p{L}/u.test(part) && part.length > 4)) return undefined;
  const words = parts
    .map((part) => part.toLowerCase())
    .filter((part) => !/^\d+$/.test(part) && !EMPTY_NAMES.test(part));
  const spelled = words.map((word) => spelling.get(folded(word)) ?? word);
  const content = spelled.filter((word) => word.length >= 3 && !stemmer.isStopWord(word.toLowerCase()));
  const known = content.filter((word) => vocabulary.hasStem(stemmer.stem(word.toLowerCase())));
  if (content.length < 2 || known.length * 2 < content.length) return undefined;
  const text = spelled.join(' ');
  return text.length > MOST_ALT_CHARS ? undefined : text[0]!.toUpperCase() + text.slice(1);
}

/** How the page writes each word, by the letters that a file name has for it: `muenchen` for "München". */
async function spellingsOf(blocks: readonly Block[], pace: Pace): Promise<ReadonlyMap<string, string>> {
  const spellings = new Map<string, string>();
  const seen = new Set<string>();
  for (const { own, text } of blocks) {
    if (!own) continue;
    if (pace.isDue()) await pace.rest();
    for (const [word] of text.matchAll(/(?<=[\p{L},]\s)[\p{L}]{3,}/gu)) {
      if (seen.has(word)) continue;
      seen.add(word);
      const letters = folded(word);
      if (!spellings.has(letters)) spellings.set(letters, word);
    }
  }
  return spellings;
}

function folded(word: string): string {
  const lower = word.toLowerCase().replaceAll('ä', 'ae').replaceAll('ö', 'oe').replaceAll('ü', 'ue');
  return foldAccents(lower);
}

function decodePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
