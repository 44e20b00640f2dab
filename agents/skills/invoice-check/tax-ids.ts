import { electronicFormatIBAN, isValidIBAN } from 'ibantools';

interface Check {
  /** Name in the library, by country and number. */
  readonly country: string;
  readonly number: string;
}

/** VAT ids by their prefix: the number of the library that has its check digits. */
const VAT_IDS: Readonly<Record<string, Check>> = {
  AT: { country: 'AT', number: 'uid' },
  BE: { country: 'BE', number: 'vat' },
  BG: { country: 'BG', number: 'vat' },
  CY: { country: 'CY', number: 'vat' },
  CZ: { country: 'CZ', number: 'dic' },
  DE: { country: 'DE', number: 'vat' },
  DK: { country: 'DK', number: 'cvr' },
  EE: { country: 'EE', number: 'kmkr' },
  EL: { country: 'GR', number: 'vat' },
  ES: { country: 'ES', number: 'nif' },
  FI: { country: 'FI', number: 'alv' },
  FR: { country: 'FR', number: 'tva' },
  GB: { country: 'GB', number: 'vat' },
  HR: { country: 'HR', number: 'oib' },
  HU: { country: 'HU', number: 'anum' },
  IE: { country: 'IE', number: 'vat' },
  IT: { country: 'IT', number: 'iva' },
  LT: { country: 'LT', number: 'pvm' },
  LU: { country: 'LU', number: 'tva' },
  LV: { country: 'LV', number: 'pvn' },
  MT: { country: 'MT', number: 'vat' },
  NL: { country: 'NL', number: 'btw' },
  NO: { country: 'NO', number: 'mva' },
  PL: { country: 'PL', number: 'nip' },
  PT: { country: 'PT', number: 'nif' },
  RO: { country: 'RO', number: 'cui' },
  SE: { country: 'SE', number: 'vat' },
  SI: { country: 'SI', number: 'ddv' },
  SK: { country: 'SK', number: 'dph' },
  XI: { country: 'GB', number: 'vat' },
};

export interface IdVerdict {
  /** `unknown`: of a country or form whose check digits are not known here. */
  readonly verdict: 'right' | 'wrong' | 'unknown';
  /** What it was read as: `VAT id of DE`, `EIN`. */
  readonly as: string;
  readonly reason?: string;
}

/** Letters and digits alone. */
export function compactId(text: string): string {
  return text.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');
}

/**
 * Whether a tax id can be right by its form and check digits: VAT ids of the EU, the United Kingdom and Norway, the
 * Swiss UID, the American EIN (form and prefix; it has no check digit), the German tax number. Whether it was ever given
 * to someone is known to the authorities alone.
 */
export async function checkTaxId(text: string): Promise<IdVerdict> {
  const id = compactId(text);
  if (/^CHE\d/.test(id))
    return verdictOf({ country: 'CH', number: 'uid' }, id.replace(/(MWST|TVA|IVA)$/, ''), 'Swiss UID');
  if (/^\d{2}-\d{7}$/.test(text.trim())) return verdictOf({ country: 'US', number: 'ein' }, id, 'EIN');
  const vat = VAT_IDS[id.slice(0, 2)];
  if (vat) return verdictOf(vat, id.startsWith('XI') ? `GB${id.slice(2)}` : id, `VAT id of ${id.slice(0, 2)}`);
  if (/^\d{2,3}\/\d{3,4}\/\d{4,5}$/.test(text.trim()))
    return verdictOf({ country: 'DE', number: 'stnr' }, text, 'German tax number');
  return { verdict: 'unknown', as: 'tax id' };
}

interface NumberModule {
  validate(value: string): {
    readonly isValid: boolean;
    readonly error?: { readonly name?: string; readonly message?: string };
  };
}

async function verdictOf({ country, number }: Check, id: string, as: string): Promise<IdVerdict> {
  // Loaded when the first invoice asks: the library knows hundreds of numbers, and a cell may never see one.
  const { stdnum } = (await import('stdnum')) as unknown as { stdnum: Record<string, Record<string, NumberModule>> };
  const check = stdnum[country]?.[number];
  if (!check) return { verdict: 'unknown', as };
  const result = check.validate(id);
  if (result.isValid) return { verdict: 'right', as };
  return { verdict: 'wrong', as, reason: REASONS[result.error?.name ?? ''] ?? 'it does not have the form' };
}

const REASONS: Readonly<Record<string, string>> = {
  InvalidChecksum: 'the check digits do not fit the others',
  InvalidLength: 'it is too long or too short',
  InvalidFormat: 'it has letters or digits in the wrong places',
  InvalidComponent: 'a part of it is not given out',
};

/** An IBAN by its country's length and its check digits (ISO 13616, mod 97). */
export function checkIban(text: string): boolean {
  return isValidIBAN(electronicFormatIBAN(text) ?? '');
}
