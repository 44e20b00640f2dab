import { type Analysis, analyse, profile } from '../../../agents/skills/lead-scoring/analyse.ts';
import { readLeads } from '../../../agents/skills/lead-scoring/read-leads.ts';
import { isKazeError } from '../../../platform/index.ts';
import {
  type Crm,
  expectedArea,
  LEAD_SEEDS,
  type LeadSet,
  leadSet,
  NOISE_SEEDS,
} from '../../../test/fixtures/judged/lead-scoring/generate.ts';
import { fileInput } from '../../../test/support/skills/context.ts';
import { type Judge, type Judged, type Part, seedsOf, share } from './parts.ts';

const SKILL = 'lead-scoring';
const MOST = { gap: 0.02, calibration: 0.03, seconds: 20 };
const CRMS: readonly Crm[] = ['hubspot', 'pipedrive', 'salesforce'];
/** Below the second one chance is as large as the bars: shown, not judged. */
const SIZES = [2_000, 8_000, 20_000];
const JUDGED_FROM = 6_000;

const scored = async (set: LeadSet): Promise<Analysis> =>
  analyse({ leads: profile(await readLeads(fileInput('leads.csv', set.csv), 'leads')) });

/** On the open leads, against the chance that each truly has as far as the export tells. */
function againstTruth({ openRows, scores, open }: Analysis, { leadList, crm }: LeadSet) {
  const id = { hubspot: 'Record ID', pipedrive: 'Deal - ID', salesforce: 'Lead ID' }[crm];
  const column = open.table.headers.indexOf(id);
  const byId = new Map(leadList.map((lead) => [lead.id, lead.attainable]));
  const cases = openRows.map((row) => ({
    score: scores[row]!.probability,
    chance: byId.get(open.table.rows[row]!.cells[column]!.replace(/^00Q|AAB$/g, ''))!,
  }));
  const best = expectedArea(cases.map(({ chance }) => ({ score: chance, chance })));
  const sorted = cases.toSorted((a, b) => a.score - b.score);
  let calibration = 0;
  for (let bin = 0; bin < 10; bin++) {
    const part = sorted.slice(Math.floor((bin * sorted.length) / 10), Math.floor(((bin + 1) * sorted.length) / 10));
    calibration += Math.abs(part.reduce((sum, { score, chance }) => sum + score - chance, 0)) / sorted.length;
  }
  return { leads: cases.length, area: expectedArea(cases), best, calibration };
}

export const judgeLeadScoring: Judge = {
  skill: SKILL,
  async judge(part, tell) {
    const figures: Judged[] = [];
    for (const leads of SIZES) figures.push(...(await judgeSize(leads, part, tell)));
    return [...figures, await judgeNoise(part, tell)];
  },
};

async function judgeSize(leads: number, part: Part, tell: (line: string) => void): Promise<Judged[]> {
  const worst = { gap: 0, calibration: 0, seconds: 0 };
  const wrong: string[] = [];
  for (const [at, seed] of seedsOf(LEAD_SEEDS, part).entries()) {
    const set = leadSet(seed, { crm: CRMS[at % CRMS.length]!, leads });
    const began = performance.now();
    const analysis = await scored(set);
    const seconds = (performance.now() - began) / 1_000;
    const { area, best, calibration } = againstTruth(analysis, set);
    const used = analysis.choice.used.map(({ header }) => header);
    wrong.push(...used.filter((header) => set.leaking.includes(header) || set.sensitive.includes(header)));
    const unused = set.drivers.filter((header) => !used.includes(header));
    tell(
      `${SKILL}, ${part} ${seed}, ${leads} leads of ${set.crm}: AUC ${share(area)}, best ${share(best)}, calibration error ${share(calibration)}, ${seconds.toFixed(1)} s; uses ${used.join(', ')}${unused.length > 0 ? `; drivers not used: ${unused.join(', ')}` : ''}`,
    );
    worst.gap = Math.max(worst.gap, best - area);
    worst.calibration = Math.max(worst.calibration, calibration);
    worst.seconds = Math.max(worst.seconds, seconds);
  }
  const judged = (what: string, bar: string, value: string, met: boolean): Judged => ({
    skill: SKILL,
    what: `${leads.toLocaleString('en')} leads, ${what}`,
    bar,
    part,
    value,
    met: leads < JUDGED_FROM ? null : met,
  });
  return [
    judged('AUC below the best attainable', 'at most .02', share(worst.gap), worst.gap <= MOST.gap),
    judged('calibration error', 'at most .03', share(worst.calibration), worst.calibration <= MOST.calibration),
    judged('leaking or sensitive fields used', 'none', wrong.join(', ') || 'none', wrong.length === 0),
    ...(leads === 20_000
      ? [judged('time', 'under 20 s', `${worst.seconds.toFixed(1)} s`, worst.seconds < MOST.seconds)]
      : []),
  ];
}

async function judgeNoise(part: Part, tell: (line: string) => void): Promise<Judged> {
  const seeds = seedsOf(NOISE_SEEDS, part);
  let refused = 0;
  for (const [at, seed] of seeds.entries()) {
    const set = leadSet(seed, { crm: CRMS[at % CRMS.length]!, leads: 3_000, noise: true });
    try {
      const { quality } = await scored(set);
      tell(`${SKILL}, ${part} ${seed}: noise of ${set.crm} scored, AUC ${share(quality.auc.value)}`);
    } catch (error) {
      if (!isKazeError(error, 'KAZE_SKILL_DATA_INSUFFICIENT')) throw error;
      refused++;
    }
  }
  return {
    skill: SKILL,
    what: 'noise refused',
    bar: 'all',
    part,
    value: `${refused} of ${seeds.length}`,
    met: refused === seeds.length,
  };
}
