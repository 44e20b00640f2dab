import { startPeer } from '../peers/index.ts';
import type { Measured } from './measured.ts';

export interface Portkey {
  readonly port: number;
  readonly token: string;
  /** Which provider, and where: for OpenAI's interface and for Anthropic's. */
  readonly headers: Readonly<Record<'openai' | 'anthropic', Readonly<Record<string, string>>>>;
  readonly measured: Measured;
}

/** Portkey's gateway as its package starts it. It knows no keys of its own, no budgets, limits or ledger. */
export async function startPortkey(upstream: string): Promise<Portkey> {
  const peer = await startPeer('portkey', []);
  const measured: Measured = {
    port: peer.port,
    async taken() {
      return { cpuMs: await peer.cpuMs(), rssMiB: await peer.rssMiB() };
    },
    close: () => peer.close(),
  };
  const headersOf = (name: string) => ({ 'x-portkey-provider': name, 'x-portkey-custom-host': `${upstream}/v1` });
  const headers = { openai: headersOf('openai'), anthropic: headersOf('anthropic') };
  return { port: peer.port, token: 'sk-bench', headers, measured };
}
