/**
 * One of the servers that are compared, in a process of its own. `kaze`: our HTTP edge over a store that has its answer
 * ready. `plain`: fastify, which parses the same request and writes the same object as JSON.

 */
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { startEdge } from '../nested-read/edge.ts';
import { readyStore } from './answer.ts';

const [role, answer] = process.argv.slice(2);

async function plain(): Promise<number> {
  const app = fastify();
  const object = JSON.parse(answer!) as object;
  app.post('/graphql', async () => object);
  await app.listen({ host: '127.0.0.1', port: 0 });
  return (app.server.address() as AddressInfo).port;
}

const port = role === 'plain' ? await plain() : (await startEdge(readyStore())).port;
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMs: (user + system) / 1_000 });
});
process.once('disconnect', () => process.exit(0));
process.send?.({ port });
