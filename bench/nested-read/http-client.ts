/**
 * Asks one URL again and again in a process of its own, so that the server's time is not shared with the client's.
 * Takes its orders and gives its times (milliseconds each) over IPC.
 */
import { Agent, request } from 'node:http';

export interface HttpOrder {
  readonly url: string;
  readonly token: string;
  readonly body: string;
  readonly callers: number;
  readonly forMs: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: 256 });

function ask({ url, token, body }: HttpOrder): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      'content-length': Buffer.byteLength(body),
    };
    const call = request(url, { method: 'POST', agent, headers }, (response) => {
      response.on('data', () => {});
      response.on('end', () =>
        response.statusCode === 200 ? resolve() : reject(new Error(`HTTP ${response.statusCode}`)),
      );
    });
    call.on('error', reject);
    call.end(body);
  });
}

process.on('message', (order: HttpOrder) => {
  const timesMs: number[] = [];
  const end = performance.now() + order.forMs;
  const caller = async () => {
    while (performance.now() < end) {
      const began = performance.now();
      await ask(order);
      timesMs.push(performance.now() - began);
    }
  };
  Promise.all(Array.from({ length: order.callers }, caller)).then(
    () => process.send?.({ timesMs }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
