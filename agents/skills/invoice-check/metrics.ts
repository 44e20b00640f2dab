import type { CheckedInvoice } from './check-invoices.ts';
import { verdictOf } from './outputs.ts';

/** Each metric with its formula. */
export const METRICS = {
  invoices_checked: 'Number of invoices that were read.',
  faults: 'Number of findings of severity fault.',
  held_share: 'Invoices with a fault / all invoices; 0 without invoices.',
  terms_share: 'Invoices whose supplier has a contract among the terms / all invoices; 0 without invoices.',
  arithmetic_share:
    'Invoices of which net, tax and total, or items and total, are stated, so that their sums can be proven / all invoices; 0 without invoices.',
  evidence_share: 'Findings that name a file and a line or page / all findings; 1 without findings.',
  earlier_compared: 'Number of earlier invoices that they were compared with.',
} as const;

export function measure(checked: readonly CheckedInvoice[], earlier: number): Record<keyof typeof METRICS, number> {
  const findings = checked.flatMap((one) => one.findings);
  const share = (count: number, of: number, empty: number) =>
    of === 0 ? empty : Math.round((count / of) * 1_000) / 1_000;
  const provable = checked.filter(
    ({ invoice: { net, vat, total, items } }) => total !== undefined && ((net && vat) || items.length > 0),
  );
  const placed = findings.filter(({ place }) => place.line !== undefined || place.page !== undefined);
  return {
    invoices_checked: checked.length,
    faults: findings.filter(({ severity }) => severity === 'fault').length,
    held_share: share(checked.filter((one) => verdictOf(one) === 'hold').length, checked.length, 0),
    terms_share: share(checked.filter(({ terms }) => terms !== undefined).length, checked.length, 0),
    arithmetic_share: share(provable.length, checked.length, 0),
    evidence_share: share(placed.length, findings.length, 1),
    earlier_compared: earlier,
  };
}
