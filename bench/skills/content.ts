/**
 * Content optimisation on the judged sets (test/fixtures/judged/content-optimization), recall and precision by kind
 * against the bar of the issue, and false alarms on clean pages. `--part tuning` alone, and `--tell` for each miss and
 * false alarm of it.
 */
import { parseArgs } from 'node:util';
import { CONTENT_SEEDS, contentSet } from '../../test/fixtures/judged/content-optimization/generate.ts';
import { CONTENT_KINDS, emptyContentTallies, judgeContent } from '../../test/support/skills/content-truth.ts';
import { table } from '../measure.ts';

const LEAST = { recall: 0.95, precision: 0.9 };
const { values } = parseArgs({
  options: { part: { type: 'string' }, tell: { type: 'boolean', default: false } },
  strict: false,
});

const findings: Array<{ kind: string; part: string; recall: number; precision: number; verdict: string }> = [];
const clean: string[] = [];
for (const part of ['tuning', 'held'] as const) {
  if (values.part !== undefined && values.part !== part) continue;
  const tallies = emptyContentTallies();
  const began = performance.now();
  for (const seed of CONTENT_SEEDS[part]) await judgeContent(contentSet(seed), tallies);
  const msEach = (performance.now() - began) / tallies.pages;
  for (const kind of CONTENT_KINDS) {
    const { recall, precision, misses, alarms } = tallies.kinds[kind];
    const verdict = recall >= LEAST.recall && precision >= LEAST.precision ? 'met' : 'MISSED';
    findings.push({ kind, part, recall, precision, verdict });
    if (!values.tell || part !== 'tuning') continue;
    for (const miss of misses) console.log(`${kind} missed: ${miss}`);
    for (const alarm of alarms) console.log(`${kind} falsely: ${alarm}`);
  }
  clean.push(
    `${part}: ${tallies.alarmed} of ${tallies.clean} clean pages with an alarm; ${tallies.invented} invented facts, ${tallies.lowered} lowered scores in ${tallies.pages} pages; ${msEach.toFixed(1)} ms a page`,
  );
}
const title = 'Content optimisation on the judged sets';
const rows = findings.map((one) => [one.kind, one.part, one.recall, one.precision, one.verdict]);
console.log(
  `\n## ${title}\n\n${table(['planted', 'seeds', 'recall', 'precision', 'verdict'], rows)}\n\n${clean.join('\n')}`,
);
process.send?.({ title, findings, clean });
