import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';

export interface Ask {
  readonly model: string;
  readonly stream?: boolean;
  readonly tool?: boolean;
  /** What Anthropic's package has to say; default 1,024. */
  readonly maxTokens?: number;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
  /** Told of each piece of text of a stream. */
  readonly onText?: (text: string) => void;
}

/** What a vendor's unmodified package makes of an answer that fails. */
export interface Failed {
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly type: string | undefined;
  readonly name: string;
  readonly message: string;
  readonly headers: Headers | undefined;
  /** What had come of a stream. */
  readonly text: string;
}

/** A vendor's own client before the gateway, with everything of its own switched off that hides failures. */
export interface Client {
  readonly name: string;
  ask(served: { url: string; secret: string }, ask: Ask): Promise<{ readonly text: string } | Failed>;
}

const SCHEMA = { type: 'object' as const, properties: { email: { type: 'string' } } };

function failedBy(error: unknown, text: string, read: (body: unknown) => { code?: string; type?: string }): Failed {
  if (!(error instanceof OpenAI.APIError || error instanceof Anthropic.APIError)) throw error;
  const { status, headers } = error as { status?: number; headers?: Headers };
  const { code, type } = read(error.error);
  return { status, code, type, name: error.constructor.name, message: error.message, headers, text };
}

export const openAiClient: Client = {
  name: 'openai',
  async ask({ url, secret }, { model, stream, tool, headers, signal, onText }) {
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: secret, maxRetries: 0 });
    const request = {
      ...{ model, messages: [{ role: 'user' as const, content: 'hi' }] },
      ...(tool
        ? { tools: [{ type: 'function' as const, function: { name: 'find_orders', parameters: SCHEMA } }] }
        : {}),
    };
    let text = '';
    try {
      if (!stream) {
        const answer = await client.chat.completions.create(request, { headers, signal });
        return { text: answer.choices[0]!.message.content ?? '' };
      }
      for await (const chunk of await client.chat.completions.create(
        { ...request, stream: true },
        { headers, signal },
      )) {
        const piece = chunk.choices[0]?.delta.content ?? '';
        text += piece;
        if (piece !== '') onText?.(piece);
      }
      return { text };
    } catch (error) {
      return failedBy(error, text, (body) => (body ?? {}) as { code?: string; type?: string });
    }
  },
};

export const anthropicClient: Client = {
  name: 'anthropic',
  async ask({ url, secret }, { model, stream, tool, maxTokens = 1_024, headers, signal, onText }) {
    const client = new Anthropic({ baseURL: url, apiKey: secret, authToken: null, maxRetries: 0 });
    const request = {
      ...{ model, max_tokens: maxTokens, messages: [{ role: 'user' as const, content: 'hi' }] },
      ...(tool ? { tools: [{ name: 'find_orders', input_schema: SCHEMA }] } : {}),
    };
    let text = '';
    try {
      if (!stream) {
        const answer = await client.messages.create(request, { headers, signal });
        return { text: answer.content.map((block) => (block.type === 'text' ? block.text : '')).join('') };
      }
      for await (const event of await client.messages.create({ ...request, stream: true }, { headers, signal })) {
        if (event.type !== 'content_block_delta' || event.delta.type !== 'text_delta') continue;
        text += event.delta.text;
        onText?.(event.delta.text);
      }
      return { text };
    } catch (error) {
      return failedBy(error, text, (body) => (body as { error?: { code?: string; type?: string } })?.error ?? {});
    }
  },
};
