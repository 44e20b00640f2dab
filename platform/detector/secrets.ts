import type { Finding } from './types.ts';

/** Keys of vendors and clouds, tokens with a signature: by the forms that their makers document. */
const KEYS =
  /\b(?:sk-[A-Za-z0-9_-]{16,}|kz-[A-Za-z0-9_-]{40,}|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36,}|xox[abprs]-[A-Za-z0-9-]{10,}|AIza[0-9A-Za-z_-]{35})|(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/g;
/** The same, without a place that it goes on from. */
const KEY = new RegExp(KEYS.source);
const BEGIN = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----/g;
const DASHES = '-----BEGIN ';
const END = /-----END [A-Z ]{0,40}PRIVATE KEY-----/g;

/** What gives access to something. Takes time in proportion to the text, whatever stands in it. */
export function findSecrets(text: string): Finding[] {
  const keys = [...text.matchAll(KEYS)].map(({ 0: words, index }) => secret(text, index, index + words.length));
  return [...keys, ...privateKeys(text)].sort((a, b) => a.start - b.start);
}

/** As whether `findSecrets` finds any, without gathering them. */
export function holdsSecret(text: string): boolean {
  return KEY.test(text) || privateKeys(text).length > 0;
}

function privateKeys(text: string): Finding[] {
  const found: Finding[] = [];
  if (!text.includes(DASHES)) return found;
  let endsAt = 0;
  for (const { index: start } of text.matchAll(BEGIN)) {
    if (start < endsAt) continue;
    END.lastIndex = start;
    // A key that has no end has none behind it either: nothing more is looked for.
    if (!END.test(text)) break;
    endsAt = END.lastIndex;
    found.push(secret(text, start, endsAt));
  }
  return found;
}

function secret(text: string, start: number, end: number): Finding {
  const words = text.slice(start, end);
  return { kind: 'secret', text: words, start, end, normalised: words, confidence: 0.95, origin: 'rule' };
}
