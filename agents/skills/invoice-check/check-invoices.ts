import { Pace } from '#platform';
import { identityFindings, termsFindings, termsFor } from './against-terms.ts';
import { arithmeticFindings } from './arithmetic.ts';
import { DuplicateFinder } from './duplicates.ts';
import type { EarlierInvoice, Finding, Invoice, Terms } from './types.ts';

export interface CheckedInvoice {
  readonly invoice: Invoice;
  readonly terms?: Terms;
  /** Faults first, the dearest of them first. */
  readonly findings: readonly Finding[];
}

export interface CheckGrounds {
  readonly terms: readonly Terms[];
  readonly earlier: readonly EarlierInvoice[];
  readonly signal?: AbortSignal;
}

/** Checks invoices against themselves, the contracts and each other, in the order of their days. */
export async function checkInvoices(
  invoices: readonly Invoice[],
  { terms, earlier, signal }: CheckGrounds,
): Promise<CheckedInvoice[]> {
  const duplicates = new DuplicateFinder(earlier);
  const pace = new Pace(signal);
  const order = invoices
    .map((_, at) => at)
    .sort((a, b) => compare(invoices[a]!.date?.value, invoices[b]!.date?.value) || a - b);
  const checked = new Map<number, CheckedInvoice>();
  for (const at of order) {
    const invoice = invoices[at]!;
    const own = termsFor(invoice, terms);
    const findings = [
      ...duplicates.add(invoice),
      ...arithmeticFindings(invoice),
      ...(own ? termsFindings(invoice, own) : unknownVendor(invoice, terms)),
      ...(await identityFindings(invoice, own)),
      ...missing(invoice),
    ];
    checked.set(at, { invoice, ...(own ? { terms: own } : {}), findings: findings.sort(bySeverity) });
    if (pace.isDue()) await pace.rest();
  }
  return invoices.map((_, at) => checked.get(at)!);
}

function compare(left = '', right = ''): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function bySeverity(left: Finding, right: Finding): number {
  if (left.severity !== right.severity) return left.severity === 'fault' ? -1 : 1;
  const weight = ({ difference }: Finding) => difference?.abs().toNumber() ?? 0;
  return weight(right) - weight(left);
}

function unknownVendor({ vendor, place }: Invoice, terms: readonly Terms[]): Finding[] {
  if (terms.length === 0) return [];
  const found = vendor?.value ?? 'no supplier';
  const expected = `one of ${terms
    .slice(0, 8)
    .map((one) => one.vendor)
    .join(', ')}`;
  const why = 'Prices and terms could not be compared: the contracts that were given are of other suppliers.';
  return [{ kind: 'vendor-unknown', severity: 'notice', place: vendor?.place ?? place, found, expected, why }];
}

function missing(invoice: Invoice): Finding[] {
  const absent = (['number', 'vendor', 'date', 'total'] as const).filter((name) => invoice[name] === undefined);
  if (absent.length === 0) return [];
  const why = 'Without these an invoice cannot be told from others, and input tax may not be deductible.';
  return [
    {
      kind: 'incomplete',
      severity: 'notice',
      place: invoice.place,
      found: `no ${absent.join(', no ')}`,
      expected: 'number, supplier, date and total',
      why,
    },
  ];
}
