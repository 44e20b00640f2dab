import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyDiff, SourceText, unifiedDiff } from '../../../../../agents/skills/content-optimization/edits.ts';
import { optimise } from '../../../../../agents/skills/content-optimization/optimise.ts';
import { readPageInput } from '../../../../../agents/skills/content-optimization/read-page.ts';
import { fileInput } from '../../../../support/skills/context.ts';
import { anyHtml, anyMarkdown, materialOf, SITE } from './pages.ts';

const line = fc.constantFrom('', 'a', '--- b', '+c', '\\ No newline', '@@ -1 +1 @@', '<p>é</p>', 'x\ry', '\u2028');
const text = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\r\n')), { maxLength: 30 })
  .map((lines) => lines.map(([words, end]) => words + end).join(''));

describe('a unified diff', () => {
  it('gives exactly the second text when it is applied to the first, whatever the lines hold', () => {
    fc.assert(
      fc.property(text, text, fc.boolean(), (before, after, open) => {
        const changed = open ? after.replace(/\r?\n$/, '') : after;
        expect(applyDiff(unifiedDiff('page.html', before, changed), before)).toBe(changed);
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  it('is refused where it does not fit', () => {
    expect(applyDiff(unifiedDiff('a', 'one\ntwo\n', 'one\nthree\n'), 'one\nfour\n')).toBeUndefined();
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

  it('gives exactly the page that the later score was computed from, invents nothing and never lowers the score', async () => {
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
        expect(result.score.after).toBeGreaterThanOrEqual(result.score.before);
      }),
      { seed, numRuns: 30 },
    );
  });
});
