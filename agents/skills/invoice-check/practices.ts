import type { KnowledgeItem, SkillKnowledge } from '../handler.ts';
import type { CheckedInvoice } from './check-invoices.ts';
import type { FindingKind } from './types.ts';

const AGREED = ['internal-ops/invoices/three-way-match'];
const SUMS = ['internal-ops/invoices/rounding'];
const TAX_ID = ['internal-ops/invoices/vies'];
const ACCOUNT = ['internal-ops/invoices/iban-check-digits', 'internal-ops/invoices/verification-of-payee'];

/** What the vertical knows about each kind of finding. */
const PATHS: Partial<Record<FindingKind, readonly string[]>> = {
  'line-amount': SUMS,
  'net-sum': SUMS,
  'vat-amount': SUMS,
  total: SUMS,
  'vat-rate': ['internal-ops/invoices/reverse-charge'],
  'duplicate-number': [
    'internal-ops/invoices/duplicates',
    'internal-ops/invoices/sequential-numbers',
    'internal-ops/invoices/credit-notes',
  ],
  'billed-twice': ['internal-ops/invoices/duplicates', 'internal-ops/invoices/credit-notes'],
  price: ['internal-ops/invoices/contract-price-by-day', ...AGREED],
  'not-agreed': AGREED,
  'quantity-cap': AGREED,
  'discount-missing': AGREED,
  'payment-term': ['internal-ops/invoices/late-payment'],
  'tax-id': TAX_ID,
  'tax-id-differs': TAX_ID,
  iban: ACCOUNT,
  'iban-differs': ACCOUNT,
  incomplete: ['internal-ops/invoices/vat-invoice-content', 'internal-ops/invoices/simplified-invoice'],
};

/** Reads from the graph what bears on the kinds that were found, and nothing else. */
export async function practicesFor(
  knowledge: SkillKnowledge,
  checked: readonly CheckedInvoice[],
): Promise<readonly KnowledgeItem[]> {
  const kinds = new Set(checked.flatMap(({ findings }) => findings.map(({ kind }) => kind)));
  const paths = [...new Set([...kinds].flatMap((kind) => PATHS[kind] ?? []))].sort();
  return paths.length === 0 ? [] : knowledge.items(paths);
}
