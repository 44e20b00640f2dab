/**
 * Real servers for tests and benches, one launcher each, as child processes on loopback.
 *
 *     import { redis } from '../../support/servers/index.ts';
 *     const server = await redis.start();      // fetched first where it is missing
 *     await server.kill();                     // SIGKILL
 *     await server.restart();                  // same folder, same port
 *     await server.stop();
 */
import * as chromiumModule from './chromium.ts';
import * as natsModule from './nats.ts';
import * as neo4jModule from './neo4j.ts';
import * as openbaoModule from './openbao.ts';
import * as postgresModule from './postgres.ts';
import * as redisModule from './redis.ts';
import type { ServerLauncher } from './types.ts';

export const neo4j: ServerLauncher = { name: 'neo4j', install: neo4jModule.install, start: neo4jModule.start };
export const nats: ServerLauncher = { name: 'nats', install: natsModule.install, start: natsModule.start };
export const redis: ServerLauncher = { name: 'redis', install: redisModule.install, start: redisModule.start };
export const postgres: ServerLauncher = {
  name: 'postgres',
  install: postgresModule.install,
  start: postgresModule.start,
};
export const openbao: ServerLauncher = {
  name: 'openbao',
  install: openbaoModule.install,
  start: openbaoModule.start,
};
export const chromium: ServerLauncher = {
  name: 'chromium',
  install: chromiumModule.install,
  start: chromiumModule.start,
};

export { CHROMIUM_ARGUMENTS } from './chromium.ts';
export { ServerUnavailable } from './commands.ts';
export { OPENBAO_ROOT_TOKEN } from './openbao.ts';
export type { Installed, RunningServer, ServerLauncher, StartOptions } from './types.ts';
