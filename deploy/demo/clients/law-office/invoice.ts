import type { Supplier } from './suppliers.ts';

export interface InvoiceLine {
  readonly description: string;
  /** Hundredths. */
  readonly quantity: number;
  readonly unit: string;
  /** Cents. */
  readonly price: number;
  readonly amount: number;
}

/** Amounts in cents, days as YYYY-MM-DD. */
export interface Invoice {
  readonly number: string;
  readonly supplier: Supplier;
  readonly date: string;
  readonly due: string;
  readonly from: string;
  readonly to: string;
  readonly lines: readonly InvoiceLine[];
  readonly net: number;
  readonly vatRate: number;
  readonly vat: number;
  readonly total: number;
  readonly taxId: string;
  readonly iban: string | null;
}

export const FAULTS = [
  'line-amount',
  'net-sum',
  'vat-amount',
  'total',
  'vat-rate',
  'duplicate-number',
  'billed-twice',
  'price',
  'not-agreed',
  'quantity-cap',
  'discount-missing',
  'payment-term',
  'tax-id',
  'tax-id-differs',
  'iban',
  'iban-differs',
] as const;
export type Fault = (typeof FAULTS)[number];

export interface PlantedInvoice {
  readonly number: string;
  readonly supplier: string;
  /** Name of the file that it stands in. */
  readonly file: string;
  readonly fault: Fault | null;
  /** What makes it look faulty though it is not. */
  readonly decoy: string | null;
}
