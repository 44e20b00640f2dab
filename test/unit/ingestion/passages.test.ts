import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createDetector } from '#platform';
import { readDocument, sourceOf } from '#platform/formats';
import { extract } from '../../../ingestion/domain/extraction.ts';
import { bandsOf, similarity } from '../../../ingestion/domain/near-duplicates.ts';
import { identified, passagesOf } from '../../../ingestion/domain/passages.ts';
import { cutText, sizeOf } from '../../../ingestion/domain/text-pieces.ts';

const SIZES = { targetWords: 220, maxWords: 350 };
const HANDBOOK = new URL('../../../examples/acme/handbook/', import.meta.url);

async function read(name: string, text: string | Uint8Array) {
  const found = [];
  for await (const passage of identified(passagesOf(readDocument(sourceOf(name, text)), SIZES))) found.push(passage);
  return found;
}

describe('passages', () => {
  it('never reach across a heading, and carry its path, line and offsets', async () => {
    const text = '# A\n\nOne.\n\n## B\n\nTwo.\n\nThree.\n\n# C\n\nFour.\n';
    const found = await read('x.md', text);
    expect(found.map(({ headings, text: words, line }) => [headings, words, line])).toEqual([
      [['A'], 'One.', 3],
      [['A', 'B'], 'Two.\n\nThree.', 7],
      [['C'], 'Four.', 13],
    ]);
    expect(found.map(({ startOffset, endOffset }) => text.slice(startOffset, endOffset))).toEqual([
      'One.',
      'Two.\n\nThree.',
      'Four.',
    ]);
  });

  it('are cut between sentences when a paragraph is too long, with exact offsets in plain text', async () => {
    const text = Array.from({ length: 120 }, (_, at) => `Sentence ${at} by Dr. Smith has seven words.`).join(' ');
    const found = await read('x.txt', text);
    expect(found.length).toBeGreaterThan(2);
    for (const { text: words, startOffset, endOffset } of found) {
      expect(sizeOf(words)).toBeLessThanOrEqual(350);
      expect(words).toMatch(/^Sentence \d+ .*words\.$/s);
      expect(text.slice(startOffset, endOffset).trim()).toBe(words);
    }
    expect(found.map(({ text: words }) => words).join(' ')).toBe(text);
  });

  it('repeat the header row of a long table and keep it apart from prose', async () => {
    const rows = Array.from({ length: 200 }, (_, at) => `| Item number ${at} | ${at} pounds |`).join('\n');
    const found = await read('x.md', `# Prices\n\nBefore.\n\n| Item | Price |\n|---|---|\n${rows}\n\nAfter.\n`);
    const tables = found.filter(({ kind }) => kind === 'table');
    expect(tables.length).toBeGreaterThan(2);
    expect(tables.every(({ text }) => text.startsWith('Item | Price\n'))).toBe(true);
    expect(tables.flatMap(({ text }) => text.split('\n').slice(1))).toHaveLength(200);
    expect(found.filter(({ kind }) => kind === 'prose').map(({ text }) => text)).toEqual(['Before.', 'After.']);
  });

  it('group rows of a sheet with the names of their columns', async () => {
    const csv = `Supplier,Notice\n${Array.from({ length: 100 }, (_, at) => `Firm ${at},${at} days`).join('\n')}\n`;
    const found = await read('x.csv', csv);
    expect(found.length).toBeGreaterThan(1);
    expect(found[0]).toMatchObject({ kind: 'rows', line: 2 });
    expect(found[0]!.text.split('\n')[1]).toBe('Supplier: Firm 1; Notice: 1 days');
  });

  it('stay small when a line has no spaces at all', () => {
    const line = 'x'.repeat(100_000);
    const pieces = cutText(line, 350, 'unknown');
    expect(pieces.every(({ text }) => text.length <= 2_800)).toBe(true);
    expect(pieces.map(({ text }) => text).join('')).toBe(line);
  });

  it('count equal ones, so that each keeps an identity of its own', async () => {
    const found = await read('x.md', '# A\n\nSame.\n\n# A\n\nSame.\n');
    expect(found.map(({ occurrence }) => occurrence)).toEqual([0, 1]);
    expect(new Set(found.map(({ contentHash }) => contentHash)).size).toBe(1);
  });
});

describe('near duplicates', () => {
  const words = Array.from({ length: 80 }, (_, at) => `word${at}`);
  const text = words.join(' ');

  it('meet in a band when one word differs, and not when the texts are others', () => {
    let met = 0;
    for (let at = 3; at < 77; at++) {
      const other = words.with(at, 'changed').join(' ');
      expect(similarity(text, other)).toBeGreaterThan(0.9);
      const [one, two] = [bandsOf(text)!, bandsOf(other)!];
      if (Object.keys(one).some((band) => one[band as 'band0'] === two[band as 'band0'])) met++;
    }
    expect(met / 74).toBeGreaterThan(0.9);
    expect(similarity(text, text.replaceAll('word', 'term'))).toBe(0);
  });

  it('are not looked for in texts of a few words', () => {
    expect(bandsOf('Too short to compare.')).toBeUndefined();
  });
});

/** Read by hand against the handbook: triples that are not what the text says. */
const WRONG_IN_HANDBOOK = [
  'Public holidays come on top',
  'Data is never withheld',
  'We have a stand at two fairs',
  'The | last',
  'Cancel what you',
];

describe('facts of the example handbook', () => {
  it('say what the text says', async () => {
    const detector = await createDetector({ country: 'GB' });
    const facts = [];
    for (const name of readdirSync(HANDBOOK)) {
      const reading = readDocument(sourceOf(name, readFileSync(new URL(name, HANDBOOK))));
      for await (const passage of passagesOf(reading, SIZES)) {
        facts.push(...extract(passage, { detector, title: name, names: false, maxFacts: 100 }).facts);
      }
    }
    const shown = facts.map(({ subject, predicate, value }) => `${subject} | ${predicate} | ${value}`);
    expect(shown).toContain('Own wedding | Paid days | 2');
    expect(shown).toContain('Keld Security | Contract until | 2027-09-30');
    expect(shown).toContain('The limit for a night with breakfast | is | 115 pounds, in London and Dublin 170 pounds');
    expect(shown).toContain(
      'holiday-closures-2027.txt | Summer party | 2 July, from 15:00, Roundhay Park, families welcome',
    );
    expect(shown.filter((one) => WRONG_IN_HANDBOOK.some((wrong) => one.includes(wrong)))).toEqual([]);
    expect(facts.length).toBeGreaterThan(250);
  });

  it('come from German sentences too', async () => {
    const detector = await createDetector({ country: 'DE' });
    const text =
      'Die Kündigungsfrist beträgt drei Monate. Hunde sind im Büro erlaubt. Wenn es regnet, ist der Hof zu. Das ist so.';
    const { facts } = extract(
      { kind: 'prose', text, headings: ['Büro'], language: 'de' },
      { detector, title: 'x', names: true, maxFacts: 9 },
    );
    expect(facts.map(({ subject, value }) => [subject, value])).toEqual([
      ['Die Kündigungsfrist', 'drei Monate'],
      ['Hunde', 'im Büro erlaubt'],
    ]);
  });
});
