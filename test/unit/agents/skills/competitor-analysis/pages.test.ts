import { describe, expect, it } from 'vitest';
import { pageSources } from '../../../../../agents/skills/competitor-analysis/page-sources.ts';
import { asksQuestion } from '../../../../../agents/skills/competitor-analysis/question-words.ts';
import { readPages } from '../../../../../agents/skills/competitor-analysis/read-pages.ts';
import { isSameAddress } from '../../../../../agents/skills/competitor-analysis/winning-pages.ts';
import { jsonInput } from '../../../../support/skills/context.ts';

async function read(page: Readonly<Record<string, string | number>>) {
  const { pages } = await readPages(await pageSources(jsonInput([page]), 'pages'), { today: '2026-11-23' });
  return pages[0]!;
}

describe('the day of a page', () => {
  it.each([
    [
      'structured data',
      '<script type="application/ld+json">{"@graph":[{"dateModified":"2026-02-03T10:00:00Z"}]}</script>',
      '2026-02-03',
    ],
    ['metadata', '<meta property="article:modified_time" content="2025-12-01">', '2025-12-01'],
    ['words in German', '<p>Zuletzt aktualisiert am 7. März 2026</p>', '2026-03-07'],
    ['words in English', '<p>Last updated: March 7, 2026 by us</p>', '2026-03-07'],
    ['a time element alone', '<p><time datetime="2024-05-06">then</time></p>', '2024-05-06'],
    ['a line of its own', '<p>Dienstag, 29. Januar 2019</p>', '2019-01-29'],
    [
      'the line below its heading, and not by the posts that it quotes',
      '<h1>Verdict</h1>\n<p>29. Januar 2019</p>\n<p>She said <time datetime="2018-03-12">then</time>, and <time datetime="2018-03-14">again</time>.</p>',
      '2019-01-29',
    ],
  ])('is told by %s', async (_, html, day) => {
    const page = await read({
      url: 'https://a.example/x',
      html: `<html><body>${html}<p>Some words.</p></body></html>`,
    });
    expect(page.date?.day).toBe(day);
  });

  it('is told by its address where nothing else says it, and by none of several without a heading', async () => {
    const html = '<p>3 March 2020</p><p>Some words.</p><p>4 April 2020</p>';
    expect((await read({ url: 'https://a.example/2018/06/28/maps', html })).date).toMatchObject({
      day: '2018-06-28',
      from: 'its address',
    });
    expect((await read({ url: 'https://a.example/maps', html })).date).toBeUndefined();
  });

  it('is nothing that lies in the future', async () => {
    const html =
      '<html><head><meta property="article:modified_time" content="2031-01-01"></head><body><p>Words.</p></body></html>';
    expect((await read({ url: 'https://a.example/x', html })).date).toBeUndefined();
  });
});

describe('the make of a page', () => {
  it('leaves menus out of its lists, and one row out of its tables', async () => {
    const html = `<html><body><ul><li><a href="/a">Alpha</a></li><li><a href="/b">Beta</a></li></ul>
<table><tr><td>one row</td></tr></table><ol><li>Mix</li><li>Bake</li></ol></body></html>`;
    const { lists, tables } = await read({ url: 'https://a.example/x', html });
    expect(lists.map(({ line }) => line)).toEqual([2]);
    expect(tables).toEqual([]);
  });

  it('tells links to its own site from others, and what is said of links to it', async () => {
    const markup =
      '<html><body><main><p>Words <a href="/a">a</a> <a href="https://www.a.example/b">b</a> <a href="https://c.example/">c</a> <a href="#top">up</a></p></main></body></html>';
    const page = await read({ url: 'https://a.example/x', html: markup, referring_domains: 12 });
    expect(page.links).toEqual({ inside: 2, outside: 1 });
    expect(page.referringDomains).toBe(12);
  });
});

describe('a heading that asks', () => {
  it.each([
    ['How long does rye keep', 'en', true],
    ['Storage?', 'unknown', true],
    ['Wie lange hält Roggenbrot', 'de', true],
    ['Whole grain bread', 'en', false],
    ['Wiederaufbau', 'de', false],
    ['What we do', 'de', false],
  ] as const)('%s (%s): %s', (heading, language, asks) => {
    expect(asksQuestion(heading, language)).toBe(asks);
  });
});

describe('two addresses', () => {
  it.each([
    ['https://www.a.example/x/', 'http://a.example/x', true],
    ['https://a.example/x/index.html', 'https://a.example/x', true],
    ['https://a.example/x?utm_source=n#top', 'https://a.example/x', true],
    ['/x', 'https://a.example/x', true],
    ['https://a.example/x?page=2', 'https://a.example/x', false],
    ['https://a.example/x', 'https://b.example/x', false],
    [null, 'https://b.example/x', false],
  ])('%s and %s are the same page: %s', (left, right, same) => {
    expect(isSameAddress(left, right)).toBe(same);
  });
});
