import { contentHash } from '#platform';
import { daysBetween } from '../text/calendar.ts';
import { amountText } from './amounts.ts';
import { folded } from './fields.ts';
import { vendorKey } from './terms.ts';
import { type EarlierInvoice, type Finding, type Invoice, placeText } from './types.ts';

/** Without periods, invoices of the same items and amount this close are one piece of work. */
const SAME_WORK_DAYS = 25;
/** With neither periods nor items, only the amount speaks, and for less time. */
const SAME_AMOUNT_DAYS = 10;

/** What later checks need to know an invoice again. */
export function asEarlier(invoice: Invoice, source: string): EarlierInvoice {
  const { number, vendor, date, from, to, total, currency, iban, items } = invoice;
  const described = items.map(({ description, quantity, amount }) => [
    folded(description),
    quantity?.value.toFixed() ?? '',
    amount?.value.toFixed(2) ?? '',
  ]);
  return {
    number: number?.value ?? '',
    vendor: vendor?.value ?? '',
    source,
    ...(date ? { date: date.value } : {}),
    ...(from ? { from: from.value } : {}),
    ...(to ? { to: to.value } : {}),
    ...(total ? { total: amountText(total.value) } : {}),
    ...(currency ? { currency: currency.value } : {}),
    ...(iban ? { iban: iban.value } : {}),
    ...(items.length > 0 ? { items: contentHash(JSON.stringify(described.sort())) } : {}),
  };
}

interface Known {
  readonly key: string;
  readonly invoice: EarlierInvoice;
}

/** Finds invoices that were there before. Tell it of each invoice in the order in which they were written. */
export class DuplicateFinder {
  readonly #byVendor = new Map<string, Known[]>();

  constructor(earlier: readonly EarlierInvoice[]) {
    for (const invoice of earlier) this.#remember(invoice);
  }

  /** Findings about one invoice; it counts as seen from then on. */
  add(invoice: Invoice): Finding[] {
    const own = asEarlier(invoice, placeText(invoice.place));
    const before = this.#byVendor.get(vendorKey(own.vendor)) ?? [];
    const sameNumber = own.number === '' ? undefined : before.find(({ key }) => key === folded(own.number));
    const twin = sameNumber ?? before.find(({ invoice: other }) => isSameWork(own, other));
    this.#remember(own);
    if (!twin) return [];
    const { invoice: earlier } = twin;
    const place = (sameNumber ? invoice.number : invoice.total)?.place ?? invoice.place;
    const difference = invoice.total ? { difference: invoice.total.value } : {};
    const when = earlier.date ? ` of ${earlier.date}` : '';
    if (sameNumber) {
      const why = `${earlier.vendor} billed the number ${earlier.number}${when} already (${earlier.source}).`;
      return [
        {
          kind: 'duplicate-number',
          severity: 'fault',
          place,
          found: own.number,
          expected: 'a new number',
          ...difference,
          why,
          earlier,
        },
      ];
    }
    const why = `Number ${earlier.number}${when} (${earlier.source}) has the same amount for ${own.from && earlier.from ? 'the same time' : 'the same items'}.`;
    return [
      {
        kind: 'billed-twice',
        severity: 'fault',
        place,
        found: `${own.number} over ${own.total}`,
        expected: 'work that was not billed yet',
        ...difference,
        why,
        earlier,
      },
    ];
  }

  #remember(invoice: EarlierInvoice): void {
    const vendor = vendorKey(invoice.vendor);
    const list = this.#byVendor.get(vendor);
    const known = { key: folded(invoice.number), invoice };
    if (list) list.push(known);
    else this.#byVendor.set(vendor, [known]);
  }
}

function isSameWork(own: EarlierInvoice, other: EarlierInvoice): boolean {
  if (own.total === undefined || own.total !== other.total) return false;
  if (own.currency && other.currency && own.currency !== other.currency) return false;
  if (own.from && own.to && other.from && other.to) return own.from <= other.to && other.from <= own.to;
  if (!own.date || !other.date) return own.items !== undefined && own.items === other.items;
  const days = Math.abs(daysBetween(own.date, other.date));
  if (own.items && other.items) return own.items === other.items && days <= SAME_WORK_DAYS;
  return days <= SAME_AMOUNT_DAYS;
}
