import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createUndiciPageFetch } from '#agents/adapters/page-fetch/undici';
import { guardedLookup, isPublicAddress } from '../../../../agents/adapters/page-fetch/undici/public-addresses.ts';

let servers: Server[] = [];
afterEach(async () => {
  await Promise.all(
    servers.map((server) => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    }),
  );
  servers = [];
});

/** A site on this machine; `asked` holds the paths in order. */
async function site(pages: Readonly<Record<string, RequestListener>>) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const page = pages[path];
    if (page) page(request, response);
    else response.writeHead(404).end();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin, asked };
}

const html =
  (text: string): RequestListener =>
  (_, response) =>
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(text);
const to =
  (location: string): RequestListener =>
  (_, response) =>
    response.writeHead(302, { location }).end();
const robots =
  (text: string): RequestListener =>
  (_, response) =>
    response.writeHead(200, { 'content-type': 'text/plain' }).end(text);

const local = (limits: Partial<Parameters<typeof createUndiciPageFetch>[0]['limits']> = {}) =>
  createUndiciPageFetch({ hosts: ['127.0.0.1'], permitLoopback: true, limits: { pauseMs: 0, ...limits } });

describe('pages are fetched', () => {
  it('from listed hosts, with what the server says of them, along redirects', async () => {
    const { origin, asked } = await site({
      '/old': to('/new'),
      '/new': (_, response) =>
        response
          .writeHead(200, { 'content-type': 'text/html', 'last-modified': 'Tue, 03 Mar 2026 10:00:00 GMT' })
          .end('<h1>Rye</h1>'),
    });
    const [result] = await local().fetch([`${origin}/old`]);
    expect(result).toMatchObject({
      asked: `${origin}/old`,
      page: { url: `${origin}/new`, contentType: 'text/html', lastModified: '2026-03-03' },
    });
    expect(new TextDecoder().decode((result as { page: { body: Uint8Array } }).page.body)).toBe('<h1>Rye</h1>');
    expect(asked).toEqual(['/robots.txt', '/old', '/new']);
  });

  it('as robots.txt allows, which is read once', async () => {
    const { origin, asked } = await site({
      '/robots.txt': robots('User-agent: KazeBot\nDisallow: /private\n\nUser-agent: *\nDisallow: /\n'),
      '/open': html('open'),
      '/private/a': html('never'),
      '/lead': to('/private/a'),
    });
    const results = await local().fetch([`${origin}/open`, `${origin}/private/a`, `${origin}/lead`]);
    expect(results.map((one) => ('page' in one ? 'page' : one.refused))).toEqual([
      'page',
      'its robots.txt does not allow it',
      'its robots.txt does not allow it',
    ]);
    expect(asked).toEqual(['/robots.txt', '/open', '/lead']);
  });
});

