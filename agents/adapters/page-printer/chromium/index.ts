import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { agentError } from '../../../errors.ts';
import type { PagePrinter } from '../../../ports/page-printer.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const TIMEOUT_MS = 60_000;
const MOST_WORDS = 400;

/** The first of the usual programs in the folders of a search path; undefined when there is none. */
export async function findChromium(searchPath: string): Promise<string | undefined> {
  for (const name of NAMES) {
    for (const folder of searchPath.split(path.delimiter).filter((one) => path.isAbsolute(one))) {
      const file = path.join(folder, name);
      const runs = await access(file, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (runs) return file;
    }
  }
  return undefined;
}

export interface ChromiumPrinterOptions {
  /** The program, by its whole path. */
  readonly program: string;
  /** How long a page may take; 60 s when left out. */
  readonly timeoutMs?: number;
}

/**
 * Prints with a headless Chromium, a process a page, one page at a time. The page is a file in a folder of its own, under a
 * policy that lets it run and fetch nothing; no name resolves, and every connection would go to a proxy that is not there.
 * The process gets no environment but a place for its files, and is ended with all of its children.
 */
export function createChromiumPrinter({ program, timeoutMs = TIMEOUT_MS }: ChromiumPrinterOptions): PagePrinter {
  let last: Promise<unknown> = Promise.resolve();
  return {
    print(html, signal) {
      const next = last.then(() => printPage(html, { program, timeoutMs, signal }));
      last = next.catch(() => undefined);
      return next;
    },
  };
}

interface Print {
  readonly program: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

async function printPage(html: string, { program, timeoutMs, signal }: Print): Promise<Uint8Array> {
  signal?.throwIfAborted();
  const folder = await mkdtemp(path.join(tmpdir(), 'kaze-print-'));
  try {
    const [page, pdf] = [path.join(folder, 'page.html'), path.join(folder, 'page.pdf')];
    await writeFile(page, underPolicy(html), { mode: 0o600 });
    const said = await run(program, { folder, timeoutMs, signal, args: argumentsFor({ folder, page, pdf }) });
    const bytes = await readFile(pdf).catch(() => undefined);
    if (bytes?.subarray(0, 5).toString('latin1') === '%PDF-') return new Uint8Array(bytes);
    throw failed(program, `it made no PDF${said ? `: ${said}` : ''}`);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** Chromium prints with a script of its own, so scripts cannot be off altogether: the policy keeps the page from any. */
const POLICY =
  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\">";

/** The page with the policy before all of it; one of its own holds as well. */
function underPolicy(html: string): string {
  const [doctype] = /^\s*<!doctype[^>]*>/i.exec(html) ?? [''];
  return `${doctype}${POLICY}${html.slice(doctype.length)}`;
}

function argumentsFor({ folder, page, pdf }: { folder: string; page: string; pdf: string }): string[] {
  return [
    '--headless=new',
    // Within containers and for root its own sandbox does not start; the page has no script that could leave one.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--disable-extensions',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-crash-reporter',
    '--no-first-run',
    '--no-default-browser-check',
    '--proxy-server=127.0.0.1:9',
    '--proxy-bypass-list=<-loopback>',
    '--host-resolver-rules=MAP * ~NOTFOUND',
    '--no-pdf-header-footer',
    `--user-data-dir=${path.join(folder, 'profile')}`,
    `--print-to-pdf=${pdf}`,
    pathToFileURL(page).href,
  ];
}

/** Resolves with the last words of the process. Errors: KAZE_PRINTER_FAILED; the signal's reason. */
function run(
  program: string,
  {
    folder,
    args,
    timeoutMs,
    signal,
  }: Pick<Print, 'timeoutMs' | 'signal'> & { folder: string; args: readonly string[] },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { HOME: folder, TMPDIR: folder, XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder, LANG: 'C.UTF-8' };
    // A group of its own, so that its children end with it.
    const child = spawn(program, args, { cwd: folder, env, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
    let words = '';
    let ending: unknown;
    child.stderr.on('data', (part: Buffer) => {
      // A desktop's bus is missed on every server, and says nothing about the page.
      const told = part.toString('utf8').replaceAll(/^.*dbus.*$/gim, '');
      words = (words + told).trimStart().slice(-MOST_WORDS);
    });
    const end = (reason: unknown) => {
      ending ??= reason;
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    };
    const late = setTimeout(() => end(failed(program, `it took longer than ${timeoutMs} ms`)), timeoutMs);
    const abort = () => end(signal!.reason);
    signal?.addEventListener('abort', abort, { once: true });
    const settle = (done: () => void) => {
      clearTimeout(late);
      signal?.removeEventListener('abort', abort);
      done();
    };
    child.on('error', (error) => settle(() => reject(failed(program, error.message))));
    child.on('close', () => {
      // Children that outlive it are ended too.
      end(undefined);
      settle(() => (ending === undefined ? resolve(words.trim().replaceAll(/\s+/g, ' ')) : reject(ending)));
    });
  });
}

const failed = (program: string, why: string): Error =>
  agentError('KAZE_PRINTER_FAILED', `${program} could not print a page: ${why}`, { fields: { program } });
