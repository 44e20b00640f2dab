/** What a model is to answer, in no vendor's words; each wire writes it as its vendor would. */
export interface Scene {
  readonly reasoning?: { readonly text: string; readonly signature?: string };
  readonly text?: readonly string[];
  readonly toolCalls?: ReadonlyArray<{ readonly id: string; readonly name: string; readonly json: string }>;
  /** Characters of a document that the answer rests on; only Anthropic has citations of its own. */
  readonly cites?: ReadonlyArray<{ readonly document: number; readonly start: number; readonly end: number }>;
  readonly stop?: 'end' | 'tools' | 'length' | 'filter';
  readonly usage?: SceneUsage;
}

export interface SceneUsage {
  readonly input: number;
  readonly cached: number;
  readonly written: number;
  readonly output: number;
  readonly reasoning: number;
}

export type Fault =
  | 'rate-limit'
  | 'overloaded'
  | 'unauthorised'
  | 'no-credit'
  | 'bad-request'
  | 'too-long'
  | 'filtered'
  | 'no-model'
  | 'server-error';

export interface WireReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Record<string, unknown>;
}

/** One vendor's way of speaking: what it refuses, how it answers, streams and fails. */
export interface Wire {
  readonly name: string;
  /** The path below which its SDK calls. */
  readonly basePath: string;
  /** What the vendor would answer to a request without its required fields or its key. */
  refuse(request: WireRequest): WireReply | undefined;
  wantsStream(request: WireRequest): boolean;
  whole(scene: Scene, request: WireRequest): WireReply;
  /** The stream's pieces, in order; the last ones tell its end. */
  frames(scene: Scene, request: WireRequest): readonly string[];
  readonly streamType: string;
  /** In mid-stream, after the answer began. */
  errorFrame(): string;
  fault(fault: Fault): WireReply;
  /** Token counts, embeddings, lists: answers that no scene decides. */
  other(request: WireRequest): WireReply | undefined;
}

export const VECTOR = [0.25, -0.5, 0.125];
export const COUNTED_TOKENS = 42;
/** Stands in every error that a wire writes: it must never come out of the gateway. */
export const UPSTREAM_WORDS = 'upstream-secret-words sk-live-0123456789';

export function json(status: number, body: unknown, headers: Record<string, string> = {}): WireReply {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

export function has(request: WireRequest, ...fields: string[]): boolean {
  return fields.every((field) => request.body[field] !== undefined);
}
