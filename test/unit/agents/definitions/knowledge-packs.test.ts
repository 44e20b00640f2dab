import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { formatProblems, lintKnowledge, loadDefinitions } from '../../../../agents/definitions/index.ts';
import { wordRanking } from '../../../support/agents/word-ranking.ts';

const FOLDER = new URL('../../../../agents/verticals', import.meta.url).pathname;
/** Whoever brings a pack to its size adds it here, with its questions in test/fixtures/knowledge-questions. */
const PACKS = [
  { vertical: 'seo', atLeast: 150 },
  { vertical: 'crm', atLeast: 60 },
  { vertical: 'internal-ops', atLeast: 60 },
  { vertical: 'platform', atLeast: 10 },
];
/** Sources grow old while the code stands still: age is judged by `kaze knowledge lint`, here by the day of writing. */
const TODAY = '2026-11-22';
const SHOWN = 5;

interface Question {
  readonly question: string;
  readonly path: string;
  /** Asked in words that the item does not use: left to a search by meaning. */
  readonly paraphrase?: boolean;
}

const questionsOf = (vertical: string): Question[] =>
  parse(readFileSync(new URL(`../../../fixtures/knowledge-questions/${vertical}.yaml`, import.meta.url), 'utf8'));
const { knowledge, problems } = await loadDefinitions(FOLDER);

describe.each(PACKS)('the knowledge of $vertical', ({ vertical, atLeast }) => {
  const items = knowledge.filter((item) => item.vertical === vertical);
  const questions = questionsOf(vertical);
  const plain = questions.filter(({ paraphrase }) => !paraphrase);

  it(`has at least ${atLeast} items`, () => {
    expect(items.length).toBeGreaterThanOrEqual(atLeast);
  });

  it('is clean by the lint', () => {
    expect(formatProblems(problems)).toBe('');
    const found = lintKnowledge(knowledge, { today: TODAY }).filter(({ file }) => file.startsWith(`${vertical}/`));
    expect(formatProblems(found)).toBe('');
  });

  it('says of every item where it is from, how sure it is, and what would refute it', () => {
    const bare = items.filter(
      ({ source, confidence, refutation }) =>
        source.title === '' || !/^\d{4}-\d\d-\d\d$/.test(source.date) || confidence > 1 || !refutation?.trim(),
    );
    expect(bare.map(({ path }) => path)).toEqual([]);
  });

  it('has a question in plain words for every item, which is not its title', () => {
    const asked = new Set(plain.map(({ path }) => path));
    expect(items.filter(({ path }) => !asked.has(path)).map(({ path }) => path)).toEqual([]);
    expect(questions.filter(({ path }) => !items.some((item) => item.path === path))).toEqual([]);
    const titles = new Set(items.map(({ title }) => title.toLowerCase()));
    expect(questions.filter(({ question }) => titles.has(question.toLowerCase().replace(/\?$/, '')))).toEqual([]);
  });

  it(`answers every plain question among the first ${SHOWN} by words alone`, () => {
    const rank = wordRanking(items);
    const missed = plain
      .map(({ question, path }) => ({ question, path, place: rank(question).indexOf(path) + 1 }))
      .filter(({ place }) => place === 0 || place > SHOWN);
    expect(missed).toEqual([]);
  });
});

it.each(['seo', 'crm', 'internal-ops'])('the knowledge of %s hangs together by every type of relation', (vertical) => {
  const own = knowledge.filter((item) => item.vertical === vertical);
  const types = new Set(own.flatMap(({ relations }) => relations.map(({ type }) => type)));
  expect([...types].sort()).toEqual(['applies_to', 'contradicts', 'requires', 'supersedes']);
});
