/** Made-up tax numbers and IBANs with right check digits, from the published algorithms. */
import type { Random } from '../generate/index.ts';

const digits = (random: Random, count: number, first = 0): number[] =>
  Array.from({ length: count }, (_, at) => random.whole(at === 0 ? Math.max(first, 0) : 0, 9));

/** DE + 9 digits, the last by ISO 7064 mod 11,10. */
export function germanVatId(random: Random): string {
  const body = digits(random, 8, 1);
  let product = 10;
  for (const digit of body) {
    const sum = (digit + product) % 10 || 10;
    product = (2 * sum) % 11;
  }
  return `DE${body.join('')}${(11 - product) % 10}`;
}

/** ATU + 8 digits: every second one doubled and its digits added, (96 - sum) mod 10. */
export function austrianVatId(random: Random): string {
  const body = digits(random, 7);
  const sum = body.reduce((all, digit, at) => {
    const weighed = at % 2 === 0 ? digit : digit * 2;
    return all + Math.floor(weighed / 10) + (weighed % 10);
  }, 0);
  return `ATU${body.join('')}${(((96 - sum) % 10) + 10) % 10}`;
}

/** FR + key + SIREN; the SIREN by Luhn, the key (12 + 3 * (SIREN mod 97)) mod 97. */
export function frenchVatId(random: Random): string {
  const body = digits(random, 8, 3);
  const siren = Number(body.join('') + luhn(body));
  const key = (12 + 3 * (siren % 97)) % 97;
  return `FR${String(key).padStart(2, '0')}${siren}`;
}

function luhn(body: readonly number[]): number {
  const sum = [...body].reverse().reduce((all, digit, at) => {
    const doubled = at % 2 === 0 ? digit * 2 : digit;
    return all + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return (10 - (sum % 10)) % 10;
}

/** GB + 9 digits: weights 8 to 2, check pair 97 - sum mod 97 (numbers of the range from 100 0000 01 on). */
export function britishVatId(random: Random): string {
  const body = [9, ...digits(random, 6)];
  const sum = body.reduce((all, digit, at) => all + digit * (8 - at), 0);
  const check = 97 - (sum % 97);
  return `GB${body.join('')}${String(check).padStart(2, '0')}`;
}

/** CHE-123.456.789 MWST: weights 5 4 3 2 7 6 5 4, mod 11; bodies that would need a 10 are passed over. */
export function swissVatId(random: Random): string {
  for (;;) {
    const body = digits(random, 8, 1);
    const weights = [5, 4, 3, 2, 7, 6, 5, 4];
    const check = (11 - (body.reduce((sum, digit, at) => sum + digit * weights[at]!, 0) % 11)) % 11;
    if (check === 10) continue;
    const all = [...body, check].join('');
    return `CHE-${all.slice(0, 3)}.${all.slice(3, 6)}.${all.slice(6)} MWST`;
  }
}

/** EIN: no check digit, but only known prefixes. */
export function employerId(random: Random): string {
  const prefix = random.pick(['12', '20', '36', '45', '58', '77', '94']);
  return `${prefix}-${digits(random, 7, 1).join('')}`;
}

/** ISO 13616: check digits from mod 97. */
export function iban(random: Random, country: 'DE' | 'AT' | 'FR' | 'GB' | 'CH'): string {
  const body = {
    DE: () => digits(random, 18, 1).join(''),
    AT: () => digits(random, 16, 1).join(''),
    FR: () => frenchAccount(digits(random, 21, 1).join('')),
    GB: () => `NWBK${digits(random, 14, 1).join('')}`,
    CH: () => digits(random, 17, 1).join(''),
  }[country]();
  const spelled = [...`${body}${country}00`].map((letter) => Number.parseInt(letter, 36)).join('');
  const check = 98n - (BigInt(spelled) % 97n);
  return `${country}${String(check).padStart(2, '0')}${body}`;
}

/** French accounts end in a key of their own: 97 - (89 bank + 15 branch + 3 account) mod 97. */
function frenchAccount(body: string): string {
  const [bank, branch, account] = [body.slice(0, 5), body.slice(5, 10), body.slice(10)];
  const key = 97n - ((89n * BigInt(bank) + 15n * BigInt(branch) + 3n * BigInt(account)) % 97n);
  return `${body}${String(key).padStart(2, '0')}`;
}

/** The same with one digit changed, so that every such checksum fails. */
export function spoiled(id: string, random: Random): string {
  const places = [...id].flatMap((letter, at) => (/\d/.test(letter) && at > 4 ? [at] : []));
  const at = random.pick(places);
  const wrong = (Number(id[at]) + random.whole(1, 8)) % 10;
  return id.slice(0, at) + (wrong === Number(id[at]) ? (wrong + 1) % 10 : wrong) + id.slice(at + 1);
}

export const inGroups = (iban: string): string => iban.replace(/(.{4})(?=.)/g, '$1 ');
