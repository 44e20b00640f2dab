// Above 400 lines because both engines are held to one list of behaviours, each a test of its own.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SearchIndex } from '../../../graph-schema/ports/search-index.ts';
import { ACME, ACME_TWIN, BAKERY, DIMENSIONS, document, FINGERPRINT, tokenOf, vector } from './shape.ts';

const MODEL = FINGERPRINT.model;

export interface Harness {
  open(): Promise<SearchIndex>;
  dispose(): Promise<void>;
}

/** What every engine of the SearchIndex port keeps, whatever it is made of. */
export function searchIndexContract(name: string, harness: () => Harness): void {
  describe(`search index on ${name}`, () => {
    let index: SearchIndex;

    beforeAll(async () => {
      index = await harness().open();
    });

    afterAll(async () => {
      await index?.close();
      await harness().dispose();
    });

    beforeEach(async () => {
      await index.reset();
      await index.seal(FINGERPRINT);
    });

    const find = async (text: string, scopeTokens: readonly string[] = [ACME], limit = 20) =>
      (await index.search({ text, scopeTokens, limit })).byText.map(({ id }) => id);

    const near = async (
      values: Float32Array,
      more: { scopeTokens?: string[]; labels?: string[]; model?: string } = {},
    ) =>
      (
        await index.search({
          text: '',
          vector: { model: more.model ?? MODEL, values },
          scopeTokens: more.scopeTokens ?? [ACME],
          labels: more.labels,
          limit: 20,
        })
      ).byVector;

    it('answers nothing while it is empty', async () => {
      const found = await index.search({
        text: 'refund',
        vector: { model: MODEL, values: vector(1) },
        scopeTokens: [ACME],
        limit: 5,
      });
      expect(found).toEqual({ byText: [], byVector: [] });
      expect(await index.counts()).toEqual({ documents: 0, vectors: 0 });
      expect(await index.missingVectors(MODEL, 10)).toEqual([]);
      expect(await index.healthy()).toBe(true);
    });

    it('finds a text as soon as upsert has resolved, by any form of its words', async () => {
      await index.upsert([document('a', 'The refunds are paid within fourteen days.'), document('b', 'Office hours.')]);
      expect(await find('refund')).toEqual(['a']);
      expect(await find('paying a REFUND')).toEqual(['a']);
      await index.upsert([document('c', 'A refund needs the receipt.')]);
      expect((await find('refund')).sort()).toEqual(['a', 'c']);
    });

    it('ranks a rare word above a common one in an index that grew from nothing', async () => {
      for (let batch = 0; batch < 6; batch += 1) {
        await index.upsert(
          Array.from({ length: 50 }, (_, i) =>
            document(`n${batch}-${i}`, `The customer of order ${batch * 50 + i} asked about the delivery of a parcel.`),
          ),
        );
      }
      await index.upsert([document('rare', 'The customer asked about the zeppelin.')]);
      expect((await find('customer zeppelin', [ACME], 3))[0]).toBe('rare');
    });

    it('finds words of other languages, with and without accents, and where no spaces are written', async () => {
      await index.upsert([
        document('de', 'Die Urlaubsanträge in München genehmigt die Geschäftsführung.', { language: 'de' }),
        document('fr', 'Les congés payés sont accordés par la direction.', { language: 'fr' }),
        document('ja', '東京都に住んでいます', { language: 'ja' }),
        document('ru', 'Возврат денег в течение недели', { language: 'ru' }),
      ]);
      expect(await find('Urlaubsanträge')).toEqual(['de']);
      expect(await find('wer genehmigt das in munchen?')).toEqual(['de']);
      expect(await find('congés')).toEqual(['fr']);
      expect(await find('東京')).toEqual(['ja']);
      expect(await find('возврат')).toEqual(['ru']);
    });

    it('gives scores relative to the best of the list, best first', async () => {
      await index.upsert([
        document('two', 'invoice reminder'),
        document('one', 'invoice for the long and winding road to nowhere in particular'),
        document('none', 'holiday'),
      ]);
      const { byText } = await index.search({ text: 'invoice reminder', scopeTokens: [ACME], limit: 10 });
      expect(byText.map(({ id }) => id)).toEqual(['two', 'one']);
      expect(byText[0]!.relative).toBe(1);
      expect(byText[1]!.relative).toBeGreaterThan(0);
      expect(byText[1]!.relative).toBeLessThan(1);
    });

    it('tells which hits have no vector of the model yet', async () => {
      await index.upsert([document('old', 'invoice reminder'), document('new', 'invoice reminder')]);
      await index.setVectors([{ id: 'old', model: MODEL, vector: vector(1) }]);
      const query = { text: 'invoice', scopeTokens: [ACME], limit: 10 };
      const found = await index.search({ ...query, vector: { model: MODEL, values: vector(1) } });
      expect(Object.fromEntries(found.byText.map(({ id, hasVector }) => [id, hasVector]))).toEqual({
        old: true,
        new: false,
      });
      expect((await index.search(query)).byText.map(({ hasVector }) => hasVector)).toEqual([false, false]);
    });

    it('tells it of what came after a time when every document had one, and for another model', async () => {
      await index.upsert([document('old', 'invoice reminder')]);
      await index.setVectors([{ id: 'old', model: MODEL, vector: vector(1) }]);
      const query = { text: 'invoice', scopeTokens: [ACME], limit: 10 };
      const told = async (model: string) => {
        const found = await index.search({ ...query, vector: { model, values: vector(1) } });
        return {
          hasVector: Object.fromEntries(found.byText.map(({ id, hasVector }) => [id, hasVector])),
          near: found.byVector.map(({ id }) => id),
        };
      };
      // More than once: what was learnt in one search serves those after it.
      for (let at = 0; at < 5; at++) expect(await told(MODEL)).toEqual({ hasVector: { old: true }, near: ['old'] });
      expect(await told('other-model')).toEqual({ hasVector: { old: false }, near: [] });
      await index.upsert([document('new', 'invoice number two')]);
      for (let at = 0; at < 5; at++)
        expect(await told(MODEL)).toEqual({ hasVector: { old: true, new: false }, near: ['old'] });
      await index.setVectors([{ id: 'new', model: 'other-model', vector: vector(1) }]);
      for (let at = 0; at < 5; at++) {
        expect(await told(MODEL)).toEqual({ hasVector: { old: true, new: false }, near: ['old'] });
        expect(await told('other-model')).toEqual({ hasVector: { old: false, new: true }, near: ['new'] });
      }
    });

    it('gives the cosine of each vector, best first, opposite ones too', async () => {
      await index.upsert([document('same', 'x1'), document('half', 'x2'), document('far', 'x3')]);
      await index.setVectors([
        { id: 'same', model: MODEL, vector: vector(1) },
        { id: 'half', model: MODEL, vector: vector(1, 1) },
        { id: 'far', model: MODEL, vector: vector(-1) },
      ]);
      const found = await near(vector(1));
      expect(found.map(({ id }) => id)).toEqual(['same', 'half', 'far']);
      expect(found[0]!.cosine).toBeCloseTo(1, 4);
      expect(found[1]!.cosine).toBeCloseTo(Math.SQRT1_2, 4);
      expect(found[2]!.cosine).toBeCloseTo(-1, 4);
    });

    it('never shows a hit of another scope, however alike the tokens and however few hits are left', async () => {
      await index.upsert([
        ...Array.from({ length: 60 }, (_, i) =>
          document(`bakery-${i}`, 'secret recipe recipe', { scopeToken: BAKERY }),
        ),
        ...Array.from({ length: 60 }, (_, i) =>
          document(`twin-${i}`, 'secret recipe recipe', { scopeToken: ACME_TWIN }),
        ),
        document('mine', 'a long text in which the word recipe stands only once, at the far end of it'),
      ]);
      await index.setVectors([
        ...Array.from({ length: 60 }, (_, i) => ({ id: `bakery-${i}`, model: MODEL, vector: vector(1) })),
        ...Array.from({ length: 60 }, (_, i) => ({ id: `twin-${i}`, model: MODEL, vector: vector(1) })),
        { id: 'mine', model: MODEL, vector: vector(0.1, 1) },
      ]);
      expect(await find('secret recipe', [ACME], 5)).toEqual(['mine']);
      expect((await near(vector(1))).map(({ id }) => id)).toEqual(['mine']);
      expect(await find('recipe', [])).toEqual([]);
      expect(await near(vector(1), { scopeTokens: [] })).toEqual([]);
      expect(await find('recipe', [tokenOf('nobody')])).toEqual([]);
    });

    it('does not find a scope token or a label as if it were text', async () => {
      await index.upsert([document('a', 'plain words')]);
      expect(await find(ACME)).toEqual([]);
      expect(await find('Chunk')).toEqual([]);
    });

    it('searches several scopes at once and only the labels asked for', async () => {
      await index.upsert([
        document('chunk', 'warranty terms'),
        document('fact', 'warranty is two years', { label: 'Knowledge', scopeToken: BAKERY }),
      ]);
      await index.setVectors([
        { id: 'chunk', model: MODEL, vector: vector(1) },
        { id: 'fact', model: MODEL, vector: vector(1) },
      ]);
      const query = { text: 'warranty', vector: { model: MODEL, values: vector(1) }, limit: 10 };
      const both = await index.search({ ...query, scopeTokens: [ACME, BAKERY, ACME] });
      expect(both.byText.map(({ id }) => id).sort()).toEqual(['chunk', 'fact']);
      const facts = await index.search({ ...query, scopeTokens: [ACME, BAKERY], labels: ['Knowledge'] });
      expect(facts.byText.map(({ id }) => id)).toEqual(['fact']);
      expect(facts.byVector.map(({ id }) => id)).toEqual(['fact']);
      expect(await index.search({ ...query, scopeTokens: [ACME], labels: [] })).toEqual({ byText: [], byVector: [] });
    });

    it('takes a thousand scopes in one query', async () => {
      await index.upsert([document('a', 'warranty')]);
      const many = Array.from({ length: 1_000 }, () => randomBytes(16).toString('hex'));
      expect(await find('warranty', [...many, ACME])).toEqual(['a']);
    });

    it.each([
      ['a quote', "x' OR '1'='1"],
      ['an operator', `${'a'.repeat(20)}" OR scopeToken:*`],
      ['capitals', 'A'.repeat(32)],
      ['nothing', ''],
      ['too few digits', 'abc'],
      ['a wildcard', '*'],
    ])('refuses a scope token with %s', async (_, token) => {
      const refused = { code: 'KAZE_SEARCH_INVALID' };
      await expect(index.search({ text: 'x', scopeTokens: [ACME, token], limit: 5 })).rejects.toMatchObject(refused);
      await expect(index.upsert([document('a', 'x', { scopeToken: token })])).rejects.toMatchObject(refused);
    });

    it('refuses ids, labels and models that could be more than a name', async () => {
      const refused = { code: 'KAZE_SEARCH_INVALID' };
      await expect(index.remove(["a') OR ('1'='1"])).rejects.toMatchObject(refused);
      await expect(index.upsert([document("a'b", 'x')])).rejects.toMatchObject(refused);
      await expect(index.upsert([document('a', 'x', { label: "X' OR 1=1" })])).rejects.toMatchObject(refused);
      await expect(index.missingVectors("m' OR 'a'='a", 10)).rejects.toMatchObject(refused);
      await expect(
        index.search({ text: 'x', scopeTokens: [ACME], labels: ['Chunk) OR (1'], limit: 5 }),
      ).rejects.toMatchObject(refused);
    });

    it.each([
      'foo:',
      'a AND',
      'NOT (',
      '(',
      '"',
      'an open "quote',
      '+scopeToken:* OR terms:*',
      'refund~2 ^9 \\ / [a TO z] {x}',
      "'; DROP TABLE entries; --",
      '🎉🎉',
      '',
      '   ',
      '\u0000\uFFFF\uD800',
      '%_*?',
    ])('takes %j as plain words', async (text) => {
      await index.upsert([document('mine', 'refund'), document('theirs', 'refund', { scopeToken: BAKERY })]);
      const hits = await find(text);
      expect(hits).not.toContain('theirs');
      expect(hits).toEqual(/refund/.test(text) ? ['mine'] : []);
    });

    it('takes a question of a hundred thousand characters', async () => {
      await index.upsert([document('a', 'refund policy')]);
      expect(await find(`refund ${'lorem ipsum dolor '.repeat(6_000)}`)).toEqual(['a']);
      expect(await find('x'.repeat(100_000))).toEqual([]);
    });

    it('replaces a text: the old one is not found any more, and its vector is gone', async () => {
      await index.upsert([document('a', 'the old wording')]);
      await index.setVectors([{ id: 'a', model: MODEL, vector: vector(1) }]);
      await index.upsert([document('a', 'a new phrase')]);
      expect(await find('wording')).toEqual([]);
      expect(await find('phrase')).toEqual(['a']);
      expect(await near(vector(1))).toEqual([]);
      expect(await index.counts()).toEqual({ documents: 1, vectors: 0 });
      expect((await index.missingVectors(MODEL, 10)).map(({ id }) => id)).toEqual(['a']);
    });

    it('keeps the vector while the text stays, through a change of scope and label', async () => {
      await index.upsert([document('a', 'the same text')]);
      await index.setVectors([{ id: 'a', model: MODEL, vector: vector(1) }]);
      await index.upsert([document('a', 'the same text', { scopeToken: BAKERY, label: 'Knowledge' })]);
      expect(await near(vector(1))).toEqual([]);
      expect(await near(vector(1), { scopeTokens: [BAKERY], labels: ['Knowledge'] })).toHaveLength(1);
      expect(await find('same', [ACME])).toEqual([]);
      expect(await find('same', [BAKERY])).toEqual(['a']);
      expect(await index.missingVectors(MODEL, 10)).toEqual([]);
    });

    it('is idempotent: the same documents and vectors again change nothing', async () => {
      for (let round = 0; round < 3; round += 1) {
        await index.upsert([document('a', 'once'), document('b', 'twice')]);
        await index.setVectors([{ id: 'a', model: MODEL, vector: vector(1) }]);
      }
      expect(await index.counts()).toEqual({ documents: 2, vectors: 1 });
      expect(await find('once')).toEqual(['a']);
    });

    it('keeps the last of several documents with one id in one call', async () => {
      await index.upsert([document('a', 'first'), document('b', 'between'), document('a', 'second')]);
      expect(await find('first')).toEqual([]);
      expect(await find('second')).toEqual(['a']);
      expect((await index.counts()).documents).toBe(2);
    });

    it('drops a vector whose text was replaced while it was being made', async () => {
      await index.upsert([document('a', 'before')]);
      const [taken] = await index.missingVectors(MODEL, 1);
      await index.upsert([document('a', 'after')]);
      await index.setVectors([{ id: 'a', model: MODEL, vector: vector(1), text: taken!.text }]);
      expect((await index.counts()).vectors).toBe(0);
      await index.setVectors([{ id: 'a', model: MODEL, vector: vector(1), text: 'after' }]);
      expect((await index.counts()).vectors).toBe(1);
    });

    it('ignores a vector for an id that is gone', async () => {
      await index.upsert([document('a', 'text')]);
      await index.remove(['a']);
      await index.setVectors([{ id: 'a', model: MODEL, vector: vector(1) }]);
      expect(await index.counts()).toEqual({ documents: 0, vectors: 0 });
    });

    it('removes text and vector, and does not mind ids that are not there', async () => {
      await index.upsert([document('a', 'gone'), document('b', 'gone')]);
      await index.setVectors([{ id: 'a', model: MODEL, vector: vector(1) }]);
      await index.remove(['a', 'never-there']);
      expect(await find('gone')).toEqual(['b']);
      expect(await near(vector(1))).toEqual([]);
      expect(await index.counts()).toEqual({ documents: 1, vectors: 0 });
      await index.remove([]);
    });

    it('never compares vectors of different models', async () => {
      await index.upsert([document('a', 'x'), document('b', 'y')]);
      await index.setVectors([
        { id: 'a', model: MODEL, vector: vector(1) },
        { id: 'b', model: 'another@2', vector: vector(1) },
      ]);
      expect((await near(vector(1))).map(({ id }) => id)).toEqual(['a']);
      expect((await near(vector(1), { model: 'another@2' })).map(({ id }) => id)).toEqual(['b']);
      expect(await near(vector(1), { model: 'third@1' })).toEqual([]);
      expect((await index.missingVectors(MODEL, 10)).map(({ id }) => id)).toEqual(['b']);
    });

    it('hands out what has no vector yet, whole, up to the limit, and each once it has one no more', async () => {
      await index.upsert([
        document('a', 'eins', { language: 'de' }),
        document('b', 'two'),
        document('c', 'three', { label: 'Knowledge', scopeToken: BAKERY }),
      ]);
      expect(await index.missingVectors(MODEL, 2)).toHaveLength(2);
      const all = [...(await index.missingVectors(MODEL, 10))].sort((x, y) => (x.id < y.id ? -1 : 1));
      expect(all).toEqual([
        document('a', 'eins', { language: 'de' }),
        document('b', 'two'),
        document('c', 'three', { label: 'Knowledge', scopeToken: BAKERY }),
      ]);
      await index.setVectors(all.slice(0, 2).map(({ id, text }) => ({ id, text, model: MODEL, vector: vector(1) })));
      expect((await index.missingVectors(MODEL, 10)).map(({ id }) => id)).toEqual(['c']);
    });

    it.each([
      ['too short', Float32Array.of(1, 0)],
      ['with a hole', vector(1).fill(Number.NaN, 3, 4)],
      ['of zeros', new Float32Array(DIMENSIONS)],
    ])('refuses a vector %s, stored or asked with', async (_, values) => {
      await index.upsert([document('a', 'x')]);
      const refused = { code: 'KAZE_SEARCH_INVALID' };
      await expect(index.setVectors([{ id: 'a', model: MODEL, vector: values }])).rejects.toMatchObject(refused);
      await expect(near(values)).rejects.toMatchObject(refused);
    });

    it.each([0, -1, 201, 1.5, Number.NaN])('refuses the limit %d', async (limit) => {
      await expect(index.search({ text: 'x', scopeTokens: [ACME], limit })).rejects.toMatchObject({
        code: 'KAZE_SEARCH_INVALID',
      });
    });

    it('gives at most the limit, of each list', async () => {
      const many = Array.from({ length: 250 }, (_, i) => document(`d${i}`, `letter number ${i}`));
      await index.upsert(many);
      const spread = (i: number) =>
        vector(...Array.from({ length: DIMENSIONS }, (_, at) => Math.sin((i + 1) * (at + 1))));
      await index.setVectors(many.map(({ id }, i) => ({ id, model: MODEL, vector: spread(i) })));
      for (const limit of [1, 200]) {
        const found = await index.search({
          text: 'letter',
          vector: { model: MODEL, values: spread(7) },
          scopeTokens: [ACME],
          limit,
        });
        expect(found.byText).toHaveLength(limit);
        expect(found.byVector).toHaveLength(limit);
        expect(found.byVector[0]!.id).toBe('d7');
      }
    });

    it('keeps writes that come at once, whole', async () => {
      await Promise.all(
        Array.from({ length: 12 }, (_, i) =>
          index.upsert([document(`p${i}`, `parallel ${i}`), document('shared', `by ${i}`)]),
        ),
      );
      expect((await index.counts()).documents).toBe(13);
      expect(await find('parallel')).toHaveLength(12);
    });

    it('is empty and of no graph after a reset, until it is sealed', async () => {
      await index.upsert([document('a', 'before')]);
      const next = { storeId: 'store-2', generation: 4, model: 'other@1' };
      await index.reset();
      expect(await index.fingerprint()).toBeUndefined();
      await index.seal(next);
      expect(await index.fingerprint()).toEqual(next);
      expect(await find('before')).toEqual([]);
      expect(await index.counts()).toEqual({ documents: 0, vectors: 0 });
    });

    it('holds everything after it was closed and opened again, and after optimizing', async () => {
      await index.upsert([document('a', 'lasting words'), document('b', 'other words')]);
      await index.setVectors([{ id: 'a', model: MODEL, vector: vector(1) }]);
      await index.optimize();
      await index.close();
      index = await harness().open();
      expect(await index.fingerprint()).toEqual(FINGERPRINT);
      expect(await index.counts()).toEqual({ documents: 2, vectors: 1 });
      expect(await find('lasting')).toEqual(['a']);
      expect((await near(vector(1))).map(({ id }) => id)).toEqual(['a']);
    });

    it('says that it is closed', async () => {
      const other = await harness().open();
      await other.close();
      await other.close();
      expect(await other.healthy()).toBe(false);
      await expect(other.counts()).rejects.toMatchObject({ code: 'KAZE_SEARCH_UNAVAILABLE', retryable: true });
    });
  });
}
