import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Upstream } from '../../../../gateway/adapters/provider/pass-through/upstream-exchange.ts';
import { OwnEnding } from '../../../../gateway/domain/ending.ts';

/** Larger than what is read at once. */
const LARGE = 700_001;

let server: Server;
let upstream: Upstream;
let base: string;
beforeEach(async () => {
  // Answers with the letter that it was asked for, so many times.
  server = createServer((request, response) => {
    let letter = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      letter += text;
    });
    request.on('end', () => response.end(letter.repeat(LARGE)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  upstream = new Upstream();
});
afterEach(async () => {
  await upstream.close();
  await new Promise((resolve) => server.close(resolve));
});

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('answers that come at once over connections of their own are not mixed, however slowly they are taken', async () => {
  const letters = [...'abcdefghijklmnop'];
  const answers = await Promise.all(
    letters.map(async (letter, place) => {
      const pieces: Buffer[] = [];
      const take = (piece: Buffer) => {
        pieces.push(piece);
        // Every other one holds its vendor up, so that reads of both kinds come between each other.
        return place % 2 === 0 ? turn().then(() => {}) : undefined;
      };
      await upstream.exchange({ base, path: '/answers', headers: {}, body: letter }, take, new OwnEnding());
      return Buffer.concat(pieces).toString('latin1');
    }),
  );
  for (const [place, letter] of letters.entries()) {
    expect(answers[place]).toHaveLength(LARGE);
    expect(answers[place]!.replaceAll(letter, '')).toBe('');
  }
});
