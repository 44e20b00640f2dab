/**
 * Prints how keyword-research does on freshly planted exports; `docs/skills/keyword-research.md` has the table.
 *
 *   node --import @oxc-node/core/register test/support/skills/measure-keyword-research.ts 101 120 [--embed]
 */

import type { SkillInput } from '../../../agents/skills/handler.ts';
import { analyse } from '../../../agents/skills/keyword-research/analyse.ts';
import type { Embed } from '../../../agents/skills/keyword-research/fit.ts';
import { readInputText } from '../../../agents/skills/read-input.ts';
import { understandContext } from '../../../agents/skills/search-analysis/business-context.ts';
import { readRankings } from '../../../agents/skills/search-analysis/read-rankings.ts';
import { EXPORT_FORMATS, generateExport } from '../../fixtures/search-console/generate.ts';
import { Score, type Tally } from './keyword-truth.ts';

export function fileInput(name: string, bytes: Uint8Array): SkillInput {
  return {
    kind: 'file',
    name,
    bytes: bytes.length,
    async *open() {
      yield bytes;
    },
  };
}

async function main(): Promise<void> {
  const [from = 101, to = 120] = process.argv.slice(2, 4).map(Number);
  const embed = process.argv.includes('--embed') ? await openEmbedder() : undefined;
  const percent = (tally: Tally) => `${tally.recall.toFixed(3)}/${tally.precision.toFixed(3)}`;
  for (const language of ['en', 'de'] as const) {
    for (const rows of [300, 1500, 5000]) {
      for (const withPages of [false, true]) {
        const score = new Score();
        for (let seed = from; seed <= to; seed++) {
          const format = EXPORT_FORMATS[seed % EXPORT_FORMATS.length]!;
          const made = generateExport({ seed, language, rows, withPages, format });
          const name = made.truth.files.queryPages ?? made.truth.files.queries;
          const table = await readRankings(fileInput(name, made.files[name]!));
          const context = understandContext(
            await readInputText('business_context', { kind: 'text', text: made.businessContext }),
          );
          score.add(await analyse(table, { context, embed: embed?.embed }), made.truth);
        }
        const mean = (values: readonly number[]) => (values.reduce((a, b) => a + b, 0) / values.length).toFixed(3);
        console.log(
          `${language} ${rows} ${withPages ? 'pages' : '-    '} overall ${percent(score.overall)} near ${score.withContextWord.recall.toFixed(3)} far ${score.withoutContextWord.recall.toFixed(3)}` +
            ` sd ${percent(score.byKind.strikingDistance)} uc ${percent(score.byKind.underClicked)} ca ${percent(score.byKind.cannibalised)}` +
            ` brand ${percent(score.branded)} foreign ${percent(score.foreign)} foreignOpp ${score.foreignOpportunities.length}` +
            ` pairs ${(score.groupPairs.found / score.groupPairs.all).toFixed(3)} apart ${score.groupPairs.wronglyJoined}/${score.groupPairs.apart} mixed ${score.groupPairs.mixed}` +
            ` rho ${mean(score.rankCorrelations)} ratio ${mean(score.gainRatios)}`,
        );
        if (process.argv.includes('--show')) {
          for (const [what, tally] of Object.entries({
            overall: score.overall,
            ...score.byKind,
            branded: score.branded,
          })) {
            console.log('   ', what, 'missed', tally.misses.slice(0, 8), 'alarms', tally.alarms.slice(0, 8));
          }
          console.log(
            '    pairs missed',
            [...score.missedPairs].slice(0, 40),
            'mixed',
            [...score.mixedPairs].slice(0, 20),
          );
          console.log('    foreign alarms', [...new Set(score.foreign.alarms)].slice(0, 30));
        }
      }
    }
  }
  await embed?.close();
}

async function openEmbedder(): Promise<{ embed: Embed; close(): Promise<void> }> {
  const { createUseLiteEmbedder } = await import('../../../graph-schema/adapters/embedder/use-lite/index.ts');
  const embedder = createUseLiteEmbedder();
  return { embed: (texts) => embedder.embed(texts), close: () => embedder.close() };
}

if (process.argv[1]?.endsWith('measure-keyword-research.ts')) await main();
