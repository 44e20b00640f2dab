import { describe, expect, it } from 'vitest';
import { findBrand } from '../../../../agents/skills/search-analysis/brand.ts';
import { understandContext } from '../../../../agents/skills/search-analysis/business-context.ts';
import type { ClickCurve } from '../../../../agents/skills/search-analysis/click-curve.ts';
import { Tokens } from '../../../../agents/skills/search-analysis/tokens.ts';
import type { Query } from '../../../../agents/skills/search-analysis/types.ts';

const curve: ClickCurve = {
  rate: (position) => 0.28 / position,
  logError: () => 0.05,
  spread: 0.2,
  fromData: 1,
  queries: 100,
  clicks: 5_000,
};
const row = (query: string, { clicks, position }: { clicks: number; position: number }, page?: string): Query => ({
  query,
  impressions: 1_000,
  position,
  clicks,
  lines: [2],
  pages: page ? [{ page, clicks, position, impressions: 1_000, lines: [2] }] : [],
});
/** Clicked as one who looks for this very site does, and as anybody else does. */
const meant = (query: string, page?: string) => row(query, { clicks: 600, position: 1.1 }, page);
const ordinary = (query: string) => row(query, { clicks: 140, position: 2 });
const OTHERS = ['tax return help', 'vat rates', 'how to register', 'company formation', 'late fees', 'income limits'];

async function branded(rows: readonly Query[], text: string): Promise<string[]> {
  const queries = [...rows, ...OTHERS.map(ordinary)];
  const context = understandContext({ text, headings: [], truncated: false });
  const report = await findBrand(queries, { context, curve, tokens: await Tokens.of(queries) });
  return queries.flatMap(({ query }, index) => (report.branded[index] ? [query] : [])).sort();
}

describe('queries that search for the site itself', () => {
  it('hold its name written in one piece, beside queries with its words apart', async () => {
    const names = ['cabinet morvan', 'morvan avis', 'morvan rennes', 'cabinetmorvan', 'cabinetmorvan avis'];
    const text = 'Le conseil fiscal de Rennes. Site : cabinet-morvan.example';
    const decoys = [ordinary('gîte morvan'), ordinary('cabinet comptable')];
    expect(await branded([...names.map((name) => meant(name)), ...decoys], text)).toEqual([...names].sort());
  });

  it('hold its name in words, where the domain alone gives it, in one piece', async () => {
    const names = ['willow brook vets', 'willowbrookvets', 'willow brook vets prices', 'willowbrookvets booking'];
    const page = 'https://www.willowbrookvets.example/';
    const rows = [...names.map((name) => meant(name, page)), ordinary('brook trout'), ordinary('willow bark')];
    expect(await branded(rows, 'A clinic for small animals.')).toEqual([...names].sort());
  });

  it('hold its name with "&", with "und" or with neither', async () => {
    const names = ['speiche & sattel', 'speiche und sattel', 'speicheundsattel', 'speichesattel'];
    const rows = [...names.map((name) => meant(name)), ordinary('speiche gebrochen'), ordinary('sattel höhe')];
    expect(await branded(rows, 'Speiche & Sattel ist eine Werkstatt.')).toEqual([...names].sort());
  });

  it('hold its name with an umlaut, without it, and written out', async () => {
    const names = ['dachdecker müller', 'dachdecker muller', 'dachdecker mueller', 'müller termin'];
    const rows = [...names.map((name) => meant(name)), ordinary('dachdecker werden')];
    expect(await branded(rows, 'Der Betrieb von Müller deckt Dächer.')).toEqual([...names].sort());
  });

  it('hold a misspelling of it, and not another word that is as near, though one query of that is lucky', async () => {
    const names = ['speiche werkstatt', 'speiche termin', 'speiche', 'speihe werkstatt'];
    const others = ['speichen spannen', 'speichen kürzen', 'speichen tauschen', 'speichen länge'];
    const rows = [...names.map((name) => meant(name)), ...others.map(ordinary), meant('speichen nachziehen')];
    expect(await branded(rows, 'Wir bei Speiche reparieren Räder.')).toEqual([...names].sort());
  });

  it('hold a part of a name that is known in one piece, where that part is clicked like it and not elsewhere', async () => {
    const names = ['willowbrookvets', 'willowbrookvets prices', 'willowbrookvets jobs', 'willowbrook practice'];
    const rows = [...names.map((name) => meant(name)), ...['vets near me', 'vets open now', 'vets fees'].map(ordinary)];
    expect(await branded(rows, 'A clinic for animals: willowbrookvets.example')).toEqual([...names].sort());
  });

  it('are none where neither names nor clicks tell', async () => {
    expect(await branded([ordinary('cabinet morvan'), ordinary('cabinetmorvan')], 'cabinet-morvan.example')).toEqual(
      [],
    );
  });
});
