import { afterEach, beforeEach } from 'vitest';
import {
  type CompleteRequest,
  type Credential,
  createGateway,
  type Delta,
  type Gateway,
  type ModelProvider,
  type Usage,
} from '#gateway';
import { silentLogger, systemClock, type UsageRow } from '#platform';
import type { Scene, Wire } from '../../support/models/scene.ts';
import { type ModelServer, startModelServer } from '../../support/models/server.ts';
import { ATTRIBUTION } from './suite.ts';

/** What a vendor can do that not all can; named here, so that a gap is a choice. */
export interface HostedSubject {
  /** What tests call it; default: as its wire. */
  readonly title?: string;
  readonly wire: Wire;
  /** Of its key, beside what every key has. */
  readonly credential?: Partial<Credential>;
  create(url: string): ModelProvider;
  /** Names a model that answers, and one that gives embeddings (null where the vendor has none). */
  readonly model: string;
  readonly embeddingModel: string | null;
  /** Of the usage of a scene with every kind, what the vendor's interface tells. */
  readonly toldUsage: Usage;
  readonly signsReasoning: boolean;
  readonly countsTokens: boolean;
  /** The code for a request that the vendor's filter refuses; Ollama has none. */
  readonly filtered: string;
  readonly retryAfterMs: number | null;
  /** A filter that withholds an answer in mid-way; Ollama has none. */
  readonly withholds: boolean;
  /** Whether it streams the arguments of a tool in pieces. */
  readonly streamsArguments: boolean;
}

const CREDENTIAL: Omit<Credential, 'baseUrl'> = { keyId: 'studio-1', value: 'sk-test-abcdefgh' };

export const TOOL = {
  name: 'find_orders',
  description: 'Finds orders',
  parameters: {
    type: 'object',
    properties: { email: { type: 'string' } },
    required: ['email'],
    additionalProperties: false,
  },
};
export const SCHEMA = {
  name: 'answer',
  schema: {
    type: 'object',
    properties: { days: { type: 'integer' } },
    required: ['days'],
    additionalProperties: false,
  },
};
export const EVERY_KIND = { input: 100, cached: 60, written: 10, output: 40, reasoning: 15 };

/** A gateway with one provider before a server of its own, new for each test. */
export class HostedTest {
  server!: ModelServer;
  gateway!: Gateway;
  rows: UsageRow[] = [];

  constructor(private readonly subject: HostedSubject) {
    beforeEach(() => this.start());
    afterEach(async () => {
      await this.gateway.close();
      await this.server.close();
    });
  }

  private async start(): Promise<void> {
    const server = await startModelServer(this.subject.wire);
    const rows: UsageRow[] = [];
    this.server = server;
    this.rows = rows;
    this.gateway = createGateway({
      providers: [this.subject.create('http://127.0.0.1:9')],
      // The credential's address counts, not the provider's own.
      credentials: async () => ({ ...CREDENTIAL, ...this.subject.credential, baseUrl: server.url }),
      ledger: { recordUsage: async (more) => void rows.push(...more) },
      clock: systemClock,
      logger: silentLogger,
    });
  }

  ask(more: Partial<CompleteRequest> = {}): CompleteRequest {
    return {
      messages: [{ role: 'user', content: 'When are refunds paid?' }],
      modelHint: { model: `${this.subject.wire.name}/${this.subject.model}` },
      attribution: ATTRIBUTION,
      ...more,
    };
  }

  answers(scene: Scene): void {
    this.server.next({ kind: 'scene', scene });
  }

  lastBody(): string {
    return JSON.stringify(this.server.seen.at(-1)?.body);
  }
}

export function finished(deltas: readonly Delta[]) {
  const last = deltas.at(-1);
  if (last?.type !== 'finish') throw new Error('the stream did not end with finish');
  return last.completion;
}

export async function failure(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error('the call did not fail');
  return error as Error & { code: string; fields: Record<string, unknown> };
}
