import { wordsOf } from '#platform';

/** How the client writes, as far as it can be checked without judgement. */
export interface Voice {
  /** As it was given: also a source of facts. */
  readonly text: string;
  /** Words and phrases that are not to be used, lower case. */
  readonly avoided: readonly string[];
}

export const NO_VOICE: Voice = { text: '', avoided: [] };

const AVOID =
  /^[\s>*+-]*(?:avoid|do not (?:use|write|say)|don['’]t (?:use|write|say)|never (?:use|write|say)|forbidden|banned(?: words)?|not|vermeiden|vermeide|nicht verwenden|nicht schreiben|verboten(?:e wörter)?|nie(?:mals)? (?:verwenden|schreiben|sagen)|éviter|ne pas (?:utiliser|écrire)|evitar|evitare|vermijd)(?: words?| wörter)?\s*[:：]\s*(.+)$/i;

/** Reads rules such as `Avoid: cheap, best`. */
export function readVoice(text: string): Voice {
  const avoided = text.split('\n').flatMap((line) => {
    const list = AVOID.exec(line.trim())?.[1];
    return list === undefined ? [] : list.split(/[,;|/]|\s+(?:and|or|und|oder)\s+/i);
  });
  const clean = avoided.map((one) => wordsOf(one).join(' ')).filter((one) => one !== '');
  return { text, avoided: [...new Set(clean)].slice(0, 200) };
}

/** Those of the avoided words that a text uses. */
export function offVoice(text: string, { avoided }: Voice): string[] {
  const words = ` ${wordsOf(text).join(' ')} `;
  return avoided.filter((one) => words.includes(` ${one} `));
}

/** How German readers are spoken to; undefined where a text does both or neither. */
export function addressOf(text: string): 'du' | 'Sie' | undefined {
  const formal = /(?<![.!?:]\s|^)\b(?:Sie|Ihnen|Ihr|Ihre[nmrs]?)\b/mu.test(text);
  const familiar = /(?<!\p{L})(?:du|dich|dir|dein|deine[nmrs]?|euch|euer|eure[nmrs]?)(?!\p{L})/iu.test(text);
  return formal === familiar ? undefined : formal ? 'Sie' : 'du';
}
