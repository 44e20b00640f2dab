import { isIP } from 'node:net';
import { electronicFormatIBAN, isValidIBAN } from 'ibantools';
import { type CountryCode, findPhoneNumbersInText, isSupportedCountry } from 'libphonenumber-js/max';
import { LinkifyIt } from 'linkify-it';
import validator from 'validator';
import type { Finding } from './types.ts';

const links = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: true, fuzzyIP: false }).tlds(['example', 'test'], true);

/** Addresses of mail and web. `README.md`, `node.js` and the like are names of files, not of hosts. */
export function findLinks(text: string): Finding[] {
  return (links.match(text) ?? []).flatMap(({ schema, index, lastIndex, text: words, url }): Finding[] => {
    const place = { text: words, start: index, end: lastIndex, confidence: 0.98, origin: 'rule' as const };
    if (schema === 'mailto:')
      return [{ ...place, kind: 'email', normalised: words.replace(/^mailto:/i, '').toLowerCase() }];
    const fuzzy = schema === '';
    if (fuzzy && !/^www\.|\/|\.(com|org|net|co\.uk|de|at|ch|eu|io|fr|nl|it|es|ie|example)$/i.test(words)) return [];
    return [{ ...place, kind: 'url', normalised: url.replace(/\/$/, '') }];
  });
}

const IBAN = /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b/g;
const CARD = /(?<![\d.-])\d(?:[ -]?\d){12,18}(?![\d.]|-\d)/g;
const IP = /(?<![\w.:-])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7})(?![\w.:-]*[\w:])/gi;
const VERSION_BEFORE = /(?:\bv|version|release|build|v\.)\s*$/i;

/** Account, card and network numbers, each by its own checksum or syntax. */
export function findNumbers(text: string): Finding[] {
  const found: Finding[] = [];
  for (const match of text.matchAll(IBAN)) {
    let words = match[0];
    // The next word may look like a last group.
    while (words.length >= 15 && !isValidIBAN(electronicFormatIBAN(words) ?? ''))
      words = words.replace(/ ?[A-Z0-9]+$/, '');
    if (words.length < 15) continue;
    found.push(finding('iban', words, match.index, electronicFormatIBAN(words) ?? words));
  }
  for (const match of text.matchAll(CARD)) {
    const digits = match[0].replace(/\D/g, '');
    if (validator.isCreditCard(digits)) found.push(finding('card', match[0], match.index, digits));
  }
  for (const match of text.matchAll(IP)) {
    if (isIP(match[0]) === 0 || match[0].length < 6) continue;
    if (VERSION_BEFORE.test(text.slice(Math.max(0, match.index - 12), match.index))) continue;
    found.push(finding('ip', match[0], match.index, match[0].toLowerCase()));
  }
  return found;
}

function finding(kind: 'iban' | 'card' | 'ip', text: string, start: number, normalised: string): Finding {
  return { kind, text, start, end: start + text.length, normalised, confidence: 0.99, origin: 'checked' };
}

/** Telephone numbers by the numbering plan of their country. */
export function findPhones(text: string, country?: string): Finding[] {
  // Without digits enough there is nothing to look for, and the search is not cheap.
  if (!/\d(?:\D{0,3}\d){5}/.test(text)) return [];
  const defaultCountry = country && isSupportedCountry(country) ? (country as CountryCode) : undefined;
  return findPhoneNumbersInText(text, { ...(defaultCountry ? { defaultCountry } : {}) }).map(
    ({ number, startsAt, endsAt }): Finding => ({
      kind: 'phone',
      text: text.slice(startsAt, endsAt),
      start: startsAt,
      end: endsAt,
      normalised: number.number,
      confidence: 0.95,
      origin: 'checked',
    }),
  );
}
