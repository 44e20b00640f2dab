import { describe, expect, it } from 'vitest';
import { arrange, coverage, termWeights } from '../../../../graph-schema/search/arrange.ts';
import { WordReader } from '../../../../graph-schema/search/passage-words.ts';

const reader = new WordReader('en');
const passage = (id: string, score: number, [heading, text]: [string, string]) => ({
  id,
  score,
  words: reader.passage(text, heading === '' ? [] : [heading]),
});
const order = (question: string, passages: ReturnType<typeof passage>[], places = 10) => {
  const weights = termWeights(
    reader.question(question),
    passages.map(({ words }) => words),
  );
  return arrange(passages, weights, places);
};
const ids = (arranged: ReturnType<typeof order>) => arranged.map(({ passage: { id } }) => id);

describe('words of passages', () => {
  it('are folded and stemmed alike in question and passage, without stop words', () => {
    expect([...reader.question('Who approves the Expenses of Beyoncé?')]).toEqual([
      ...reader.question('approve expense BEYONCE'),
    ]);
    expect([...reader.question('The Who')]).toHaveLength(2);
    const german = new WordReader('de');
    expect(german.passage('Die Häuser', []).stems).toEqual(german.question('Haus der Häuser'));
  });

  it('name a passage by its nearest heading, without what stands in brackets', () => {
    expect(reader.passage('text', ['Planets', 'Mercury (planet)']).name).toBe(reader.passage('', ['Mercury']).name);
    expect(reader.passage('text', ['1']).name).toBe('');
    expect(reader.passage('text', ['The']).name).toBe('');
    expect(reader.passage('text', []).name).toBe('');
  });
});

describe('weights of words', () => {
  it('grow with rarity and sum to one; coverage is their share', () => {
    const passages = ['red fox', 'red hen', 'red cow'].map((text) => reader.passage(text, []));
    const weights = termWeights(reader.question('red fox'), passages);
    expect(weights.get('fox')!).toBeGreaterThan(weights.get('red')!);
    expect([...weights.values()].reduce((sum, one) => sum + one, 0)).toBeCloseTo(1);
    expect(coverage(weights, passages[0]!)).toBeCloseTo(1);
    expect(coverage(weights, reader.passage('blue sky', []))).toBe(0);
    expect(termWeights(new Set(), passages).size).toBe(0);
  });
});

describe('the arrangement', () => {
  it('keeps the order of the scores where nothing else tells passages apart', () => {
    const passages = [passage('b', 0.2, ['', 'x']), passage('a', 0.2, ['', 'x']), passage('c', 0.9, ['', 'x'])];
    expect(ids(order('nothing of it', passages))).toEqual(['c', 'a', 'b']);
    expect(ids(order('nothing of it', passages, 1))).toEqual(['c']);
  });

  it('prefers what the passages before lack over more of the same', () => {
    const passages = [
      passage('first', 0.9, ['', 'Acme Tower stands in Leeds.']),
      passage('again', 0.6, ['', 'Acme Tower is tall.']),
      passage('other', 0.55, ['', 'Quist Hall stands elsewhere.']),
      passage('rest', 0.1, ['', 'Nothing at all.']),
    ];
    expect(ids(order('Are Acme Tower and Quist Hall equally old?', passages)).slice(0, 2)).toEqual(['first', 'other']);
  });

  it('follows a name from a passage to the one below that heading, and says so', () => {
    const passages = [
      passage('film', 0.9, ['Blue Harbour', 'A film directed by Ellen Voss.']),
      passage('bridge', 0.5, ['Harbour Bridge', 'Opened in 1932.']),
      passage('person', 0.4, ['Ellen Voss (director)', 'Born in Graz.']),
    ];
    const arranged = order('Where was its maker born?', passages);
    expect(ids(arranged)).toEqual(['film', 'person', 'bridge']);
    expect(arranged.map(({ named }) => named)).toEqual([false, true, false]);
  });

  it('does not follow a heading that everybody speaks of, nor a passage to its own section', () => {
    const many = Array.from({ length: 12 }, (_, at) => passage(`p${at}`, 0.5, [`Topic ${at}`, 'Ask at Acme Contact.']));
    const contact = passage('contact', 0.3, ['Acme Contact', 'By telephone.']);
    expect(
      order('telephone number', [...many, contact]).find(({ passage: { id } }) => id === 'contact')?.named ?? false,
    ).toBe(false);
    const section = [passage('a', 0.9, ['Leave', 'On leave.']), passage('b', 0.1, ['Leave', 'More on leave.'])];
    expect(order('anything', section).some(({ named }) => named)).toBe(false);
  });

  it('gives scores that never rise', () => {
    const passages = Array.from({ length: 30 }, (_, at) =>
      passage(`p${at}`, ((at * 7) % 30) / 30, [`Name ${at}`, `Speaks of Name ${(at * 11) % 30}.`]),
    );
    const scores = order('name speaks', passages).map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
  });
});
