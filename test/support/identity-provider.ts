import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

/** An identity provider on the loopback: signs tokens and serves its public keys over HTTP, as a real one does. */
export class IdentityProvider {
  /** How often its keys were got. */
  fetches = 0;
  /** What it answers instead of its keys. */
  failure: { readonly status: number; readonly body: string } | undefined;
  readonly #server: Server;
  readonly #keys: SigningKey[] = [];

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<IdentityProvider> {
    const server = createServer((_request, response) => {
      provider.fetches++;
      const { status, body } = provider.failure ?? { status: 200, body: provider.jwks };
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    });
    const provider = new IdentityProvider(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await provider.rotate();
    return provider;
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  get jwksUrl(): string {
    return `${this.issuer}keys`;
  }

  get jwks(): string {
    return JSON.stringify({ keys: this.#keys.map(({ jwk }) => jwk) });
  }

  /** From now on signs with a new key; the old ones stay published unless `forget`. */
  async rotate({ alg = 'RS256', forget = false, kid = `key-${this.#keys.length + 1}` } = {}): Promise<void> {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' };
    if (forget) this.#keys.length = 0;
    this.#keys.push({ kid, alg, privateKey, jwk });
  }

  /** A token good for five minutes, unless the claims say otherwise; a claim that is undefined is left out. */
  async token(claims: JWTPayload = {}, now = Date.now()): Promise<string> {
    const { kid, alg, privateKey } = this.#keys.at(-1)!;
    const at = Math.floor(now / 1_000);
    const all = { iss: this.issuer, aud: 'kaze', sub: 'u-1', iat: at, exp: at + 300, ...claims };
    return new SignJWT(JSON.parse(JSON.stringify(all))).setProtectedHeader({ alg, kid, typ: 'JWT' }).sign(privateKey);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
