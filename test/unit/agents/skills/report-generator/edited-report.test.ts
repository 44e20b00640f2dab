import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '#platform';
import type { EditedOutcome, Json, SkillInput } from '../../../../../agents/skills/handler.ts';
import { checkPage } from '../../../../../agents/skills/report-generator/check-page.ts';
import { reportGenerator, reporting } from '../../../../../agents/skills/report-generator/index.ts';
import { generateSoftwareFirm } from '../../../../fixtures/clients/software-firm/index.ts';
import { fakeSkillContext, fileInput, textInput } from '../../../../support/skills/context.ts';
import { madeRecord, rows } from './made-up.ts';

type Outputs = EditedOutcome['made'];

const NOW = rows([
  ['city bikes leeds', 400, 4000, 1.4],
  ['bike repair leeds', 90, 1500, 3],
  ['folding bike 20"', 300, 3000, 2],
]);
const BEFORE = rows([
  ['city bikes leeds', 200, 2000, 1.4],
  ['bike repair leeds', 180, 1500, 1.2],
  ['folding bike 20"', 300, 3000, 2],
]);
const EVIL = [
  '=HYPERLINK("http://evil.example","x")',
  '<img src=x onerror=alert(1)>',
  '[2](javascript:1)',
  '*3* | `4`',
];
const DONE = [
  { id: 'k1', skill: 'keyword-research', day: '2026-10-05', costUsd: 0.4, summary: '12 opportunities on 3 pages' },
  { id: 'f1', skill: 'content-optimization', day: '2026-10-21', state: 'failed' as const },
  ...EVIL.map((summary, at) => ({ id: `e${at}`, skill: 'keyword-research', day: '2026-10-06', summary })),
];
const SEARCH = { current_rankings: fileInput('now.csv', NOW), previous_rankings: fileInput('before.csv', BEFORE) };
const GERMAN = { id: 'tenant-1', title: 'Mehlwind 24', language: 'de', country: 'DE' };

async function made(inputs: Readonly<Record<string, SkillInput>>, client?: typeof GERMAN): Promise<Outputs> {
  const record = (within: { from: number; to: number }) => ({
    ...madeRecord(DONE, [{ id: 'k0', skill: 'keyword-research', day: '2026-09-05', costUsd: 0.3 }])(within),
    ...(client ? { client } : {}),
  });
  const handler = inputs.pipeline ? reportGenerator : reporting;
  return (await handler.run(fakeSkillContext({ inputs: { period: textInput('2026-10'), ...inputs }, record }))).outputs;
}

let report: Outputs;
let markdown: string;
let page: string;
beforeAll(async () => {
  report = await made({ ...SEARCH, targets: textInput('clicks: 900') });
  markdown = String(report.report_markdown);
  page = String(report.report_html);
});

const give = (edited: Outputs, more: Partial<EditedOutcome> = {}) =>
  reporting.redraw!({ made: report, edited, approval: { id: 'a-1', by: 'Ada <3' }, logger: silentLogger, ...more });
const edit = async (change: (text: string) => string) => {
  const { outputs, notes } = await give({ ...report, report_markdown: change(markdown) });
  const html = String(outputs.report_html);
  expect(checkPage(html).unlinked).toEqual([]);
  return { html, text: String(outputs.report_markdown), outputs, notes };
};
const problems = (change: (text: string) => string): Promise<string[]> =>
  edit(change).then(
    () => [],
    (error) => {
      expect(error).toMatchObject({ code: 'KAZE_SKILL_EDIT_REFUSED', kind: 'caller', status: 422 });
      return error.fields.problems;
    },
  );
const lineOf = (text: string, part: string) => text.slice(0, text.indexOf(part)).split('\n').length;
const added = (paragraph: string) => (text: string) => text.replace('## What was done', `${paragraph}\n\n$&`);
/** The mark behind a number of the report, such as `[^s8]`. */
const markOf = (number: string) => new RegExp(`(?<![\\d,.+-])${number}(\\[\\^s\\d+\\])`).exec(markdown)![1]!;

