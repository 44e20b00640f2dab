import type { ServerResponse } from 'node:http';

/** Names and values of the headers of a stream, one after another. */
export const EVENT_STREAM = [
  ...['content-type', 'text/event-stream; charset=utf-8'],
  ...['cache-control', 'no-store'],
  // Proxies that gather answers would hold back the first token.
  ...['x-accel-buffering', 'no'],
] as const;

/** Server-sent events, at the reader's pace. */
export class EventStream {
  constructor(
    private readonly response: ServerResponse,
    private readonly shape: {
      readonly head: string[];
      /** Whether each event says its type beside its data. */
      readonly named: boolean;
    },
  ) {}

  open(): void {
    if (this.response.headersSent) return;
    this.response.writeHead(200, this.shape.head);
  }

  /** Resolves once the reader took enough of what was written before; also when it is gone. */
  async send(frames: Iterable<Readonly<Record<string, unknown>>>): Promise<void> {
    let text = '';
    for (const frame of frames) {
      if (this.shape.named) text += `event: ${String(frame.type)}\n`;
      text += `data: ${JSON.stringify(frame)}\n\n`;
    }
    if (text !== '') await this.write(text);
  }

  write(text: string | Buffer): Promise<void> | undefined {
    const { response } = this;
    if (response.destroyed || response.write(text)) return undefined;
    return new Promise((resolve) => {
      const done = () => {
        response.off('drain', done);
        response.off('close', done);
        resolve();
      };
      response.once('drain', done);
      response.once('close', done);
    });
  }

  end(last?: Buffer): void {
    this.response.end(last);
  }
}
