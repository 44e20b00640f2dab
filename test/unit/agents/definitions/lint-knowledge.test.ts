import { describe, expect, it } from 'vitest';
import {
  type KnowledgeLintOptions,
  lintKnowledge,
  parseKnowledgePack,
  requireDefinition,
} from '../../../../agents/definitions/index.ts';

interface Item {
  readonly name: string;
  readonly text?: string;
  readonly title?: string;
  readonly source?: string;
  readonly more?: string;
  readonly relations?: string;
}

const OWN = '{ title: "Kaze SEO pack, from practice", date: "2026-11-22" }';

function pack(items: readonly Item[], file = 'seo/knowledge/a.yaml') {
  const lines = items.map(({ name, text, title, source, more, relations }) =>
    [
      `  - path: seo/a/${name}`,
      '    kind: fact',
      `    title: "${title ?? name}"`,
      `    text: "${text ?? `All there is to say of ${name}.`}"`,
      `    source: ${source ?? OWN}`,
      `    ${more ?? 'confidence: 0.8'}`,
      ...(relations === undefined ? [] : [`    relations: { ${relations} }`]),
    ].join('\n'),
  );
  return requireDefinition(
    parseKnowledgePack(`pack: seo\nitems:\n${lines.join('\n')}\n`, file, { today: '2026-11-22' }),
  );
}

const lint = (items: readonly Item[], options: Partial<KnowledgeLintOptions> = {}) =>
  lintKnowledge(pack(items), { today: '2026-11-22', ...options });
const rules = (items: readonly Item[], options?: Partial<KnowledgeLintOptions>) =>
  lint(items, options).map(({ rule, path }) => [rule, path.slice('seo/a/'.length)]);
const anchor: Item = { name: 'anchor', relations: 'applies_to: [seo/a/other]' };
const other: Item = { name: 'other' };

describe('linting knowledge packs', () => {
  it('says nothing of items that hang together and can be looked up', () => {
    expect(lint([anchor, other])).toEqual([]);
  });

  it('names an item without a relation in or out, at its line', () => {
    expect(lint([anchor, other, { name: 'alone' }])).toEqual([
      expect.objectContaining({ rule: 'orphan', file: 'seo/knowledge/a.yaml', line: 16, path: 'seo/a/alone' }),
    ]);
  });

  it('asks for an address where the source is not our own practice', () => {
    const source = '{ title: "Somebody said so", date: "2026-11-22" }';
    expect(rules([anchor, { name: 'other', source }])).toEqual([['source', 'other']]);
    expect(rules([anchor, { name: 'other', source, more: 'confidence: 0.8\n    stable: true' }])).toEqual([]);
    expect(rules([anchor, { name: 'other', more: 'confidence: 0.97' }])).toEqual([['source', 'other']]);
  });

  it('tells sources beyond their age, but not those that are never rewritten', () => {
    const source = '{ title: "Help", url: "https://example.org", date: "2024-11-22" }';
    expect(rules([anchor, { name: 'other', source }])).toEqual([]);
    expect(rules([anchor, { name: 'other', source }], { today: '2026-11-23' })).toEqual([['stale', 'other']]);
    expect(rules([anchor, { name: 'other', source }], { maxAgeDays: 3_000, today: '2026-11-23' })).toEqual([]);
    const more = 'confidence: 0.8\n    stable: true';
    expect(rules([anchor, { name: 'other', source, more }], { maxAgeDays: 1 })).toEqual([]);
  });

  it('tells relations to nothing and to the item itself, with the nearest path', () => {
    const [problem, ...rest] = lint([anchor, other, { name: 'third', relations: 'requires: [seo/a/othre]' }]);
    expect(rest).toEqual([]);
    expect(problem).toMatchObject({ rule: 'relation', nearest: 'seo/a/other' });
    expect(rules([anchor, { name: 'other', relations: 'requires: [seo/a/other]' }])).toEqual([['relation', 'other']]);
  });

  it.each(['requires', 'supersedes'])('follows %s round to where it began, once', (type) => {
    const ring = [
      { name: 'one', relations: `${type}: [seo/a/two]` },
      { name: 'two', relations: `${type}: [seo/a/three]` },
      { name: 'three', relations: `${type}: [seo/a/one]` },
    ];
    const found = lint(ring).filter(({ rule }) => rule === 'cycle');
    expect(found).toHaveLength(1);
    expect(found[0]!.message).toContain('seo/a/one → seo/a/two → seo/a/three → seo/a/one');
    const line = ring.map((one, at) => (at === 2 ? { name: 'three' } : one));
    expect(lint(line).filter(({ rule }) => rule === 'cycle')).toEqual([]);
  });

  it('finds two current statements that cannot both hold, until one says so', () => {
    const kept = { name: 'anchor', text: 'The performance report keeps the data of a property for 16 months.' };
    const less = { name: 'other', text: 'The performance report keeps the data of a property for 12 months.' };
    const joined = { ...kept, relations: 'applies_to: [seo/a/other]' };
    const [problem] = lint([joined, less]);
    expect(problem).toMatchObject({ rule: 'contradiction', path: 'seo/a/other' });
    expect(problem!.message).toContain('one says 16 and the other 12 (month)');
    expect(rules([{ ...kept, relations: 'contradicts: [seo/a/other]' }, less])).toEqual([]);
    expect(rules([kept, { ...less, relations: 'supersedes: [seo/a/anchor]' }])).toEqual([]);
  });

  it('finds a statement that denies another', () => {
    const says = { ...anchor, text: 'Google uses the keywords meta tag of a page for ranking.' };
    const denies = { ...other, text: 'Google never uses the keywords meta tag of a page for ranking.' };
    expect(rules([says, denies])).toEqual([['contradiction', 'other']]);
  });

  it('finds one who requires what it contradicts or what another superseded', () => {
    expect(
      rules([{ name: 'anchor', relations: 'requires: [seo/a/other], contradicts: [seo/a/other]' }, other]),
    ).toEqual([['contradiction', 'anchor']]);
    const heir = { name: 'heir', relations: 'supersedes: [seo/a/other]' };
    expect(rules([{ name: 'anchor', relations: 'requires: [seo/a/other]' }, other, heir])).toEqual([
      ['stale', 'anchor'],
    ]);
  });

  it('finds the same title and nearly the same text', () => {
    const text = 'Redirect every moved page to the closest new one and keep the redirect for a year at least.';
    expect(
      rules([
        { ...anchor, text },
        { ...other, text: text.replace('closest', 'nearest') },
      ]),
    ).toEqual([['duplicate', 'other']]);
    expect(
      rules([
        { ...anchor, title: 'Title links' },
        { ...other, title: 'Title Links' },
      ]),
    ).toEqual([['duplicate', 'other']]);
  });
});
