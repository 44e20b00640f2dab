import { describe, expect, it } from 'vitest';
import { createDetector, nameKey } from '#platform';

const shown = async (
  text: string,
  options: Parameters<typeof createDetector>[0] = { country: 'GB' },
  language = 'en',
) => (await createDetector(options)).detect(text, { language }).map(({ kind, normalised }) => `${kind}: ${normalised}`);

describe('the detector', () => {
  it('finds addresses, numbers, dates and sums, each in one form', async () => {
    expect(
      await shown(
        'Write to Ann@Acme.example or call 0113 496 0188, see www.acme.example/x. Due 3 November 2026: £1,250.50.',
      ),
    ).toEqual([
      'email: ann@acme.example',
      'phone: +441134960188',
      'url: http://www.acme.example/x',
      'date: 2026-11-03',
      'money: GBP 1250.5',
    ]);
  });

  it('checks account and card numbers, and takes no version or order number for one', async () => {
    expect(
      await shown(
        'DE89 3704 0044 0532 0130 00, card 4111 1111 1111 1111, host 10.0.0.1; not DE89 3704 0044 0532 0130 01, 4111 1111 1111 1112, version 3.2.1.4, order 4711-88',
      ),
    ).toEqual(['iban: DE89370400440532013000', 'card: 4111111111111111', 'ip: 10.0.0.1']);
  });

  it('finds people, places and organisations in English by parts of speech and by legal form', async () => {
    expect(await shown('Tomasz Wieczorek of Brightwater Cleaning Ltd lives in Leeds.')).toEqual([
      'person: tomasz wieczorek',
      'organisation: brightwater cleaning',
      'place: leeds',
    ]);
  });

  it('finds known names in any language, one-word names only as they are written', async () => {
    const dictionary = [
      { name: 'Tally', kind: 'organisation' as const },
      { name: 'Greta Özdemir', kind: 'person' as const },
    ];
    expect(await shown('Greta Özdemirs Frage an Tally, nicht an tally.', { dictionary }, 'de')).toEqual([
      'organisation: tally',
    ]);
    expect(await shown('Die Frage von GRETA OZDEMIR', { dictionary }, 'de')).toEqual(['person: greta ozdemir']);
  });

  it('gives places that cut the very words out of the text', async () => {
    const text = 'Ask Ruth Calder (ruth@acme.example) by 1 May for 20 pounds.';
    for (const finding of (await createDetector()).detect(text, { language: 'en' })) {
      expect(text.slice(finding.start, finding.end)).toBe(finding.text);
    }
  });

  it('reads a hundred thousand characters of noise in bounded time', async () => {
    const detector = await createDetector({ country: 'DE' });
    const before = performance.now();
    for (const noise of ['a', '1', 'A ', '1-', 'Aa ', '@.', 'A.'])
      detector.detect(noise.repeat(25_000), { language: 'en', names: false });
    expect(performance.now() - before).toBeLessThan(20_000);
  });

  it('folds case, accents and legal forms of names', () => {
    expect(nameKey('Müller & Söhne GmbH')).toBe(nameKey('MULLER and SOHNE'));
    expect(nameKey('GmbH')).toBe('gmbh');
  });
});
