import type { BigNumber } from 'bignumber.js';

/** Where something stands, for people: lines, columns and pages count from 1. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  readonly page?: number;
}

/** A value with the text it was read from and where that stands. */
export interface Stated<T> {
  readonly value: T;
  readonly text: string;
  readonly place: Place;
}

export type Money = Stated<BigNumber>;

export interface InvoiceItem {
  readonly place: Place;
  readonly description: string;
  readonly unit: string;
  readonly quantity?: Money;
  readonly price?: Money;
  readonly amount?: Money;
  /** Percent. */
  readonly vatRate?: Money;
}

/** One invoice as it says of itself; what it does not say is absent. Days are YYYY-MM-DD. */
export interface Invoice {
  readonly place: Place;
  readonly number?: Stated<string>;
  readonly vendor?: Stated<string>;
  readonly date?: Stated<string>;
  readonly due?: Stated<string>;
  readonly from?: Stated<string>;
  readonly to?: Stated<string>;
  readonly currency?: Stated<string>;
  readonly taxId?: Stated<string>;
  readonly iban?: Stated<string>;
  readonly items: readonly InvoiceItem[];
  readonly net?: Money;
  readonly vat?: Money;
  readonly total?: Money;
  /** Percent. */
  readonly vatRate?: Money;
}

export const FINDING_KINDS = {
  'line-amount': 'an item is not quantity times price',
  'net-sum': 'the net sum is not the sum of the items',
  'vat-amount': 'the tax is not its rate of the net sum',
  total: 'the total is not net plus tax',
  'vat-rate': 'another tax rate than agreed',
  'duplicate-number': 'the number was billed before',
  'billed-twice': 'billed before under another number',
  price: 'a price above the agreed one',
  'not-agreed': 'an item that was not agreed',
  'quantity-cap': 'more than agreed',
  'discount-missing': 'the agreed discount is missing',
  'payment-term': 'due before the agreed term',
  'tax-id': 'the tax id cannot be right',
  'tax-id-differs': "not the supplier's tax id",
  iban: 'the IBAN cannot be right',
  'iban-differs': "not the supplier's account",
  currency: 'another currency than agreed',
  'vendor-unknown': 'no contract with this supplier',
  incomplete: 'something that an invoice needs is missing',
} as const;
export type FindingKind = keyof typeof FINDING_KINDS;

export interface Finding {
  readonly kind: FindingKind;
  /** A fault holds the payment; a notice is for the one who decides. */
  readonly severity: 'fault' | 'notice';
  readonly place: Place;
  readonly found: string;
  readonly expected: string;
  /** What is at stake, in the invoice's currency, where it can be told. */
  readonly difference?: BigNumber;
  readonly why: string;
  /** The earlier invoice that it resembles. */
  readonly earlier?: EarlierInvoice;
}

/** What is known of an invoice that was seen before. */
export interface EarlierInvoice {
  readonly number: string;
  readonly vendor: string;
  readonly date?: string;
  readonly from?: string;
  readonly to?: string;
  readonly total?: string;
  readonly currency?: string;
  readonly iban?: string;
  /** Hash of its items, to tell the same work under another number. */
  readonly items?: string;
  /** Where it is known from: a file and line, or the task that checked it. */
  readonly source: string;
}

export interface AgreedPrice {
  readonly item: string;
  readonly unit?: string;
  readonly price: BigNumber;
  readonly maxQuantity?: BigNumber;
  /** Day from which it holds; another entry of the same item holds before. */
  readonly validFrom?: string;
  readonly place: Place;
}

/** What was agreed with one supplier. */
export interface Terms {
  readonly place: Place;
  readonly vendor: string;
  readonly taxId?: string;
  readonly iban?: string;
  readonly currency?: string;
  /** Percent; 0 for reverse charge. */
  readonly vatRate?: BigNumber;
  readonly paymentDays?: number;
  readonly discountPercent?: BigNumber;
  readonly prices: readonly AgreedPrice[];
  /** Whether items beside the list may be billed. */
  readonly otherItems: boolean;
}

export function placeText({ file, line, column, page }: Place): string {
  const parts = [
    file,
    ...(page === undefined ? [] : [`page ${page}`]),
    ...(line === undefined ? [] : [`line ${line}`]),
  ];
  return `${parts.join(', ')}${column === undefined ? '' : `, column ${column}`}`;
}
