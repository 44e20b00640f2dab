import { describe, expect, it } from 'vitest';
import { checkPage } from '../../../../../agents/skills/report-generator/check-page.ts';
import { type Cell, type ReportDocument, table, text } from '../../../../../agents/skills/report-generator/document.ts';
import { Locale } from '../../../../../agents/skills/report-generator/locale.ts';
import { numberSources } from '../../../../../agents/skills/report-generator/number-sources.ts';
import { numbersIn } from '../../../../../agents/skills/report-generator/numbers-in-words.ts';
import { say } from '../../../../../agents/skills/report-generator/prose.ts';
import { renderHtml } from '../../../../../agents/skills/report-generator/render-html.ts';
import { renderMarkdown } from '../../../../../agents/skills/report-generator/render-markdown.ts';
import { type Figure, Sources } from '../../../../../agents/skills/report-generator/sourced.ts';
import { TEXTS } from '../../../../../agents/skills/report-generator/texts/index.ts';

const unsourced = expect.objectContaining({ code: 'KAZE_SKILL_NUMBER_UNSOURCED' });
const sources = new Sources();
const twelve = sources.figure(12, 'count', sources.node('Task', 'task-1', 'id'));

function page(cells: readonly Cell[], of = sources): { html: string; markdown: string } {
  const document: ReportDocument = {
    title: say`Report`,
    subtitle: say`A page`,
    facts: [],
    sections: [
      {
        id: 'one',
        title: say`Section`,
        blocks: [text(say`Words`), table(say`Table`, [[say`Value`, 'number']], [cells])],
      },
    ],
  };
  const rendering = { locale: new Locale('en', 'GB'), texts: TEXTS.en, numbers: numberSources(document, of) };
  return { html: renderHtml(document, rendering), markdown: renderMarkdown(document, rendering) };
}

describe('a number without a source', () => {
  it('has no type that a sentence or a table takes, and is refused when it comes without types', () => {
    // @ts-expect-error a bare number is no part of a sentence
    expect(() => say`There were ${12} tasks`).toThrow(unsourced);
    // @ts-expect-error nor is a text, which could hold one
    expect(() => say`There were ${'12'} tasks`).toThrow(unsourced);
    // @ts-expect-error an object that only looks like a figure is none: figures have a private part
    const lookalike: Figure = { value: 12, unit: 'count', source: twelve.source, signed: false };
    expect(() => say`There were ${lookalike} tasks`).toThrow(unsourced);
    expect(() => page([lookalike])).toThrow(unsourced);
    expect(() => page([{ ...twelve } as unknown as Figure])).toThrow(unsourced);
    expect(() => page([Object.create(twelve) as Figure])).toThrow(unsourced);
    expect(() => page(['12' as unknown as Cell])).toThrow(unsourced);
  });

  it.each([
    '12 tasks',
    'a share of 5 %',
    'ten per cent of them',
    'clicks doubled',
    'about half of them',
    'zwölf Aufgaben',
    'die Hälfte',
    'verdoppelt',
    '½ of it',
    '１２ tasks',
    '١٢ tasks',
    'Ⅻ tasks',
    'a dozen',
    'twenty-one',
    'einundzwanzig Aufgaben',
  ])('is not said by the words of a template: %s', (words) => {
    const template = Object.assign([words], { raw: [words] });
    expect(() => say(Object.freeze(template) as unknown as TemplateStringsArray)).toThrow(unsourced);
  });

  it('leaves words alone that only look like numbers', () => {
    for (const words of ['one of them', 'eine Aufgabe', 'beachten', 'einfach', 'on behalf', 'Often', 'tense'])
      expect(numbersIn(words)).toEqual([]);
  });

  it('does not come in by calling the template as a function with text of one’s own', () => {
    const text = ['a', 'b'] as unknown as TemplateStringsArray;
    expect(() => say(text, twelve)).toThrow(unsourced);
  });

  it('is refused with a source that belongs to another report, and so is what is no number', () => {
    const other = new Sources();
    const foreign = other.figure(12, 'count', other.node('Task', 'task-1', 'id'));
    expect(() => page([foreign])).toThrow(unsourced);
    expect(() => sources.figure(1, 'count', { kind: 'input', name: 'x', line: null })).toThrow(unsourced);
    expect(() => sources.figure(Number.NaN, 'count', twelve.source)).toThrow(unsourced);
    expect(() => sources.days('12', '13', twelve.source)).toThrow(unsourced);
  });

  it('cannot stand in the title of a drawing, which holds no link', () => {
    const title = say`Chart of ${twelve}`;
    const chart = {
      kind: 'bars' as const,
      title,
      description: say`About`,
      bars: [{ label: say`a`, figure: twelve }],
      table: table(say`t`, [], []),
    };
    const document = {
      title: say`R`,
      subtitle: say`S`,
      facts: [],
      sections: [{ id: 'a', title: say`A`, blocks: [chart] }],
    };
    expect(() => numberSources(document, sources)).toThrow(unsourced);
  });
});

describe('a number with a source', () => {
  it('links to an entry that names node type and id, in HTML and in Markdown', () => {
    const { html, markdown } = page([twelve]);
    const [, number] = /<a class="n" href="#s(\d+)">12<\/a>/.exec(html)!;
    expect(html).toContain(`<li id="s${number}"><b>[${number}]</b>Task task-1 (id)</li>`);
    expect(markdown).toContain(`12[^s${number}]`);
    expect(markdown).toContain(`[^s${number}]: Task task-1 (id)`);
    expect(checkPage(html)).toEqual({ numbers: 1, linked: 1, unlinked: [] });
  });

  it('leads through what it was reckoned from to the rows', () => {
    const own = new Sources();
    const now = own.figure(30, 'count', own.derived('sum', [own.rows('now.csv', 'clicks', [2, 3, 4, 9])]));
    const before = own.figure(40, 'count', own.derived('sum', [own.rows('before.csv', 'clicks', [2])]));
    const { markdown } = page([own.difference(now, before)], own);
    expect(markdown).toContain('-10[^s1]');
    expect(markdown).toContain('[^s1]: Difference, now less before: [^s2] [^s3]');
    expect(markdown).toContain('[^s2]: Sum of now.csv (clicks), lines 2–4, 9');
    expect(markdown).toContain('[^s3]: Sum of before.csv (clicks), line 2');
  });

  it('is one entry for one node, whatever of it is told', () => {
    const own = new Sources();
    const day = own.day('2026-10-05', own.node('Task', 't', 'createdAt'));
    const name = own.quote('reporting', own.node('Task', 't', 'skill'));
    expect(page([day, name], own).markdown).toContain('[^s1]: Task t (createdAt, skill)\n');
  });
});

describe('the check of a finished page', () => {
  it('sees numbers without a link, with a link to nowhere, and in drawings', () => {
    const html =
      '<body><p>7 <a href="#s1">8</a> <a href="#s9">9</a> <a href="https://x.example">10</a></p><svg><title>11</title><text>12</text></svg><ol id="sources"><li id="s1">13</li></ol></body>';
    expect(checkPage(html)).toEqual({ numbers: 6, linked: 1, unlinked: ['7', '9', '10', '11', '12'] });
  });
});
