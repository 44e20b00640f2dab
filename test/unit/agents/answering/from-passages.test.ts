import { describe, expect, it } from 'vitest';
import { answerFromPassages } from '#agents';
import { type Completion, NO_USAGE } from '#gateway';
import { languageNote } from '../../../../agents/answering/wording.ts';

const passages = [
  { id: 'c1', text: 'Refunds are paid within 14 days.', title: 'Refunds' },
  { id: 'c2', text: 'Returns are free.' },
];

const completion = (made: Partial<Completion>): Completion => ({
  message: { role: 'assistant', content: made.text ?? '' },
  text: '',
  toolCalls: [],
  citations: [],
  value: undefined,
  stopReason: 'end',
  usage: { ...NO_USAGE, inputTokens: 1, outputTokens: 1 },
  metadata: {
    id: 'x',
    provider: 'test',
    model: 'm',
    offline: false,
    latencyMs: 1,
    firstTokenMs: null,
    confidence: null,
  },
  ...made,
});

describe('an answer from passages', () => {
  it('is told when the model cites nothing, and what it said is not passed on', async () => {
    const answer = await answerFromPassages(async () => completion({ text: 'Probably 30 days.' }), 'When?', passages);
    expect(answer).toMatchObject({ known: false, citations: [], model: 'test/m' });
    expect(answer.text).toBe('I do not know: nothing that I may read answers this question.');
  });

  it('takes the marks in the text where the vendor gives no citations, and only those that exist', async () => {
    const text = 'Within 14 days [1], or never [7].';
    const answer = await answerFromPassages(async () => completion({ text }), 'When?', passages);
    expect(answer.known).toBe(true);
    expect(answer.citations.map(({ number, passage }) => [number, passage.id])).toEqual([[1, 'c1']]);
  });

  it('does not believe a citation whose words do not stand in the passage', async () => {
    const citation = { number: 1, documentId: 'c1', title: null, quote: 'within 3 days', start: 0, end: 13 };
    const answer = await answerFromPassages(
      async () => completion({ text: 'In 3 days.', citations: [citation] }),
      'When?',
      passages,
    );
    expect(answer.known).toBe(false);
  });

  it('gives passages as documents and the question as text, below instructions that hold none of either', async () => {
    const seen: unknown[] = [];
    await answerFromPassages(
      async (request) => {
        seen.push(...request.messages);
        return completion({});
      },
      'When are refunds paid?',
      passages,
    );
    expect(seen[1]).toMatchObject({
      content: [{ type: 'document', id: 'c1' }, { type: 'document', id: 'c2' }, { type: 'text' }],
    });
    expect(JSON.stringify(seen[0])).not.toMatch(/refunds/i);
  });
});

describe('the note on languages', () => {
  it('stands below answers to questions that the embedder does not read', () => {
    expect(languageNote('When are refunds paid to the customers?', ['en'])).toBeUndefined();
    expect(languageNote('Wann werden die Erstattungen an die Kunden gezahlt?', ['en'])).toMatch(/^Hinweis/);
    expect(languageNote('Wann werden die Erstattungen an die Kunden gezahlt?', ['en', 'de'])).toBeUndefined();
  });
});
