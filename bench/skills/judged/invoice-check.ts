import { invoiceCheck } from '../../../agents/skills/invoice-check/index.ts';
import {
  INVOICE_SEEDS,
  type InvoiceFault,
  type InvoiceSet,
  invoiceSet,
} from '../../../test/fixtures/judged/invoice-check/generate.ts';
import { fakeSkillContext, fileInput } from '../../../test/support/skills/context.ts';
import { type Judge, seedsOf, share } from './parts.ts';

const SKILL = 'invoice-check';
const MOST_ALARMS = 0.02;
/** How the skill calls what is planted. */
const SAID: Record<InvoiceFault, readonly string[]> = {
  'line-arithmetic': ['line-amount'],
  'sum-arithmetic': ['net-sum'],
  'vat-arithmetic': ['vat-amount', 'vat-rate'],
  'duplicate-number': ['duplicate-number'],
  'duplicate-content': ['billed-twice'],
  price: ['price'],
  'tax-id': ['tax-id'],
};

/** The terms in the form that the skill's page describes; prices carry the day from which they hold. */
export function termsYaml({ terms }: InvoiceSet): string {
  const vendors = [...new Set(terms.map(({ supplier }) => supplier))];
  const prices = (vendor: string) =>
    terms
      .filter(({ supplier }) => supplier === vendor)
      .flatMap((term) =>
        term.prices.map(
          ({ from, unitPrice }) =>
            `      - { item: ${JSON.stringify(term.item)}, price: ${unitPrice}, valid_from: ${JSON.stringify(from)} }`,
        ),
      );
  const contract = (vendor: string) => [
    `  - vendor: ${JSON.stringify(vendor)}`,
    '    currency: EUR',
    '    prices:',
    ...prices(vendor),
  ];
  return `contracts:\n${vendors.flatMap(contract).join('\n')}\n`;
}

export const judgeInvoiceCheck: Judge = {
  skill: SKILL,
  async judge(part, tell) {
    const found = new Map<string, { all: number; found: number }>();
    const clean = { all: 0, alarms: 0 };
    for (const seed of seedsOf(INVOICE_SEEDS, part)) {
      const set = invoiceSet(seed);
      const inputs = {
        invoices: fileInput('invoices.csv', set.invoicesCsv),
        earlier_invoices: fileInput('earlier.csv', set.earlierCsv),
        contract_terms: fileInput('terms.yaml', termsYaml(set)),
      };
      const { outputs } = await invoiceCheck.run(fakeSkillContext({ inputs }));
      const said = outputs.findings as ReadonlyArray<{
        readonly [name in 'invoice' | 'vendor' | 'kind' | 'severity' | 'why']: string;
      }>;
      const key = (supplier: string, number: string) => `${supplier} ${number}`;
      const planted = new Map(set.truth.map(({ supplier, number, kind }) => [key(supplier, number), kind]));
      for (const { supplier, number } of set.invoices) {
        const faults = said.filter(
          ({ vendor, invoice, severity }) => severity === 'fault' && key(vendor, invoice) === key(supplier, number),
        );
        const kind = planted.get(key(supplier, number));
        if (kind === undefined) {
          clean.all++;
          if (faults.length > 0) clean.alarms++;
          for (const { kind: falsely, why } of faults)
            tell(`${SKILL}, ${part} ${seed}, ${number} falsely ${falsely}: ${why}`);
          continue;
        }
        const sum = found.get(kind) ?? { all: 0, found: 0 };
        const isFound = faults.some((fault) => SAID[kind].includes(fault.kind));
        if (!isFound)
          tell(`${SKILL}, ${part} ${seed}, ${number} missed ${kind}; said ${faults.map((one) => one.kind)}`);
        found.set(kind, { all: sum.all + 1, found: sum.found + (isFound ? 1 : 0) });
      }
    }
    const alarms = clean.alarms / clean.all;
    return [
      ...[...found].map(([kind, sum]) => ({
        skill: SKILL,
        what: `${kind} (${sum.all} planted)`,
        bar: 'recall 1',
        part,
        value: share(sum.found / sum.all),
        met: sum.found === sum.all,
      })),
      {
        skill: SKILL,
        what: `false alarms (${clean.all} clean)`,
        bar: 'at most .02',
        part,
        value: share(alarms),
        met: alarms <= MOST_ALARMS,
      },
    ];
  },
};
