/**
 * The composition root of a gateway that runs alone.
 *
 * @example
 * const loaded = loadGatewayConfig({ env: process.env, flags: { 'gateway.port': '0' } });
 * const { url, stop } = await startGateway({ loaded, env: process.env });
 */
export { readChoices } from './choices.ts';
export { gatewaySections, loadGatewayConfig } from './config.ts';
export { type RunningGateway, type StartGatewayOptions, startGateway } from './gateway.ts';
export { keepHeapSmall } from './heap.ts';
export { type KeyAccess, openKeyAccess } from './keys.ts';
export { readUsage } from './usage.ts';
