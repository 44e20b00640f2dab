import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pace } from '#platform';
import {
  applyDiff,
  diffOfEdits,
  KeptEdits,
  SourceText,
} from '../../../../../agents/skills/content-optimization/edits.ts';
import { optimise } from '../../../../../agents/skills/content-optimization/optimise.ts';
import { readPageInput } from '../../../../../agents/skills/content-optimization/read-page.ts';
import type { Edit } from '../../../../../agents/skills/content-optimization/types.ts';
import { fileInput } from '../../../../support/skills/context.ts';
import { anyHtml, anyMarkdown, materialOf, SITE } from './pages.ts';

const line = fc.constantFrom('', 'a', '--- b', '+c', '\\ No newline', '@@ -1 +1 @@', '<p>é</p>', 'x\ry', '\u2028');
const text = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\r\n')), { maxLength: 30 })
  .map((lines) => lines.map(([words, end]) => words + end).join(''));

describe('a unified diff', () => {
  const diffOf = (source: SourceText, edits: readonly Edit[]) =>
    diffOfEdits('page.html', source, { edits, pace: new Pace() });

  it('gives exactly the edited text when it is applied to the first, whatever the lines hold', async () => {
    const places = fc.uniqueArray(fc.nat(), { minLength: 2, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(text, places, fc.array(text), fc.boolean(), async (written, at, texts, open) => {
        const source = new SourceText(open ? written.replace(/\r?\n$/, '') : written);
        const ends = at.map((one) => one % (source.text.length + 1)).sort((left, right) => left - right);
        const edits = ends.flatMap((start, index): Edit[] => {
          const end = ends[index + 1];
          // Every second stretch is replaced, so that edits do not meet.
          return index % 2 === 0 && end !== undefined ? [{ start, end, text: texts[index] ?? '' }] : [];
        });
        const diff = await diffOf(source, edits);
        expect(applyDiff(diff, source.given)).toBe(source.apply(edits));
      }),
      { seed: 11, numRuns: 300 },
    );
  });

  it('has a hunk for edits near each other and one for each that stands apart, by the lines of both texts', async () => {
    const source = new SourceText(Array.from({ length: 60 }, (_, at) => `line ${at + 1}\n`).join(''));
    const at = (line: number) => source.text.indexOf(`line ${line}\n`);
    const edits = [
      { start: at(10), end: at(12), text: '' },
      { start: at(15), end: at(15), text: 'more\n' },
      { start: at(40), end: at(41), text: 'other\n' },
    ];
    const diff = await diffOf(source, edits);
    expect(diff.match(/^@@.*@@$/gm)).toEqual(['@@ -7,11 +7,10 @@', '@@ -37,7 +36,7 @@']);
    expect(diff.startsWith('--- a/page.html\n+++ b/page.html\n@@')).toBe(true);
    expect(await diffOf(source, [{ start: 3, end: 3, text: '' }])).toBe('');
  });

  it('is refused where it does not fit', async () => {
    const diff = await diffOf(new SourceText('one\ntwo\n'), [{ start: 4, end: 7, text: 'three' }]);
    expect(applyDiff(diff, 'one\nfour\n')).toBeUndefined();
  });

  it('tells of an edit whether it meets one that is kept: insertions at an edge do not', () => {
    const kept = new KeptEdits();
    for (const span of [
      { start: 20, end: 30 },
      { start: 5, end: 10 },
      { start: 15, end: 15 },
    ])
      kept.add(span);
    const meeting = (start: number, end: number) => kept.meet({ start, end });
    expect([meeting(9, 12), meeting(0, 6), meeting(6, 7), meeting(14, 16), meeting(25, 25), meeting(0, 40)]).toEqual(
      Array(6).fill(true),
    );
    expect([meeting(10, 15), meeting(15, 20), meeting(5, 5), meeting(15, 15), meeting(30, 31), meeting(0, 5)]).toEqual(
      Array(6).fill(false),
    );
  });

  it('keeps carriage returns apart from the edits, which take those of the file', () => {
    const source = new SourceText('a\r\nb\r\nc');
    expect(source.text).toBe('a\nb\nc');
    expect(source.apply([{ start: 4, end: 5, text: 'x\ny' }])).toBe('a\r\nb\r\nx\r\ny');
    expect(source.placeOf(4)).toEqual({ line: 3, column: 1 });
  });
});

describe.each([
  { format: 'HTML', name: 'page.html', pages: anyHtml, seed: 21 },
  { format: 'Markdown', name: 'page.md', pages: anyMarkdown, seed: 22 },
])('the diff of any page in $format', ({ name, pages, seed }) => {
  const material = materialOf({ asked: ['flat roof repair', 'gutter cleaning', 'slate roof'], ownPages: SITE });

  it('gives exactly the page that the later score was computed from, invents and loses nothing and never lowers the score', async () => {
    await fc.assert(
      fc.asyncProperty(pages, async (written) => {
        const given = await readPageInput(fileInput(name, written), 'https://roof.example/flat/');
        const result = await optimise(given, material);
        const applied = applyDiff(result.diff, written);
        expect(applied).toBe(result.changed);
        const again = await readPageInput(fileInput(name, applied!), 'https://roof.example/flat/');
        const looked = await optimise(again, material);
        expect(looked.parts.before).toEqual(result.parts.after);
        expect(result.invented).toEqual([]);
        expect(result.lost).toEqual([]);
        expect(result.score.after).toBeGreaterThanOrEqual(result.score.before);
      }),
      { seed, numRuns: 30 },
    );
  });
});
