import type { IncomingMessage, ServerResponse } from 'node:http';
import { type KazeError, type Logger, newId } from '#platform';
import { type Ending, OwnEnding } from '../domain/ending.ts';
import { type Dialect, errorBody, errorReply, publicError } from './error-shapes.ts';
import { httpError } from './errors.ts';
import type { Listed } from './roster.ts';
import { EVENT_STREAM, EventStream } from './sse.ts';

/** One request and its one answer. */
export class Exchange implements Listed {
  place = -1;
  readonly id = `req_${newId()}`;
  readonly dialect: Dialect;
  /** Without the query. */
  readonly path: string;
  private readonly left = new OwnEnding();
  private abandoned = false;

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    private readonly logger: Logger,
  ) {
    const { url = '/', headers } = request;
    const query = url.indexOf('?');
    this.path = query < 0 ? url : url.slice(0, query);
    const anthropic = headers['anthropic-version'] !== undefined || this.path.startsWith('/v1/messages');
    this.dialect = anthropic ? 'anthropic' : 'openai';
    response.on('close', () => {
      if (!response.writableFinished) this.left.abort();
    });
  }

  /** Aborts as soon as the caller is gone without its whole answer, and when the gateway gives up on it. */
  get signal(): Ending {
    return this.left;
  }

  /** The gateway gives up on it: its caller is told why, as far as it still listens. */
  abandon(): void {
    this.abandoned = true;
    this.left.abort();
  }

  /** 499, as nginx counts it, where the caller left. */
  get status(): number {
    return this.response.writableFinished ? this.response.statusCode : 499;
  }

  json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void {
    this.text(status, { 'content-type': 'application/json', ...headers }, JSON.stringify(body));
  }

  text(status: number, headers: Readonly<Record<string, string>>, body: string): void {
    if (this.response.destroyed) return;
    const length = ['content-length', String(Buffer.byteLength(body))];
    this.response.writeHead(status, this.head(...Object.entries(headers).flat(), ...length)).end(body);
  }

  /**
   * Names and values, one after another: Node writes such a list as it is, where headers that were set one by one are
   * gathered first.
   */
  private head(...headers: readonly string[]): string[] {
    const ours = ['x-request-id', this.id, ...headers];
    if (this.dialect === 'anthropic') ours.push('request-id', this.id);
    return ours;
  }

  events(): EventStream {
    return new EventStream(this.response, { head: this.head(...EVENT_STREAM), named: this.dialect === 'anthropic' });
  }

  /** An answer as a vendor wrote it. */
  jsonBytes(bytes: Buffer): void {
    const { response } = this;
    if (response.destroyed) return;
    const head = this.head('content-type', 'application/json', 'content-length', String(bytes.length));
    response.writeHead(200, head).end(bytes);
  }

  /** Before the answer began: a status and a body. Within a stream: an error event, and no sign of an end after it. */
  fail(error: unknown): void {
    const { response, dialect, id } = this;
    if (response.destroyed || response.writableEnded) return;
    const told = this.abandoned ? httpError('KAZE_GATEWAY_STOPPING', 'the gateway ends, and gave the call up') : error;
    const shown: KazeError = publicError(told, id, this.logger);
    if (response.headersSent) {
      void this.events().send([errorBody(shown, dialect, id)]);
      response.end();
      return;
    }
    const { status, headers, body } = errorReply(shown, dialect, id);
    this.json(status, body, { ...headers, ...extraHeaders(shown) });
  }
}

function extraHeaders({ fields }: KazeError): Record<string, string> {
  return typeof fields.allow === 'string' ? { allow: fields.allow } : {};
}
