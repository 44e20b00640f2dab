/**
 * The judged sets (test/fixtures/judged) against the bars of the issue:
 * `node --import @oxc-node/core/register bench/skills/judged/run.ts [--part tuning] [--only SKILL] [--tell]`.
 * Without `--part` both parts; `--tell` prints each miss and false alarm, of the tuning part alone.
 */
import { parseArgs } from 'node:util';
import { table } from '../../measure.ts';
import { judgeCompetitorAnalysis } from './competitor-analysis.ts';
import { judgeHandbook } from './handbook.ts';
import { judgeInvoiceCheck } from './invoice-check.ts';
import { judgeKeywordResearch } from './keyword-research.ts';
import { judgeLeadScoring } from './lead-scoring.ts';
import { type Judge, type Judged, PARTS } from './parts.ts';

const JUDGES: readonly Judge[] = [
  judgeKeywordResearch,
  judgeInvoiceCheck,
  judgeLeadScoring,
  judgeHandbook,
  judgeCompetitorAnalysis,
];

const { values } = parseArgs({
  options: { part: { type: 'string' }, only: { type: 'string' }, tell: { type: 'boolean', default: false } },
  strict: false,
});
const found: Judged[] = [];
for (const part of PARTS.filter((one) => values.part === undefined || values.part === one)) {
  for (const judge of JUDGES.filter(({ skill }) => values.only === undefined || skill === values.only)) {
    // What is held out is not to be learned from line by line.
    const tell = values.tell && part === 'tuning' ? (line: string) => console.log(line) : () => {};
    found.push(...(await judge.judge(part, tell)));
  }
}

const rows = found
  .filter(({ part }, _, all) => part === all[0]!.part)
  .map(({ skill, what, bar }) => {
    const cells = PARTS.map((part) => {
      const one = found.find((other) => other.skill === skill && same(other.what, what) && other.part === part);
      return one ? `${one.value}${one.met === false ? ' MISSED' : ''}` : '-';
    });
    return [skill, what, bar, ...cells];
  });
const title = 'Skills on the judged sets';
console.log(`\n## ${title}\n\n${table(['skill', 'what', 'bar', 'tuning', 'held'], rows)}`);
process.send?.({ title, findings: found });

/** How many there are may differ between the parts. */
function same(left: string, right: string): boolean {
  const name = (what: string) => what.replace(/\d[\d,]*(?= planted| clean| rows|\))/g, '');
  return name(left) === name(right);
}
