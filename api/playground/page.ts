/** The playground: GraphiQL from files of our own, so that it works without a network. No token is ever part of it. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { exampleQueries } from './examples.ts';

export interface Asset {
  readonly type: string;
  readonly gzipped: Buffer;
  readonly plain: Buffer;
  readonly etag: string;
}

export interface Playground {
  readonly page: Asset;
  /** By path. Their names change with their content, so browsers may keep them for good. */
  readonly assets: ReadonlyMap<string, Asset>;
}

/**
 * Nothing is loaded from elsewhere and no inline script runs. Editor workers come from blobs made by our own script;
 * the editor writes inline styles.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const compress = promisify(gzip);

async function asset(type: string, text: string): Promise<Asset> {
  const plain = Buffer.from(text);
  const etag = `"${createHash('sha256').update(plain).digest('hex').slice(0, 32)}"`;
  return { type, plain, etag, gzipped: await compress(plain, { level: 6 }) };
}

/** The part of a text between two marks. */
function between(text: string, from: string, to: string, last = false): string {
  const begin = text.indexOf(from);
  const end = last ? text.lastIndexOf(to) : text.indexOf(to, begin);
  if (begin < 0 || end < 0)
    throw new Error(`@graphql-yoga/render-graphiql gives another page than expected: no ${from}`);
  return text.slice(begin + from.length, end);
}

async function build(): Promise<Playground> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const rendered = renderGraphiQL({ title: 'Kaze' });
  const styles = between(rendered, '<style>', '</style>');
  const library = between(rendered, '<script>', 'YogaGraphiQL.renderYogaGraphiQL(', true);
  const favicon = between(rendered, '<link rel="icon" href="', '"');
  const bootstrap = await readFile(new URL('./bootstrap.js', import.meta.url), 'utf8');

  const assets = new Map<string, Asset>();
  const add = async (name: string, type: string, text: string) => {
    const made = await asset(type, text);
    const path = `/playground/${made.etag.slice(1, 17)}/${name}`;
    assets.set(path, made);
    return path;
  };
  const script = await add('graphiql.js', 'text/javascript; charset=utf-8', library);
  const start = await add('bootstrap.js', 'text/javascript; charset=utf-8', bootstrap);
  const style = await add('graphiql.css', 'text/css; charset=utf-8', styles);

  const settings = {
    title: 'Kaze',
    shouldPersistHeaders: false,
    defaultTabs: exampleQueries.map(({ query }) => ({ query, headers: '{\n  "Authorization": "Bearer "\n}' })),
    defaultHeaders: '{\n  "Authorization": "Bearer "\n}',
  };
  const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Kaze playground</title>
<link rel="icon" href="${favicon}">
<link rel="stylesheet" href="${style}">
</head>
<body id="body" class="no-focus-outline">
<noscript>The playground needs JavaScript. The endpoint is /graphql.</noscript>
<div id="root"></div>
<script type="application/json" id="settings">${JSON.stringify(settings).replaceAll('<', '\\u003c')}</script>
<script src="${script}"></script>
<script src="${start}"></script>
</body>
</html>
`;
  return { page: await asset('text/html; charset=utf-8', page), assets };
}

let built: Promise<Playground> | undefined;

/** Built on the first visit (a second or so), then kept. */
export function playground(): Promise<Playground> {
  built ??= build();
  return built;
}
