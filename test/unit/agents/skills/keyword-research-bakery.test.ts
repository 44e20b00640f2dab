import { beforeAll, describe, expect, it } from 'vitest';
import { handlers } from '../../../../agents/skills/index.ts';
import { generateBakery } from '../../../fixtures/clients/bakery/index.ts';
import {
  analyseBakery,
  BAKERY_KINDS,
  type BakeryKind,
  bakeryInputs,
  emptyTallies,
  judgeBakery,
} from '../../../support/skills/bakery-truth.ts';
import { fakeSkillContext } from '../../../support/skills/context.ts';
import type { Tally } from '../../../support/skills/keyword-truth.ts';

const skill = handlers.find((one) => one.skill === 'keyword-research')!;

describe.each(['de', 'en'] as const)('several exports of a bakery chain, in %s', (language) => {
  const tallies: Record<BakeryKind, Tally> = emptyTallies();
  beforeAll(async () => {
    for (const seed of [31, 32]) {
      const bakery = generateBakery({ seed, language, rows: 4_000 });
      judgeBakery(await analyseBakery(bakery), bakery.truth, tallies);
    }
  });

  it.each(BAKERY_KINDS)('%s: at least .95 of what is planted is found, at precision .9', (kind) => {
    const { recall, precision, misses, alarms } = tallies[kind];
    expect(recall, `missed ${misses.slice(0, 5).join('; ')}`).toBeGreaterThanOrEqual(0.95);
    expect(precision, `alarms ${alarms.slice(0, 5).join('; ')}`).toBeGreaterThanOrEqual(0.9);
  });
});

describe('the outputs from several exports', () => {
  const outputs = ['topics', 'page_conflicts', 'changes', 'seasons', 'content_gaps', 'countries', 'trend'].map(
    (name) => ({ name, type: 'any' as const, required: false, description: '' }),
  );
  const bakery = generateBakery({ seed: 33, language: 'de', rows: 3_000 });

  it('hold an interval and its assumption for every gain, and name their lines', async () => {
    const result = await skill.run(
      fakeSkillContext({ inputs: bakeryInputs(bakery), definition: { ...skill, outputs } as never }),
    );
    const list = (name: string) => result.outputs[name] as ReadonlyArray<Record<string, unknown>>;
    for (const [name, gain] of [
      ['keyword_opportunities', 'extra_clicks'],
      ['page_conflicts', 'extra_clicks'],
      ['changes', 'change'],
      ['content_gaps', 'monthly_clicks'],
      ['countries', 'extra_clicks'],
    ] as const) {
      expect(list(name).length, name).toBeGreaterThan(0);
      for (const item of list(name)) {
        const { low, mid, high } = item[gain] as Record<'low' | 'mid' | 'high', number>;
        expect(low, name).toBeLessThanOrEqual(mid);
        expect(mid, name).toBeLessThanOrEqual(high);
        expect(item.assumption, name).toMatch(/position|period/);
        expect((item.rows as number[]).length + ((item.rows_before as number[]) ?? []).length, name).toBeGreaterThan(0);
      }
    }
    for (const { pillar, pages } of list('topics')) expect(pages).toContain(pillar);
    expect(result.outputs.reasoning).toMatch(/## Against the period before[\s\S]*## Topics[\s\S]*## Seasons/);
    expect(result.notes.join('\n')).not.toContain('semrush_api would add');
  });

  it('are the founding three where a definition asks for no more', async () => {
    const result = await skill.run(fakeSkillContext({ inputs: bakeryInputs(bakery) }));
    expect(Object.keys(result.outputs).sort()).toEqual(['keyword_opportunities', 'priority_ranking', 'reasoning']);
  });
});
