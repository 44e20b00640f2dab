import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a client and a server on this machine, and can take the server away as networks do. */
export interface TcpProxy {
  readonly port: number;
  /** The same address with the proxy's host and port. */
  through(url: string): string;
  /** As if the server had died: connections break and new ones are refused. */
  cut(): Promise<void>;
  /** As if the machine hung: connections stay, new ones are taken, and nothing more is carried. */
  stall(): void;
  /** The server is there again. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

export interface TcpProxyOptions {
  /** Port of the server on 127.0.0.1. */
  readonly to: number;
  /** Begin as if the server were not there. */
  readonly cut?: boolean;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

export async function tcpProxy({ to, cut = false }: TcpProxyOptions): Promise<TcpProxy> {
  const pairs = new Set<Pair>();
  let stalled = false;
  let listener: Server | undefined;
  let port = 0;

  const carry = (client: Socket): void => {
    const server = connect(to, '127.0.0.1');
    const pair = { client, server };
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) socket.on('error', end).on('close', end).setNoDelay(true);
    if (!stalled) join(pair);
  };
  const join = ({ client, server }: Pair): void => {
    client.pipe(server);
    server.pipe(client);
  };
  const part = ({ client, server }: Pair): void => {
    client.unpipe(server).pause();
    server.unpipe(client).pause();
  };
  const listen = async (): Promise<void> => {
    listener = createServer(carry).listen(port, '127.0.0.1');
    await once(listener, 'listening');
    port = (listener.address() as AddressInfo).port;
  };
  const stop = async (): Promise<void> => {
    const ended = listener;
    listener = undefined;
    const closed = ended && new Promise((resolve) => ended.close(resolve));
    for (const { client, server } of pairs) {
      client.resetAndDestroy();
      server.destroy();
    }
    await closed;
  };

  await listen();
  if (cut) await stop();
  return {
    port,
    through(url) {
      const address = new URL(url);
      address.host = `127.0.0.1:${port}`;
      return address.href;
    },
    cut: stop,
    stall() {
      stalled = true;
      for (const pair of pairs) part(pair);
    },
    async restore() {
      if (stalled) for (const pair of pairs) join(pair);
      stalled = false;
      if (!listener) await listen();
    },
    close: stop,
  };
}
