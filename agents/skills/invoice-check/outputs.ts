import { BigNumber } from 'bignumber.js';
import { formatCsvRow } from '#platform/formats';
import type { Json, KnowledgeItem } from '../handler.ts';
import { inert } from '../text/inert.ts';
import { shown } from '../text/shown.ts';
import { amountText } from './amounts.ts';
import type { CheckedInvoice } from './check-invoices.ts';
import { asEarlier } from './duplicates.ts';
import { FINDING_KINDS, type Finding, placeText } from './types.ts';

export type Verdict = 'pay' | 'look' | 'hold';

/** `hold` with a fault, `look` with a notice alone, else `pay`. */
export function verdictOf({ findings }: CheckedInvoice): Verdict {
  if (findings.some(({ severity }) => severity === 'fault')) return 'hold';
  return findings.length > 0 ? 'look' : 'pay';
}

/** The list `invoices`: what each invoice says, as later checks compare it, and what may be done with it. */
export function invoiceList(checked: readonly CheckedInvoice[]): Json[] {
  return checked.map((one): Json => {
    const { invoice, terms, findings } = one;
    return {
      ...asEarlier(invoice, placeText(invoice.place)),
      due: invoice.due?.value ?? null,
      tax_id: invoice.taxId?.value ?? null,
      items_count: invoice.items.length,
      terms: terms ? placeText(terms.place) : null,
      verdict: verdictOf(one),
      faults: findings.filter(({ severity }) => severity === 'fault').length,
    };
  });
}

/** The list `findings`, by invoice. */
export function findingList(checked: readonly CheckedInvoice[]): Json[] {
  return checked.flatMap(({ invoice, findings }) =>
    findings.map(
      (finding): Json => ({
        invoice: invoice.number?.value ?? null,
        vendor: invoice.vendor?.value ?? null,
        kind: finding.kind,
        severity: finding.severity,
        file: finding.place.file,
        line: finding.place.line ?? null,
        column: finding.place.column ?? null,
        page: finding.place.page ?? null,
        found: finding.found,
        expected: finding.expected,
        difference: finding.difference ? amountText(finding.difference) : null,
        currency: invoice.currency?.value ?? null,
        why: shown(finding.why, 1_000),
        earlier: finding.earlier
          ? { number: finding.earlier.number, date: finding.earlier.date ?? null, source: finding.earlier.source }
          : null,
      }),
    ),
  );
}

/** The findings as CSV that no spreadsheet runs. */
export function findingsCsv(checked: readonly CheckedInvoice[]): string {
  const head = ['invoice', 'vendor', 'severity', 'kind', 'place', 'found', 'expected', 'difference', 'currency', 'why'];
  const rows = checked.flatMap(({ invoice, findings }) =>
    findings.map(({ severity, kind, place, found, expected, difference, why }) => [
      invoice.number?.value ?? '',
      invoice.vendor?.value ?? '',
      severity,
      kind,
      placeText(place),
      found,
      expected,
      difference ? amountText(difference) : '',
      invoice.currency?.value ?? '',
      why,
    ]),
  );
  return [head, ...rows].map((row) => formatCsvRow(row)).join('');
}

const MOST_PRINTED = 200;

/** Markdown for the one who decides: what to hold and why, and what is known about such findings. */
export function report(checked: readonly CheckedInvoice[], practices: readonly KnowledgeItem[] = []): string {
  const held = checked.filter((one) => verdictOf(one) === 'hold');
  const looked = checked.filter((one) => verdictOf(one) === 'look');
  const parts = [
    `${checked.length} invoices: ${held.length} to hold, ${looked.length} to look at, ${checked.length - held.length - looked.length} without findings.`,
  ];
  for (const one of [...held, ...looked].slice(0, MOST_PRINTED)) {
    const { invoice } = one;
    const total = invoice.total
      ? `, ${amountText(invoice.total.value)} ${invoice.currency?.value ?? ''}`.trimEnd()
      : '';
    parts.push(
      `## ${verdictOf(one) === 'hold' ? 'Hold' : 'Look at'}: ${inert(invoice.number?.value ?? 'without number')}, ${inert(invoice.vendor?.value ?? 'unknown supplier')}${total}`,
    );
    parts.push(one.findings.map(findingLine).join('\n'));
  }
  const rest = held.length + looked.length - MOST_PRINTED;
  if (rest > 0) parts.push(`${rest} more invoices with findings stand in the list.`);
  const known = practices.map(
    ({ title, path, text }) => `- **${title}** (${path}): ${text.trim().replaceAll('\n', ' ')}`,
  );
  if (known.length > 0) parts.push('## What stands behind it', known.join('\n'));
  return parts.join('\n\n');
}

function findingLine({ kind, severity, place, found, expected, difference, why }: Finding): string {
  const stake = difference && !difference.isZero() ? ` (${amountText(difference)})` : '';
  const mark = severity === 'fault' ? '' : 'Notice: ';
  return `- ${mark}${FINDING_KINDS[kind]}${stake}: found ${inert(found)}, expected ${inert(expected)}. ${inert(why)} (${inert(placeText(place))})`;
}

/** Totals by currency of what is held. */
export function stake(checked: readonly CheckedInvoice[]): string {
  const sums = new Map<string, BigNumber>();
  for (const one of checked) {
    if (verdictOf(one) !== 'hold' || !one.invoice.total) continue;
    const currency = one.invoice.currency?.value ?? '';
    sums.set(currency, (sums.get(currency) ?? new BigNumber(0)).plus(one.invoice.total.value));
  }
  return [...sums].map(([currency, sum]) => `${amountText(sum)} ${currency}`.trim()).join(', ');
}
