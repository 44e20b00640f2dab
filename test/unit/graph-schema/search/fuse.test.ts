import { describe, expect, it } from 'vitest';
import { fuse, MOST_SCORE, ownScore } from '../../../../graph-schema/search/fuse.ts';
import { readsLanguage, readsQuestion } from '../../../../graph-schema/search/readable-language.ts';

const all = () => true;
const candidates = {
  byText: [
    { id: 'words', relative: 1, hasVector: true },
    { id: 'both', relative: 0.6, hasVector: true },
  ],
  byVector: [
    { id: 'meaning', cosine: 0.4 },
    { id: 'both', cosine: 0.3 },
  ],
};
const best = (fused: ReturnType<typeof fuse>) => [...fused].sort((a, b) => b[1].score - a[1].score)[0]![0];

describe('words and meaning fused', () => {
  it('prefer what both find', () => {
    const fused = fuse(candidates, { trust: 1, readable: all });
    expect(best(fused)).toBe('both');
    expect(fused.get('both')).toMatchObject({ text: 0.6, vector: expect.closeTo(0.75) });
  });

  it('follow meaning where the passages hold none of the question', () => {
    expect(best(fuse(candidates, { trust: 0, readable: all }))).toBe('meaning');
  });

  it('leave vectors out in a language that the embedder does not read, whatever their cosine', () => {
    const fused = fuse(candidates, { trust: 0, readable: (id) => id === 'none' });
    expect(best(fused)).toBe('words');
    expect(fused.get('meaning')).toBeUndefined();
    expect(fused.get('both')!.vector).toBeUndefined();
  });

  it('let words speak for the meaning of what has no vector yet', () => {
    const fresh = { id: 'fresh', relative: 0.9, hasVector: false };
    const fused = fuse({ ...candidates, byText: [...candidates.byText, fresh] }, { trust: 1, readable: all });
    expect(best(fused)).toBe('fresh');
    const untold = fuse({ ...candidates, byText: [fresh] }, { trust: 0, readable: all });
    expect(best(untold)).toBe('meaning');
    const alone = fuse({ byText: [fresh], byVector: [] }, { trust: 1, readable: all });
    expect(alone.get('fresh')!.score).toBe(0.45);
  });

  it('never count a vector that points away, nor more than the most', () => {
    const away = fuse({ byText: [], byVector: [{ id: 'a', cosine: -0.5 }] }, { trust: 1, readable: all });
    expect(away.get('a')!.score).toBe(0);
    const full = { score: 1, text: 1, vector: 1 };
    expect(ownScore({ fused: full, graph: 1, ageMs: -5, importance: 1 }).score).toBeLessThan(MOST_SCORE);
  });
});

describe('languages of an embedder', () => {
  const english = { languages: ['en'] };

  it.each([
    ['How many days of annual leave do I have?', true],
    ['Beowulf Grendel', true],
    ['Wie viele Tage Urlaub habe ich?', false],
    ['Combien de jours de congé avons-nous par an ?', false],
    ['年次休暇は何日ありますか', false],
    ['Сколько дней отпуска?', false],
    ['2027-04-01', true],
  ])('%s is read by an English one: %s', (text, read) => {
    expect(readsQuestion(english, text)).toBe(read);
  });

  it('count by their first part; what cannot be told is taken to be read', () => {
    expect(readsQuestion({ languages: ['en', 'de-AT'] }, 'Wie viele Tage Urlaub habe ich?')).toBe(true);
    expect(readsQuestion({ languages: ['en', 'ja'] }, '年次休暇は何日ありますか')).toBe(true);
    expect(readsLanguage(english, 'en-GB')).toBe(true);
    expect(readsLanguage(english, 'unknown')).toBe(true);
    expect(readsLanguage(english, 'de')).toBe(false);
  });
});