describe('an address is refused, with the reason', () => {
  it('where robots.txt fails', async () => {
    const { origin, asked } = await site({
      '/robots.txt': (_, response) => response.writeHead(503).end(),
      '/a': html('a'),
    });
    expect(await local().fetch([`${origin}/a`])).toMatchObject([{ refused: expect.stringContaining('robots.txt') }]);
    expect(asked).toEqual(['/robots.txt']);
  });

  it('when it is larger, redirects oftener, is another kind, packed, or one too many', async () => {
    const { origin } = await site({
      '/large': html('x'.repeat(2_000)),
      '/loop': to('/loop'),
      '/picture': (_, response) => response.writeHead(200, { 'content-type': 'image/png' }).end('x'),
      '/packed': (_, response) =>
        response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' }).end('x'),
      '/gone': (_, response) => response.writeHead(410).end(),
    });
    const paths = ['/large', '/loop', '/picture', '/packed', '/gone', '/more'];
    const results = await local({ maxBytes: 1_000, maxRedirects: 2, maxPages: 5 }).fetch(
      paths.map((path) => `${origin}${path}`),
    );
    expect(results.map((one) => ('refused' in one ? one.refused : 'page'))).toEqual([
      'it is larger than 1000 bytes',
      'more than 2 redirects',
      'it is image/png and no page',
      'it comes packed, though plain was asked for',
      'the server answers 410',
      'only 5 pages are fetched in one task',
    ]);
  });

  it('when the server does not answer in time', async () => {
    const { origin } = await site({ '/robots.txt': robots(''), '/slow': () => {} });
    expect(await local({ timeoutMs: 300 }).fetch([`${origin}/slow`])).toMatchObject([
      { refused: 'no answer within 0.3 s' },
    ]);
  });

  it('of any host that the settings do not list, also at the end of a redirect', async () => {
    const { origin } = await site({
      '/out': to('https://other.example/'),
      '/meta': to('http://169.254.169.254/latest'),
    });
    const results = await local().fetch([
      'https://other.example/',
      `${origin}/out`,
      `${origin}/meta`,
      'file:///etc/passwd',
      'http://user:secret@127.0.0.1/',
      'nonsense',
    ]);
    expect(results.map((one) => ('refused' in one ? one.refused : 'page'))).toEqual([
      expect.stringContaining('other.example is not among the hosts'),
      expect.stringContaining('other.example is not among the hosts'),
      expect.stringContaining('169.254.169.254 is not among the hosts'),
      'only http and https are fetched',
      'addresses with a password are not fetched',
      'it is no address',
    ]);
  });

  it('of this machine and of private networks, even where they are listed, by number and by name', async () => {
    const { origin, asked } = await site({ '/a': html('a') });
    const hosts = ['127.0.0.1', 'localhost', '[::1]', '10.0.0.1'];
    const fetch = createUndiciPageFetch({ hosts, limits: { pauseMs: 0 } });
    const results = await fetch.fetch(['http://127.0.0.1/', 'http://localhost/', 'http://[::1]/', 'http://10.0.0.1/']);
    for (const result of results) expect(result).toMatchObject({ refused: 'its address is not public' });
    // 2130706433 is 127.0.0.1 as one number; a port is no way around either.
    const [numbered, ported] = await fetch.fetch(['http://2130706433/', origin]);
    expect(numbered).toMatchObject({ refused: 'its address is not public' });
    expect(ported).toMatchObject({ refused: 'only the usual ports are fetched' });
    expect(asked).toEqual([]);
  });
});

it('refuses a redirect to a private address, even of a listed host', async () => {
  const { origin, asked } = await site({
    '/number': to('http://10.0.0.1/'),
    '/metadata': to('http://169.254.169.254/latest'),
    '/mapped': to('http://[::ffff:192.168.0.1]/'),
  });
  const hosts = ['127.0.0.1', '10.0.0.1', '169.254.169.254', '[::ffff:c0a8:1]'];
  const fetch = createUndiciPageFetch({ hosts, permitLoopback: true, limits: { pauseMs: 0 } });
  const results = await fetch.fetch(['/number', '/metadata', '/mapped'].map((path) => origin + path));
  for (const result of results) expect(result).toMatchObject({ refused: 'its address is not public' });
  expect(asked).toEqual(['/robots.txt', '/number', '/metadata', '/mapped']);
});

describe('what is connected to is what was checked', () => {
  it.each([
    ['93.184.216.34', true],
    ['2606:2800:220:1:248:1893:25c8:1946', true],
    ['127.0.0.1', false],
    ['10.1.2.3', false],
    ['100.64.0.1', false],
    ['169.254.169.254', false],
    ['172.31.255.255', false],
    ['192.168.0.1', false],
    ['0.0.0.0', false],
    ['255.255.255.255', false],
    ['::1', false],
    ['::', false],
    ['::ffff:127.0.0.1', false],
    ['fe80::1', false],
    ['fd00::1', false],
    ['64:ff9b::7f00:1', false],
    ['2002:7f00:1::', false],
    ['ff02::1', false],
  ])('%s is public: %s', (address, isPublic) => {
    expect(isPublicAddress(address)).toBe(isPublic);
  });

  it('fails where one of a name’s addresses is private, and at the second look-up of a name that changes its mind', async () => {
    const answers = [['93.184.216.34'], ['93.184.216.34', '10.0.0.1'], ['127.0.0.1']];
    const resolve = ((_name: string, _options: object, callback: (error: null, found: object[]) => void) =>
      callback(
        null,
        (answers.shift() ?? []).map((address) => ({ address, family: 4 })),
      )) as unknown as Parameters<typeof guardedLookup>[1];
    const guarded = guardedLookup(isPublicAddress, resolve);
    const ask = () =>
      new Promise((settle) => guarded('rebinding.example', { all: true }, (error, found) => settle(error ?? found)));
    expect(await ask()).toEqual([{ address: '93.184.216.34', family: 4 }]);
    expect(await ask()).toMatchObject({ code: 'CLOSED_ADDRESS' });
    expect(await ask()).toMatchObject({ code: 'CLOSED_ADDRESS' });
  });
});
