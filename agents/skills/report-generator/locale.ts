import type { Days, Figure } from './sourced.ts';

/** The language of the texts, by the language of the client. */
export type TextLanguage = 'en' | 'de';

/** How a report writes numbers and days: by BCP 47, with the country's habits where one is known. */
export class Locale {
  readonly tag: string;
  readonly texts: TextLanguage;
  readonly #formats = new Map<string, Intl.NumberFormat>();
  readonly #days: Intl.DateTimeFormat;
  readonly #shortDays: Intl.DateTimeFormat;
  readonly #points: string;

  constructor(language: string | null, country: string | null = null) {
    const wanted = language === null ? 'en' : language.includes('-') || !country ? language : `${language}-${country}`;
    const [known] = supported(wanted) ?? supported(language ?? 'en') ?? [];
    // Texts exist in two languages; numbers follow the texts, so that a page is in one language.
    this.texts = known?.toLowerCase().startsWith('de') ? 'de' : 'en';
    this.tag = known && /^(?:de|en)(?:-|$)/i.test(known) ? known : this.texts;
    const days = { day: 'numeric', year: 'numeric', timeZone: 'UTC' } as const;
    this.#days = new Intl.DateTimeFormat(this.tag, { ...days, month: 'long' });
    this.#shortDays = new Intl.DateTimeFormat(this.tag, { ...days, month: 'short' });
    this.#points = this.texts === 'de' ? 'Pp.' : 'pp';
  }

  figure({ value, unit, signed }: Figure): string {
    const form = (options: Intl.NumberFormatOptions) => this.#format({ ...options, ...sign(signed) }).format(value);
    const size = Math.abs(value);
    switch (unit) {
      case 'count':
        return form({ maximumFractionDigits: Number.isInteger(value) || size >= 10 ? 0 : 1 });
      case 'share':
        return form({ style: 'percent', maximumFractionDigits: size > 0 && size < 0.1 ? 2 : 1 });
      case 'points': {
        const options = { maximumFractionDigits: size < 0.1 ? 2 : 1, ...sign(signed) };
        return `${this.#format(options).format(value * 100)}\u00a0${this.#points}`;
      }
      case 'position':
        return form({ minimumFractionDigits: 1, maximumFractionDigits: 1 });
      case 'usd': {
        const digits = size > 0 && size < 0.1 ? 4 : 2;
        return form({
          style: 'currency',
          currency: 'USD',
          minimumFractionDigits: digits === 4 ? 2 : digits,
          maximumFractionDigits: digits,
        });
      }
      case 'amount':
        return form({ maximumFractionDigits: Number.isInteger(value) || size >= 1_000 ? 0 : 2 });
      case 'days':
      case 'hours':
        return form({
          style: 'unit',
          unit: unit === 'days' ? 'day' : 'hour',
          unitDisplay: 'long',
          maximumFractionDigits: Number.isInteger(value) || size >= 100 ? 0 : 1,
        });
    }
  }

  /** `short` where there is little room, as in tables. */
  days({ from, to }: Days, width: 'long' | 'short' = 'long'): string {
    const at = (day: string) => new Date(`${day}T00:00:00Z`);
    const format = width === 'long' ? this.#days : this.#shortDays;
    return from === to ? format.format(at(from)) : format.formatRange(at(from), at(to));
  }

  #format(options: Intl.NumberFormatOptions): Intl.NumberFormat {
    const key = JSON.stringify(options);
    const known = this.#formats.get(key) ?? new Intl.NumberFormat(this.tag, options);
    this.#formats.set(key, known);
    return known;
  }
}

const sign = (signed: boolean): Intl.NumberFormatOptions => (signed ? { signDisplay: 'exceptZero' } : {});

function supported(tag: string): string[] | undefined {
  try {
    const found = Intl.NumberFormat.supportedLocalesOf(tag);
    return found.length > 0 ? found : undefined;
  } catch {
    // A tag that is none: the caller has another.
    return undefined;
  }
}
