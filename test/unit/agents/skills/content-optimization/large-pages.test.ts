import fc from 'fast-check';
import { Lexer, type Token } from 'marked';
import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { describe, expect, it } from 'vitest';
import { Pace } from '#platform';
import { CountedText, wantedOf } from '../../../../../agents/skills/content-optimization/density.ts';
import { SourceText } from '../../../../../agents/skills/content-optimization/edits.ts';
import { parsePage } from '../../../../../agents/skills/content-optimization/html-tree.ts';
import { markdownPieces } from '../../../../../agents/skills/content-optimization/markdown-pieces.ts';
import { optimise } from '../../../../../agents/skills/content-optimization/optimise.ts';
import { readPageInput } from '../../../../../agents/skills/content-optimization/read-page.ts';
import { Stemmer } from '../../../../../agents/skills/text/stems.ts';
import { fileInput } from '../../../../support/skills/context.ts';
import { anyMarkdown, htmlPage, materialOf } from './pages.ts';

/** Gives way whenever it is asked, and counts. */
class Counted extends Pace {
  rests = 0;

  override isDue(): boolean {
    return true;
  }

  override async rest(): Promise<void> {
    this.rests++;
  }
}

type Node = DefaultTreeAdapterTypes.ChildNode;
/** Names, texts and places of a tree. */
function outline(nodes: readonly Node[]): unknown[] {
  return nodes.map((node) => [
    node.nodeName,
    'value' in node ? node.value : null,
    node.sourceCodeLocation && [node.sourceCodeLocation.startOffset, node.sourceCodeLocation.endOffset],
    'childNodes' in node ? outline(node.childNodes) : [],
  ]);
}

describe('a page that is read in pieces', () => {
  it('gives the same tree with the same places, wherever a piece ends', async () => {
    const rows = Array.from(
      { length: 700 },
      (_, at) => `<p id="p${at}" title='a &amp; b'>Grüße &copy; ${at} 😀<br><!-- note ${at} --><b>bold</b></p>\n`,
    );
    const html = `<!doctype html><html><head><title>x</title></head><body>${rows.join('')}</body></html>`;
    const pace = new Counted();
    const nodes = await parsePage('page.html', html, pace);
    expect(outline(nodes)).toEqual(outline(parse(html, { sourceCodeLocationInfo: true }).childNodes));
    expect(pace.rests).toBeGreaterThan(4);
  });

  const tokensOf = (text: string) => new Lexer({ gfm: true }).blockTokens(text, []).map(({ raw, type }) => [type, raw]);
  const inPieces = (text: string) => {
    const lexer = new Lexer({ gfm: true });
    return [...markdownPieces(text)]
      .flatMap((piece): Token[] => lexer.blockTokens(piece, []))
      .map(({ raw, type }) => [type, raw]);
  };

  it('gives the blocks of the whole in Markdown, of which no fence and no comment is cut', () => {
    const text =
      'a\n\n# one\n\n```md\n\n# no\n```\n\n<!--\n\n# no\n\n-->\n\n## two\n\n<div>\n# no\n</div>\n\n# three\n';
    expect([...markdownPieces(text)].map((piece) => piece.split('\n')[0])).toEqual(['a', '# one', '## two', '# three']);
    expect(inPieces(text)).toEqual(tokensOf(text));
    fc.assert(
      fc.property(anyMarkdown, (any) => {
        const written = new SourceText(any).text;
        expect([...markdownPieces(written)].join('')).toBe(written);
        expect(inPieces(written)).toEqual(tokensOf(written));
      }),
      { seed: 31, numRuns: 60 },
    );
  });

  it('is checked giving way some hundred times, and no check takes it whole', async () => {
    const body = Array.from(
      { length: 120 },
      (_, at) =>
        `<h2>Part ${at}</h2>\n<p>The flat roof number ${at} was repaired, dried for ${at} days and closed.</p>\n<img src="/i/${at}-flat-roof.jpg">`,
    ).join('\n');
    const given = await readPageInput(fileInput('page.html', htmlPage({ body: `<h1>Flat roof repair</h1>\n${body}` })));
    const pace = new Counted();
    const result = await optimise(given, materialOf({ asked: ['flat roof repair'] }), { pace });
    expect(result.findings.filter(({ kind }) => kind === 'image-without-alt')).toHaveLength(120);
    // Reading, words, counts, readability, repeats, pictures and evidence each give way from block to block.
    expect(pace.rests).toBeGreaterThan(240 * 10);
  });
});

describe('counting queries in a text', () => {
  const stemmer = new Stemmer('en');
  const counted = (text: string, query: string) =>
    new CountedText(text.toLowerCase().split(/\W+/).filter(Boolean), stemmer).densityOf(wantedOf(query, stemmer))
      .mentions;

  it('looks over stop words and endings, and counts no word twice', () => {
    expect(counted('repair of the flat roof, repairing flat roofs', 'repair flat roofs')).toBe(2);
    expect(counted('roof roof roof roof', 'roof of roof')).toBe(4);
    expect(counted('roof flat roof flat', 'flat roof')).toBe(1);
    expect(counted('tile by tile by tile', 'tile tile')).toBe(3);
    expect(counted('to be or not to be', 'to be')).toBe(2);
  });
});