describe('an edited report', () => {
  it('is drawn from its Markdown; what was not touched stays as it was drawn', async () => {
    const { html } = await edit(added('We agreed to **go on** with the\nnew titles & snippets.'));
    const paragraph = '<p>We agreed to <strong>go on</strong> with the\nnew titles &amp; snippets.</p>';
    expect(html).toContain(paragraph);
    expect(html.replace(paragraph, '')).toBe(page);
  });

  it('keeps the links of numbers that are moved, said without their sign, or left where words around them change', async () => {
    const s = { clicks: markOf('790'), change: markOf('\\+110') };
    const { html } = await edit(added(`Clicks rose by 110${s.change} and now stand at 790${s.clicks}, well done.`));
    const link = (number: string, mark: string) => `<a class="n" href="#${/s\d+/.exec(mark)![0]}">${number}</a>`;
    expect(html).toContain(
      `<p>Clicks rose by ${link('110', s.change)} and now stand at ${link('790', s.clicks)}, well done.</p>`,
    );
  });

  it('loses what is taken out: a section, a tile, a row, and the chart whose table was edited', async () => {
    const { html, notes } = await edit((text) =>
      text
        .replace(/## What it cost[\s\S]*?(?=\n## )/, '')
        .replace(/\n- Cost of the work: .*/, '')
        .replace(/\| Positions .*\n/, ''),
    );
    expect(html).not.toMatch(/What it cost|<section id="cost">/);
    expect(html).toContain('<section id="next">');
    // The other tiles keep their look.
    const tiles = (of: string) => [.../<ul class="tiles">(.*?)<\/ul>/s.exec(of)![1]!.matchAll(/<li>.*?<\/li>/gs)];
    expect(tiles(html).map(String)).toEqual(
      tiles(page)
        .map(String)
        .filter((tile) => !tile.includes('Cost of the work')),
    );
    const charts = (of: string) => of.split('<figure>').length - 1;
    expect(charts(html)).toBeLessThan(charts(page));
    expect(notes.join(' ')).toContain(`edited: ${charts(page) - charts(html)}.`);
  });

  it('takes a number of the person’s own with the approval as its source, seen as such', async () => {
    const own = 'On 3 November we agreed on 12 pages.[^call]';
    const { html, text } = await edit(
      (given) => `${added(own)(given)}[^call]: Call with *Ms 5*, after ${markOf('790')}\n`,
    );
    const [, number] = /<li id="s(\d+)"><b>\[\d+\]<\/b>Approval a-1, entered by Ada/.exec(html)!;
    expect(html).toContain(
      `On <a class="n" href="#s${number}">3</a> November we agreed on <a class="n" href="#s${number}">12</a> pages.<sup class="own"><a href="#s${number}">[${number}]</a></sup></p>`,
    );
    expect(html).toMatch(
      new RegExp(
        `Approval a-1, entered by Ada &lt;3: Call with Ms 5, after <a href="#${/s\d+/.exec(markOf('790'))![0]}">`,
      ),
    );
    expect(page).not.toContain(`id="s${number}"`);
    expect(text).toContain('\n[^call]: Approval a-1, entered by Ada &lt;3: Call with *Ms 5*, after [^s');
  });

  it('is refused with every line that says a number without its source', async () => {
    const s = markOf('790');
    const wrong = `Clicks were 791${s} in 2 markets.`;
    const line = lineOf(added(wrong)(markdown), wrong);
    expect(await problems(added(`Words\n\n${wrong}\n\nAbout two thirds`))).toEqual([
      `line ${line + 2}: 791 stands with ${s}, from which the report has no such number`,
      `line ${line + 2}: 2 has no source`,
      `line ${line + 4}: two has no source`,
      `line ${line + 4}: thirds has no source`,
    ]);
    const table = lineOf(markdown, '| Positions ');
    expect(await problems((text) => text.replace(/(\| Positions .*\|) (.*) \|/, '$1 place 4 |'))).toEqual([
      `line ${table}: 4 has no source`,
    ]);
  });

  it.each([
    ['a sign turned round', () => added(`A change of -110${markOf('\\+110')}`)],
    ['a sign turned round by a dash', () => added(`A change of –110${markOf('\\+110')}`)],
    ['a unit', () => added(`Clicks: 790 %${markOf('790')}`)],
    ['a second number in the shadow of the first', () => added(`In 790 shops: 790${markOf('790')}`)],
    ['digits of another script', () => added('About ٤ pages')],
    ['a number in an entity', () => added('About &#52; pages')],
    ['a number in an address', () => added('See [here](https://example.com/2026)')],
    ['a number in code or HTML', () => added('`7` <b title="x">x</b> <!-- 9 -->')],
    ['a list that begins elsewhere', () => added('1990. was good')],
    ['a number behind an item of a list', () => added('1. first\n\n2. second 3')],
    ['a mark without an entry', () => added('12[^gone]')],
    ['an entry of the report reworded', () => (text: string) => text.replace(/^(\[\^s8\]: ).*/m, '$1my own count')],
    ['an entry taken out that is still needed', () => (text: string) => text.replace(/^\[\^s8\]: .*\n/m, '')],
    ['an entry taken out that another is reckoned from', () => (text: string) => text.replace(/^\[\^s14\]: .*\n/m, '')],
    [
      'an entry taken out that only a tile needs, another being edited',
      () => (text: string) => text.replace(/\n- Cost of the work: .*/, '').replace(/^\[\^s7\]: .*\n/m, ''),
    ],
    ['an own entry that says nothing', () => (text: string) => `${text}[^own]:\n`],
    ['an own entry twice', () => (text: string) => `${text}[^own]: a\n[^own]: b\n`],
  ])('is refused for %s', async (_, change) => {
    expect(await problems(change())).not.toEqual([]);
  });

  it('may have lists that count, quotes, headings and tables of its own', async () => {
    const s = markOf('790');
    const { html } = await edit(
      added(
        `### Next\n\n1. first\n\n2. second ~~old~~ \`code\`\n   - within\n\n> As said:  \n> go on\n\n| A | B |\n|--|--:|\n| Clicks | 790${s} |`,
      ),
    );
    expect(html).toMatch(
      /<h3>Next<\/h3><ol><li><p>first<\/p><\/li><li><p>second <s>old<\/s> code<\/p><ul><li>within<\/li><\/ul><\/li><\/ol>/,
    );
    expect(html).toContain('<p class="note">As said:<br>go on</p><table><thead><tr><th scope="col">A</th>');
    expect(html).toMatch(/<td>Clicks<\/td><td class="num"><a class="n" href="#s\d+">790<\/a><\/td>/);
  });

  it('stays inert whatever is written into it', async () => {
    const { html } = await edit(
      added('<script>alert()</script>\n\n![x](http://evil.example/a.png) [y](javascript:z)\n\n- <img src=x>\n\n"><i>'),
    );
    expect(html).not.toMatch(/<(?:script|img|i)[ >]/);
    expect([...html.matchAll(/(?:href|src)="([^"]*)"/g)].every(([, to]) => to!.startsWith('#s'))).toBe(true);
    expect(html).toContain('y (javascript:z)');
  });

  it('is edited in its Markdown only: the drawn forms cannot be given back changed, and come when left out', async () => {
    await expect(give({ ...report, report_html: '<p>790</p>' })).rejects.toMatchObject({
      code: 'KAZE_SKILL_EDIT_REFUSED',
      message: expect.stringContaining('report_html is not as it was made. Way out: it is drawn from report_markdown'),
    });
    const { report_html: _, report_pdf: __, ...text } = report;
    expect((await give({ ...text, summary: 'In short' })).outputs).toEqual({ ...report, summary: 'In short' });
  });

  it('is printed anew, once; where that fails the PDF of the older text does not stay', async () => {
    const printed: string[] = [];
    const print = async (html: string) => new TextEncoder().encode(`%PDF ${printed.push(html)}`);
    const was: Json = { media_type: 'application/pdf', bytes: 1, sha256: '', base64: 'eA==' };
    const made = { ...report, report_pdf: was };
    const edited = { ...made, report_markdown: added('Well done.')(markdown) };
    const { outputs } = await give(edited, { made, print });
    expect(printed).toEqual([outputs.report_html]);
    expect(outputs.report_pdf).toMatchObject({ base64: btoa('%PDF 1') });
    const failed = await give(edited, { made, print: () => Promise.reject(new Error('no')) });
    expect(failed.outputs.report_pdf).toBeNull();
    expect(failed.notes.join(' ')).toContain('the browser that prints it failed');
    await give(made, { made, print });
    expect(printed).toHaveLength(1);
  });
});

describe('a report drawn from its Markdown alone', () => {
  const softwareFirm = () => {
    const { files } = generateSoftwareFirm({ seed: 7, leads: 300, product: 'pipedrive-de' });
    return { pipeline: fileInput(files.leads!.name, files.leads!.bytes) };
  };
  it.each([
    ['on search', () => made({ ...SEARCH, targets: textInput('clicks: 900'), work_done: textInput(EVIL.join('\n')) })],
    ['in German', () => made(SEARCH, GERMAN)],
    ['on sales', () => made(softwareFirm())],
  ])('%s says the same, word for word, with every number linked to the same entry', async (_, make) => {
    const outputs = await make();
    const html = String(outputs.report_html);
    // A page that does not fit its Markdown: nothing of it is kept.
    const strange = { ...outputs, report_html: html.replace('<main>', '<main><section><p>?</p></section>') };
    const edited = { ...strange, report_markdown: `${String(outputs.report_markdown)}\n` };
    const redrawn = await give(edited, { made: strange });
    const drawn = String(redrawn.outputs.report_html);
    expect(wordsOf(drawn)).toEqual(wordsOf(html));
    expect(linksOf(drawn)).toEqual(linksOf(html));
    const text = String(outputs.report_markdown).replace(/\n## /, '\nWell done.\n\n## ');
    const kept = await give({ ...outputs, report_markdown: text }, { made: outputs });
    expect(String(kept.outputs.report_html).replace(/<p(?: class="facts")?>Well done\.<\/p>/, '')).toBe(html);
  });
});

type Node = DefaultTreeAdapterTypes.Node;

function texts(node: Node, at: readonly string[] = []): Array<{ text: string; at: readonly string[] }> {
  if ('value' in node) return [{ text: node.value.replaceAll(/\s+/g, ' '), at }];
  if (!('childNodes' in node) || ['style', 'svg'].includes(node.nodeName)) return [];
  const href = 'attrs' in node ? node.attrs.find(({ name }) => name === 'href')?.value : undefined;
  // The title of a chart is on the page only.
  if (node.nodeName === 'figcaption') return [];
  return node.childNodes.flatMap((child) => texts(child, [...at, href ?? node.nodeName]));
}
const wordsOf = (html: string) =>
  texts(parse(html))
    .map(({ text }) => text)
    .join('')
    .replaceAll(/\s+/g, '')
    .replaceAll('\u200b', '');
/** Each number outside the list of sources with where it leads, in order. */
const linksOf = (html: string) =>
  texts(parse(html.slice(html.indexOf('<header>'), html.indexOf('<section id="sources">')))).flatMap(({ text, at }) =>
    [...text.matchAll(/\p{N}+/gu)].map(([number]) => `${number} ${at.find((one) => one.startsWith('#'))}`),
  );
