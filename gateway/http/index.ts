/**
 * The gateway as an HTTP service for clients of OpenAI and Anthropic.
 *
 *     const server = createGatewayServer({ gateway, keys, clock, logger, metrics });
 *     const { url } = await server.listen({ host: '127.0.0.1', port: 4100 });
 *     const { secret } = await addVirtualKey(keys, { name: 'ci', tenant: 'acme' }, clock.now());
 *     // new OpenAI({ baseURL: `${url}/v1`, apiKey: secret })
 *     await server.close();
 */
export { addVirtualKey, revokeVirtualKey } from './administration.ts';
export { type GatewayHttpOptions, HTTP_DEFAULTS } from './config.ts';
export { type GatewayHttpErrorCode, httpError } from './errors.ts';
export { createGatewayServer, type GatewayServer, type GatewayServerOptions } from './server.ts';
