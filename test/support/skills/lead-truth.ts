import { type AnalyseOptions, type Analysis, analyse, profile } from '../../../agents/skills/lead-scoring/analyse.ts';
import { auc } from '../../../agents/skills/lead-scoring/ranks.ts';
import { readLeads } from '../../../agents/skills/lead-scoring/read-leads.ts';
import {
  generateSoftwareFirm,
  type SoftwareFirmOptions,
  type Truth,
} from '../../fixtures/clients/software-firm/index.ts';
import { fileInput } from './context.ts';

/** The export of a software firm as an input, with its truth. */
export function firmExport(options: SoftwareFirmOptions) {
  const { files, truth } = generateSoftwareFirm(options);
  const { name, bytes } = files.leads!;
  return { input: fileInput(name, bytes), truth, name };
}

export async function analyseFirm(options: SoftwareFirmOptions, more: AnalyseOptions = {}) {
  const { input, truth } = firmExport(options);
  const leads = profile(await readLeads(input, 'leads'));
  return { analysis: await analyse({ leads }, more), truth };
}

export interface Measured {
  readonly leads: number;
  readonly auc: number;
  readonly bestAuc: number;
  /** As the fixture's README defines it: mean over ten bins of |mean score - mean true probability|. */
  readonly calibrationError: number;
}

/** Held-out past leads, or the open ones by their eventual outcome, against the planted probabilities. */
export function measureAgainstTruth(analysis: Analysis, truth: Truth, which: 'held-out' | 'open'): Measured {
  const { heldOut, openRows, scores, history, open } = analysis;
  const rows = which === 'open' ? openRows : [...heldOut.rows];
  const { table } = which === 'open' ? open : history;
  const byId = new Map(truth.leads.map((lead) => [lead.id, lead]));
  const id = table.headers.indexOf(truth.columns.id);
  const known = rows.map((row) => byId.get(table.rows[row]!.cells[id]!)!);
  const estimates = which === 'open' ? rows.map((row) => scores[row]!.probability) : [...heldOut.scores];
  const wins = known.map(({ won }) => (won ? 1 : 0));
  const order = estimates.map((_, at) => at).sort((a, b) => estimates[a]! - estimates[b]!);
  let error = 0;
  for (let bin = 0; bin < 10; bin++) {
    const part = order.slice(Math.floor((bin * order.length) / 10), Math.floor(((bin + 1) * order.length) / 10));
    error += Math.abs(part.reduce((sum, at) => sum + estimates[at]! - known[at]!.probability, 0)) / order.length;
  }
  return {
    leads: rows.length,
    auc: auc(estimates, wins)!.value,
    bestAuc: auc(
      known.map(({ probability }) => probability),
      wins,
    )!.value,
    calibrationError: error,
  };
}
