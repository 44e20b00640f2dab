import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkInvoices } from '../../../../agents/skills/invoice-check/check-invoices.ts';
import { type ReadInvoices, readInvoices } from '../../../../agents/skills/invoice-check/read-invoices.ts';
import { compactId } from '../../../../agents/skills/invoice-check/tax-ids.ts';
import type { Invoice } from '../../../../agents/skills/invoice-check/types.ts';
import { fileInput } from '../../../support/skills/context.ts';

/** What invoice2data's templates read from the papers; origin and licence in the folder's README. */
interface Expected {
  readonly amount: number;
  readonly amount_untaxed?: number;
  readonly currency: string;
  readonly date: string;
  readonly date_due?: string;
  readonly invoice_number: string;
  readonly issuer: string;
  readonly vat?: string;
  readonly gstin?: string;
  readonly lines?: ReadonlyArray<{ desc?: string; qty?: number; price?: number }>;
}

const FOLDER = new URL('../../../fixtures/public/invoices/', import.meta.url);
const bytesOf = (name: string) => readFileSync(new URL(name, FOLDER));
const expected = Object.entries(JSON.parse(bytesOf('expected.json').toString()) as Record<string, Expected>);
/** Where the package says something else than the paper; the README has the words. */
const ON_PAPER: Record<string, Partial<Expected>> = {
  flipkart: { issuer: 'WS Retail Services Pvt. Ltd.', invoice_number: 'BLR_WFLD20151000982590' },
};

const papers = new Map<string, ReadInvoices>();
beforeAll(async () => {
  for (const [name] of expected) {
    papers.set(name, await readInvoices('invoices', fileInput(`${name}.pdf`, bytesOf(`${name}.pdf`))));
  }
});
const invoiceOf = (name: string): Invoice => papers.get(name)!.invoices[0]!;

/** Pairs of what was read and what should be, by name; what was not read is undefined. */
function compared(invoice: Invoice, should: Expected): Array<[string, unknown, unknown]> {
  const pairs: Array<[string, unknown, unknown]> = [
    ['number', invoice.number?.value, should.invoice_number],
    // Templates give a short name; the paper has more words.
    [
      'vendor',
      invoice.vendor && (invoice.vendor.value.startsWith(should.issuer) ? should.issuer : invoice.vendor.value),
      should.issuer,
    ],
    ['date', invoice.date?.value, should.date],
    ['due', invoice.due?.value, should.date_due],
    ['currency', invoice.currency?.value, should.currency],
    ['net', invoice.net?.value.toNumber(), should.amount_untaxed],
    ['total', invoice.total?.value.toNumber(), should.amount],
    ['tax id', invoice.taxId && compactId(invoice.taxId.value), (should.vat ?? should.gstin)?.replaceAll(' ', '')],
  ];
  should.lines?.forEach((line, at) => {
    const item = invoice.items[at];
    pairs.push([
      `item ${at + 1}`,
      item && [item.quantity?.value.toNumber(), item.price?.value.toNumber()],
      [line.qty, line.price],
    ]);
    if (item && line.desc)
      pairs.push([`text of item ${at + 1}`, item.description.startsWith(line.desc.split('\n', 1)[0]!), true]);
  });
  return pairs.filter(([, , value]) => value !== undefined);
}

describe('invoices of real suppliers', () => {
  it('are read without a wrong value: a field is right, or it is absent', () => {
    const [wrong, absent]: string[][] = [[], []];
    let right = 0;
    for (const [name, should] of expected) {
      for (const [field, found, value] of compared(invoiceOf(name), { ...should, ...ON_PAPER[name] })) {
        if (found === undefined) absent!.push(`${name}: ${field}`);
        else if (JSON.stringify(found) === JSON.stringify(value)) right++;
        else wrong!.push(`${name}: ${field} is ${JSON.stringify(found)}, not ${JSON.stringify(value)}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(absent).toEqual([
      // Neither a net sum nor a table with headings is printed.
      'amazon-web-services: net',
      ...[1, 2, 3, 4].map((at) => `amazon-web-services: item ${at}`),
      // The sign of the rupee is a picture.
      'flipkart: currency',
      'quality-hosting: net',
      // The number of a booking; the letterhead is a picture.
      'oyo: number',
      'oyo: vendor',
    ]);
    expect(right).toBe(41);
  });

  it('raise no false alarm, and say what could not be read', async () => {
    const invoices = expected.map(([name]) => invoiceOf(name));
    const findings = (await checkInvoices(invoices, { terms: [], earlier: [] })).flatMap((one) => one.findings);
    expect(findings.filter(({ severity }) => severity === 'fault')).toEqual([]);
    expect(findings.map(({ kind, found }) => `${kind}: ${found}`)).toEqual(['incomplete: no number, no vendor']);
    expect([...papers.values()].flatMap(({ notes }) => notes)).toEqual([
      'amazon-web-services.pdf, page 1, line 1: no items were recognised, only the sums; prices and the sum of the items were not checked.',
    ]);
  });
});
