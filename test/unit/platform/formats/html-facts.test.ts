import { describe, expect, it } from 'vitest';
import { readDocument, sourceOf } from '#platform/formats';

async function summaryOf(name: string, content: string) {
  const reading = readDocument(sourceOf(name, content));
  for await (const _block of reading);
  return reading.summary;
}

const PAGE = `<!doctype html>
<html lang="en"><head><title>Rye</title>
<meta property="article:modified_time" content="2026-03-01">
<link rel="canonical" href="https://a.example/rye">
<script type="application/ld+json">{"@type":"Article"}</script>
<script>document.write('<a href="/evil">x</a>')</script>
</head><body>
<nav><a href="/home">Home</a></nav>
<main><h1>Rye</h1><p>See <a href="/oven" rel="NoFollow">the <b>oven</b></a>
on <time datetime="2026-03-02">2 March</time>.</p>
<img src="a.png" alt=""><img src="b.png"></main>
</body></html>`;

describe('what a web page says in its markup', () => {
  it('is told with the lines of the source, links inside and outside of the main content apart', async () => {
    const { html } = await summaryOf('rye.html', PAGE);
    expect(html).toEqual({
      metas: [{ name: 'article:modified_time', content: '2026-03-01', line: 3 }],
      relations: [{ rel: 'canonical', href: 'https://a.example/rye', line: 4 }],
      structuredData: [{ text: '{"@type":"Article"}', line: 5 }],
      times: [{ datetime: '2026-03-02', text: '2 March', line: 10 }],
      anchors: [
        { href: '/home', text: 'Home', inMain: false, line: 8 },
        { href: '/oven', text: 'the oven', rel: 'nofollow', inMain: true, line: 9 },
      ],
      images: [
        { src: 'a.png', alt: '', line: 11 },
        { src: 'b.png', alt: null, line: 11 },
      ],
      cut: [],
    });
  });

  it('is cut at 5,000 of a kind, and the cut is told', async () => {
    const { html } = await summaryOf('links.html', `<html><body>${'<a href="/x">x</a>'.repeat(5_001)}</body></html>`);
    expect(html?.anchors).toHaveLength(5_000);
    expect(html?.cut).toEqual(['anchors']);
  });
});

describe('front matter of Markdown', () => {
  it('is told by name and line', async () => {
    const { frontMatter } = await summaryOf('rye.md', '---\ntitle: Rye\nupdated: "2026-03-01"\n---\n\n# Rye\n');
    expect(frontMatter).toEqual([
      { name: 'title', value: 'Rye', line: 2 },
      { name: 'updated', value: '2026-03-01', line: 3 },
    ]);
  });
});
