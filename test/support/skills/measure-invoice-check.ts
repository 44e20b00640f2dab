import { checkInvoices } from '../../../agents/skills/invoice-check/check-invoices.ts';
import { readAllTerms, readInvoices, readRegister } from '../../../agents/skills/invoice-check/read-invoices.ts';
import type { Invoice } from '../../../agents/skills/invoice-check/types.ts';
import { generateInvoices, type InvoiceOptions } from '../../fixtures/clients/law-office/invoices.ts';
import { fileInput, jsonInput } from './context.ts';

/** Counts against the planted truth; an alarm is a fault on an invoice without one. */
export interface InvoiceScore {
  readonly invoices: number;
  readonly faults: number;
  readonly missed: readonly string[];
  readonly clean: number;
  readonly alarms: readonly string[];
}

export async function scoreInvoices(options: InvoiceOptions): Promise<InvoiceScore> {
  const made = generateInvoices(options);
  const invoices: Invoice[] = [];
  for (const [name, bytes] of Object.entries(made.files)) {
    invoices.push(...(await readInvoices('invoices', fileInput(name, bytes))).invoices);
  }
  const earlier = await readRegister(fileInput(made.earlier.name, made.earlier.bytes));
  const contracts = Object.entries(made.terms).map(([name, text]) => ({ name, text }));
  const { terms } = await readAllTerms(jsonInput(contracts), []);
  const checked = await checkInvoices(invoices, { terms, earlier });
  if (checked.length !== made.truth.length) {
    throw new Error(`${made.truth.length} invoices were planted and ${checked.length} read`);
  }
  const missed: string[] = [];
  const alarms: string[] = [];
  let faults = 0;
  made.truth.forEach(({ number, supplier, fault, decoy }, at) => {
    const found = checked[at]!.findings.filter(({ severity }) => severity === 'fault').map(({ kind }) => kind);
    if (checked[at]!.invoice.number?.value !== number)
      throw new Error(`invoice ${at} was read as another than ${number}`);
    if (fault === null) {
      if (found.length > 0) alarms.push(`${supplier} ${number} (${decoy ?? 'plain'}): ${found.join(', ')}`);
      return;
    }
    faults += 1;
    if (!found.includes(fault)) missed.push(`${supplier} ${number}: ${fault}, found ${found.join(', ') || 'nothing'}`);
  });
  return { invoices: checked.length, faults, missed, clean: checked.length - faults, alarms };
}
