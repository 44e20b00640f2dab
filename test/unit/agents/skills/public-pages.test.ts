import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sourceOf } from '#platform/formats';
import { readPages } from '../../../../agents/skills/competitor-analysis/read-pages.ts';
import { readPageInput } from '../../../../agents/skills/content-optimization/read-page.ts';
import { fileInput } from '../../../support/skills/context.ts';

interface Expected {
  readonly url: string;
  readonly day: string | null;
  readonly title: string;
  readonly siteName: string;
  readonly image: string | null;
  readonly canonical: string;
  readonly headings: ReadonlyArray<readonly [level: number, text: string]>;
  readonly links: number;
  readonly images: number;
}

const FOLDER = new URL('../../../fixtures/public/pages/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, FOLDER));
const expected = Object.entries(JSON.parse(read('reference.json').toString()) as Record<string, Expected>);

describe.each(expected)('the saved page %s', (name, should) => {
  it('has the title, facts, outline, links and pictures that other readers find', async () => {
    const { page } = await readPageInput(fileInput(`${name}.html`, read(`${name}.html`)), should.url);
    const { siteName, canonical, image } = page.facts;
    // Other readers leave out the site's name behind the title.
    expect(page.titles.map(({ text }) => text.replace(` – ${should.siteName}`, ''))).toEqual([should.title]);
    expect({ siteName, canonical }).toEqual({ siteName: should.siteName, canonical: should.canonical });
    expect(image === undefined).toBe(should.image === null);
    expect(page.headings.map(({ level, text }) => [level, text])).toEqual(should.headings);
    expect([page.links.length, page.images.length]).toEqual([should.links, should.images]);
    expect(page.language).toBe('en');
  });

  it('has the day that it says, and no other', async () => {
    const source = sourceOf(`${name}.html`, read(`${name}.html`));
    const { pages } = await readPages([{ source, url: should.url, modified: null, referringDomains: null }], {
      today: '2020-02-01',
    });
    expect(pages[0]!.dates.map(({ day }) => day)).toEqual(should.day === null ? [] : [should.day]);
    expect(pages[0]!.title).toContain(should.title);
  });
});
