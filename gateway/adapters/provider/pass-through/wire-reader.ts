import type { StopReason, Usage } from '../../../domain/response.ts';

/** What to do with an event: `pass` it on; `hold` it back until the answer is accounted for; `drop` it. */
export type Verdict = 'pass' | 'hold' | 'drop';

/**
 * Reads of one answer what accounting needs: text to count, usage, how it ended. Errors: `UpstreamFailure` for an error
 * that came as an event, SyntaxError for what is no JSON, `BadToolArguments`.
 */
export interface WireReader {
  /** As far as the vendor told it. */
  readonly usage: Partial<Usage> | undefined;
  /** Undefined until the answer said that it is whole. */
  readonly stopReason: StopReason | undefined;
  /** An answer that came in one piece. */
  whole(body: string, tell: Tell): void;
  /** The data of one event of a stream. */
  event(data: string, tell: Tell): Verdict;
}

export interface Tell {
  /** A piece of the output: text, thought, or a part of a tool call. */
  text(text: string): void;
  usage(): void;
}

/** A field of an event that may hold a piece of the output. */
export function speak(text: unknown, tell: Tell): void {
  if (typeof text === 'string' && text !== '') tell.text(text);
}

/** Arguments that are no JSON object: nobody could run the tool with them. */
export class BadToolArguments extends Error {
  override readonly name = 'BadToolArguments';

  constructor(readonly tool: string) {
    super('the arguments of a tool call are no JSON object');
  }
}

export function checkArguments(tool: string, json: string): void {
  let value: unknown;
  try {
    value = json.trim() === '' ? {} : JSON.parse(json);
  } catch {
    throw new BadToolArguments(tool);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new BadToolArguments(tool);
}

export function parseObject(text: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new SyntaxError('no object');
  return value as Readonly<Record<string, unknown>>;
}
