import type { KnowledgeItem, SkillKnowledge } from '../handler.ts';
import { practicesAt } from '../practices.ts';
import type { Analysis } from './analyse.ts';

/** What the vertical knows that bears on every score. */
const ALWAYS = [
  'crm/best-practices/no-leakage',
  'crm/best-practices/calibrated-scores',
  'crm/best-practices/time-split',
  'crm/best-practices/explain-each-score',
  'crm/compliance/automated-decisions',
  'crm/compliance/scoring-is-a-decision',
  'crm/scoring/base-rate',
  'crm/scoring/auc',
  'crm/scoring/calibration-error-bins',
  'crm/scoring/recalibrate',
  'crm/scoring/no-fixed-events-rule',
  'crm/scoring/selective-labels',
];
/** So few won leads that most called ones are wasted however good the ranking. */
const RARE = 0.1;

/** What bears on this one, by what was found. */
const WHEN: ReadonlyArray<readonly [path: string, bears: (analysis: Analysis, isDriftKnown: boolean) => boolean]> = [
  ['crm/scoring/leakage-defined', ({ choice }) => choice.leftOut.some(({ because }) => because === 'leaked')],
  [
    'crm/scoring/salesforce-converted-fields',
    ({ choice }) =>
      choice.leftOut.some(({ column, because }) => because === 'leaked' && /^(?:is ?)?converted/i.test(column)),
  ],
  [
    'crm/scoring/proxies',
    ({ choice }) => choice.leftOut.some(({ because }) => because === 'sensitive' || because === 'proxy'),
  ],
  ['crm/scoring/missing-tells', ({ model }) => model.fields.some(({ missing }) => missing)],
  ['crm/scoring/precision-recall-for-rare', ({ quality }) => quality.baseRate.value < RARE],
  ['crm/scoring/concept-drift', (_, isDriftKnown) => isDriftKnown],
];

/** Reads from the graph what bears on this score, in the order of the lists above. */
export async function practicesFor(
  knowledge: SkillKnowledge,
  analysis: Analysis,
  isDriftKnown: boolean,
): Promise<readonly KnowledgeItem[]> {
  const paths = [...ALWAYS, ...WHEN.flatMap(([path, bears]) => (bears(analysis, isDriftKnown) ? [path] : []))];
  return practicesAt(knowledge, paths);
}
