import type { Embeddings } from '../../domain/response.ts';
import { badField, type Fields, given, listAt, nameAt, onlyKnown, textAt, unsupported, wholeAt } from '../fields.ts';

export interface EmbeddingsRequest {
  readonly model: string;
  readonly texts: readonly string[];
  readonly encoding: 'float' | 'base64';
  readonly dimensions: number | undefined;
}

const KNOWN: ReadonlySet<string> = new Set(['model', 'input', 'encoding_format', 'dimensions', 'user']);

/** Errors: KAZE_GATEWAY_FIELD, KAZE_GATEWAY_UNSUPPORTED. */
export function embeddingsRequestOf(body: Fields): EmbeddingsRequest {
  onlyKnown(body, KNOWN, 'OpenAI');
  return {
    model: nameAt(body.model, 'model'),
    texts: textsAt(body.input),
    encoding: given(body.encoding_format, 'encoding_format', encodingAt) ?? 'float',
    dimensions: given(body.dimensions, 'dimensions', wholeAt),
  };
}

function textsAt(value: unknown): string[] {
  const texts = typeof value === 'string' ? [value] : listAt(value, 'input').map(inputAt);
  if (texts.length === 0) badField('input', 'needs at least one text');
  const empty = texts.indexOf('');
  if (empty !== -1) badField(typeof value === 'string' ? 'input' : `input[${empty}]`, 'must not be empty');
  return texts;
}

function inputAt(value: unknown, index: number): string {
  if (typeof value === 'number' || Array.isArray(value)) {
    unsupported('input', 'tokens mean another text to every model; send the text itself');
  }
  return textAt(value, `input[${index}]`);
}

function encodingAt(value: unknown, param: string): 'float' | 'base64' {
  return value === 'float' || value === 'base64' ? value : badField(param, 'must be float or base64');
}

export function embeddingsReply(answer: Embeddings, { encoding, model }: EmbeddingsRequest) {
  return {
    object: 'list',
    data: answer.vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: encoding === 'base64' ? base64Of(vector) : Array.from(vector),
    })),
    model,
    usage: { prompt_tokens: answer.usage.inputTokens, total_tokens: answer.usage.inputTokens },
  };
}

/** Little-endian 32-bit floats, as OpenAI's clients decode them. */
function base64Of(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');
}
