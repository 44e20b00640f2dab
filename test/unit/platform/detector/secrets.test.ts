import { describe, expect, it } from 'vitest';
import { createDetector, findSecrets, holdsSecret } from '#platform';

const TOKEN = `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(20)}.${'c'.repeat(20)}`;
const SECRETS = [
  `sk-${'a1'.repeat(12)}`,
  `kz-${'a1'.repeat(22)}`,
  `AKIA${'A1'.repeat(8)}`,
  `ghp_${'a1'.repeat(18)}`,
  'xoxb-1234567890',
  `AIza${'a'.repeat(35)}`,
  TOKEN,
  `-----BEGIN RSA PRIVATE KEY-----\n${'MIIE'.repeat(40)}\n-----END RSA PRIVATE KEY-----`,
];

describe('secrets', () => {
  it.each(SECRETS)('are found by their form: %s', (words) => {
    const text = `use ${words}, please`;
    expect(findSecrets(text)).toMatchObject([{ kind: 'secret', text: words, start: 4, end: 4 + words.length }]);
  });

  it('are none that only look a little like one', () => {
    for (const text of [
      'task-force',
      'sk-short',
      'eyJust.a.word',
      '-----BEGIN CERTIFICATE-----',
      'BEGIN PRIVATE KEY',
    ]) {
      expect([text, holdsSecret(text)]).toEqual([text, false]);
    }
  });

  it('are found by the detector before what stands in them', async () => {
    const detector = await createDetector({ country: 'GB' });
    const found = detector.detect(`Mail ann@acme.example the key sk-01134960188-01134960188.`, {
      kinds: ['secret', 'phone', 'email'],
    });
    expect(found.map(({ kind, text }) => [kind, text])).toEqual([
      ['email', 'ann@acme.example'],
      ['secret', 'sk-01134960188-01134960188'],
    ]);
  });

  it.each([
    ['beginnings of tokens', 'eyJaaaaaaaa-'],
    ['tokens that break off', `${TOKEN.slice(0, 48)} `],
    ['beginnings of private keys', '-----BEGIN RSA PRIVATE KEY-----'],
    ['long names of keys', '-----BEGIN AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
  ])('are looked for in a megabyte of %s without end', (_, piece) => {
    // In the square of its length this would take minutes.
    expect(findSecrets(piece.repeat(Math.ceil(1_000_000 / piece.length)))).toEqual([]);
  });
});
