import { expect, it } from 'vitest';
import { EventPieces } from '../../../../gateway/adapters/provider/pass-through/event-pieces.ts';

const STREAMS = [
  'data: {"a":1}\n\ndata: {"b":"ä€😀"}\n\ndata: [DONE]\n\n',
  'event: ping\r\ndata: {"a":1}\r\n\r\n: a comment\r\n\r\ndata:{"b":"ä€😀"}\r\n\r\n',
];

it.each(STREAMS)('cuts a stream between its events wherever its pieces end', (text) => {
  const bytes = Buffer.from(text);
  const whole = new EventPieces().add(bytes).events.map(({ data }) => data);
  expect(whole).toContain('{"b":"ä€😀"}');
  for (let size = 1; size < bytes.length; size++) {
    const pieces = new EventPieces();
    const data: Array<string | undefined> = [];
    let passed = '';
    for (let at = 0; at < bytes.length; at += size) {
      const added = pieces.add(bytes.subarray(at, at + size));
      data.push(...added.events.map((event) => event.data));
      passed += added.bytes.toString('utf8', 0, added.events.at(-1)?.end ?? 0);
    }
    expect(data).toEqual(whole);
    expect(passed).toBe(text);
  }
});

it('gives out nothing of an event that is not whole', () => {
  expect(new EventPieces().add(Buffer.from('data: {"a":1}\n')).events).toEqual([]);
});
