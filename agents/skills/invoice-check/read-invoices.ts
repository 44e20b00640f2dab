import { sourceOf } from '#platform/formats';
import { skillErrors } from '../errors.ts';
import type { KnowledgeItem, SkillInput } from '../handler.ts';
import { severalOf } from '../read-input.ts';
import { buildInvoices } from './build-invoices.ts';
import { asEarlier } from './duplicates.ts';
import { readSheet, sourcesOf } from './read-rows.ts';
import { readTerms } from './terms.ts';
import { type EarlierInvoice, type Invoice, placeText, type Terms } from './types.ts';

export interface ReadInvoices {
  readonly invoices: readonly Invoice[];
  readonly notes: readonly string[];
}

/** All invoices that a task was given. Errors: KAZE_SKILL_INPUT_MISSING, and those of each file. */
export async function readAllInvoices(
  inputs: Readonly<Record<string, SkillInput | undefined>>,
  signal?: AbortSignal,
): Promise<ReadInvoices> {
  const given = severalOf(inputs, 'invoices');
  if (given.length === 0) {
    throw skillErrors(
      'KAZE_SKILL_INPUT_MISSING',
      'invoice-check has no invoices; give a CSV export, or PDF, HTML, Markdown or text invoices',
      { fields: { skill: 'invoice-check', input: 'invoices' } },
    );
  }
  const read: ReadInvoices[] = [];
  for (const { name, input } of given) read.push(await readInvoices(name, input, signal));
  return {
    invoices: read.flatMap(({ invoices }) => invoices),
    notes: [...new Set(read.flatMap(({ notes }) => notes))],
  };
}

/** The invoices of one input. Errors: those of the format readers; KAZE_SKILL_INPUT_INVALID with the place. */
export async function readInvoices(name: string, input: SkillInput, signal?: AbortSignal): Promise<ReadInvoices> {
  const invoices: Invoice[] = [];
  const notes: string[] = [];
  for (const source of sourcesOf(name, input)) {
    const built = buildInvoices(await readSheet(source, signal));
    invoices.push(...built.invoices);
    notes.push(...built.notes);
  }
  return { invoices, notes: [...new Set(notes)] };
}

export async function readRegister(input: SkillInput | undefined, signal?: AbortSignal): Promise<EarlierInvoice[]> {
  if (input === undefined) return [];
  const { invoices } = await readInvoices('earlier_invoices', input, signal);
  return invoices.map((invoice) => asEarlier(invoice, placeText(invoice.place)));
}

/** Terms that were given with the task, else those that the client keeps as knowledge under `contracts`. */
export async function readAllTerms(
  input: SkillInput | undefined,
  kept: readonly KnowledgeItem[],
  signal?: AbortSignal,
): Promise<{ readonly terms: readonly Terms[]; readonly knowledge: readonly string[] }> {
  if (input !== undefined) {
    const terms: Terms[] = [];
    for (const source of sourcesOf('contract_terms', input)) terms.push(...(await readTerms(source, signal)));
    return { terms, knowledge: [] };
  }
  const contracts = kept.filter(({ path }) => path?.split('/').includes('contracts'));
  const terms: Terms[] = [];
  for (const { title, text } of contracts) {
    const isNamed = /^(?:#|vendor:|supplier:|lieferant:|contracts:)/im.test(text);
    terms.push(...(await readTerms(sourceOf(`${title}.md`, isNamed ? text : `Supplier: ${title}\n${text}`), signal)));
  }
  return { terms, knowledge: contracts.map(({ id }) => id) };
}
