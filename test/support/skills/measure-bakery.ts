/**
 * Prints how keyword-research does on freshly planted bakeries; `docs/skills/keyword-research.md` has the table.
 *
 *   node --import @oxc-node/core/register test/support/skills/measure-bakery.ts 101 106 [--rows 12000] [--show]
 */
import { generateBakery } from '../../fixtures/clients/bakery/index.ts';
import { analyseBakery, BAKERY_KINDS, emptyTallies, judgeBakery } from './bakery-truth.ts';

const [from = 101, to = 106] = process.argv.slice(2, 4).map(Number);
const rowsAt = process.argv.indexOf('--rows');
const rows = rowsAt < 0 ? undefined : Number(process.argv[rowsAt + 1]);
for (const language of ['de', 'en'] as const) {
  const tallies = emptyTallies();
  for (let seed = from; seed <= to; seed++) {
    const bakery = generateBakery({ seed, language, rows });
    judgeBakery(await analyseBakery(bakery), bakery.truth, tallies);
  }
  console.log(`| kind (${language}) | recall | precision |\n|---|---|---|`);
  for (const kind of BAKERY_KINDS) {
    const { recall, precision, misses, alarms } = tallies[kind];
    console.log(`| ${kind} | ${recall.toFixed(3)} | ${precision.toFixed(3)} |`);
    if (process.argv.includes('--show')) console.log('   missed', misses.slice(0, 6), 'alarms', alarms.slice(0, 6));
  }
}
