import type { EarlierOutcome, SkillHandler, SkillResult } from '../handler.ts';
import { shown } from '../text/shown.ts';
import { checkInvoices } from './check-invoices.ts';
import { METRICS, measure } from './metrics.ts';
import { findingList, findingsCsv, invoiceList, report, stake, verdictOf } from './outputs.ts';
import { practicesFor } from './practices.ts';
import { readAllInvoices, readAllTerms, readRegister } from './read-invoices.ts';
import type { EarlierInvoice } from './types.ts';

const CONTRACTS = 'client/{client_id}/contracts/*';

/** Checks invoices; `docs/skills/invoice-check.md` has method and limits. Needs no model. */
export const invoiceCheck: SkillHandler = {
  skill: 'invoice-check',
  revision: 3,
  standIns: {},
  metrics: METRICS,
  async check(inputs) {
    await readAllInvoices(inputs);
    await readRegister(inputs.earlier_invoices);
    await readAllTerms(inputs.contract_terms, []);
  },
  async run(context): Promise<SkillResult> {
    const { inputs, signal } = context;
    context.progress('reading the invoices');
    const { invoices, notes } = await readAllInvoices(inputs, signal);
    const kept = inputs.contract_terms === undefined ? await context.knowledge.items([CONTRACTS]) : [];
    const { terms, knowledge } = await readAllTerms(inputs.contract_terms, kept, signal);
    const outcomes = await context.earlier();
    const earlier = [...(await readRegister(inputs.earlier_invoices, signal)), ...fromOutcomes(outcomes)];
    context.progress(`checking ${invoices.length} invoices`);
    const checked = await checkInvoices(invoices, { terms, earlier, signal });
    const practices = await practicesFor(context.knowledge, checked);
    const held = checked.filter((one) => verdictOf(one) === 'hold').length;
    const faults = checked.flatMap(({ findings }) => findings).filter(({ severity }) => severity === 'fault').length;
    return {
      summary:
        held === 0
          ? `${checked.length} invoices without a fault.`
          : `${held} of ${checked.length} invoices to hold (${stake(checked)}), with ${faults} faults.`,
      outputs: {
        findings: findingList(checked),
        invoices: invoiceList(checked),
        findings_csv: findingsCsv(checked),
        report: report(checked, practices),
      },
      metrics: measure(checked, earlier.length),
      notes: [
        ...notes.map((note) => shown(note, 1_000)),
        ...(terms.length === 0
          ? [
              'No contract terms were given and none stand in the knowledge under contracts/: prices, discounts and payment terms were not compared.',
            ]
          : []),
        ...(earlier.length === 0 ? ['No earlier invoices are known: only these were compared with each other.'] : []),
        'Whether a tax id was given to this supplier is known to the authorities alone (VIES, HMRC); its form and check digits were checked.',
      ],
      citations: { knowledge: [...new Set([...knowledge, ...practices.map(({ id }) => id)])] },
    };
  },
};

/** Invoices that earlier checks of this client saw and people let pass, whatever was found on them. */
function fromOutcomes(outcomes: readonly EarlierOutcome[]): EarlierInvoice[] {
  return outcomes.flatMap(({ task, outputs }) => {
    const { invoices } = outputs;
    if (!Array.isArray(invoices)) return [];
    return (invoices as ReadonlyArray<Record<string, unknown>>).flatMap((one): EarlierInvoice[] => {
      const text = (name: string) => (typeof one[name] === 'string' ? (one[name] as string) : undefined);
      const [number, vendor] = [text('number'), text('vendor')];
      if (number === undefined || vendor === undefined || text('verdict') === 'hold') return [];
      const own = Object.fromEntries(
        ['date', 'from', 'to', 'total', 'currency', 'iban', 'items'].flatMap((name) =>
          text(name) === undefined ? [] : [[name, text(name)]],
        ),
      );
      return [{ ...own, number, vendor, source: `task ${task}` }];
    });
  });
}
