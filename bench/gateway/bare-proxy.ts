/** What a proxy costs that does nothing: node:http on both sides, connections kept, bytes passed on as they come. */
import { Agent, createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tellOfSelf } from './measured.ts';

const upstream = new URL(process.argv[2]!);
const agent = new Agent({ keepAlive: true, noDelay: true, maxSockets: 1_024 });
const server = createServer({ noDelay: true }, (request, response) => {
  const { method, url: path, headers } = request;
  const { hostname: host, port } = upstream;
  const asked = send({ agent, host, port, method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode!, answer.headers);
    answer.pipe(response);
  });
  asked.on('error', () => response.destroy());
  request.pipe(asked);
});
server.listen(0, '127.0.0.1', () => tellOfSelf({ port: (server.address() as AddressInfo).port }));
process.once('disconnect', () => process.exit(0));
