// Portkey's gateway as its own package starts it, in a process of its own. It tells no port, so one is taken and given.
import { createServer } from 'node:net';

const taken = createServer().listen(0, '127.0.0.1');
await new Promise((resolve) => taken.once('listening', resolve));
const { port } = taken.address();
await new Promise((resolve) => taken.close(resolve));
process.argv.push(`--port=${port}`, '--headless');
console.log = () => {};
// It draws a wheel that turns.
process.stdout.write = () => true;
process.env.TRUSTED_CUSTOM_HOSTS ??= '127.0.0.1,localhost';
await import('@portkey-ai/gateway/build/start-server.js');
for (;;) {
  const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
  if (answer) break;
  await new Promise((resolve) => setTimeout(resolve, 50));
}
process.on('message', () => process.send?.({ cpu: process.cpuUsage(), rss: process.memoryUsage.rss() }));
process.once('disconnect', () => process.exit(0));
process.send?.({ port });
