import {
  COUNTED_TOKENS,
  type Fault,
  has,
  json,
  type Scene,
  UPSTREAM_WORDS,
  type Wire,
  type WireReply,
} from '../scene.ts';

const ERRORS: Readonly<Record<Fault, readonly [status: number, type: string, message: string]>> = {
  'rate-limit': [429, 'rate_limit_error', UPSTREAM_WORDS],
  overloaded: [529, 'overloaded_error', UPSTREAM_WORDS],
  unauthorised: [401, 'authentication_error', `invalid x-api-key ${UPSTREAM_WORDS}`],
  'no-credit': [400, 'invalid_request_error', `Your credit balance is too low. ${UPSTREAM_WORDS}`],
  'bad-request': [400, 'invalid_request_error', UPSTREAM_WORDS],
  'too-long': [400, 'invalid_request_error', `prompt is too long: 250000 tokens > 200000 maximum. ${UPSTREAM_WORDS}`],
  filtered: [400, 'invalid_request_error', `Output blocked by content filtering policy. ${UPSTREAM_WORDS}`],
  'no-model': [404, 'not_found_error', UPSTREAM_WORDS],
  'server-error': [500, 'api_error', UPSTREAM_WORDS],
};
const STOPS = { end: 'end_turn', tools: 'tool_use', length: 'max_tokens', filter: 'refusal' } as const;

function error(status: number, type: string, message: string): WireReply {
  return json(status, { type: 'error', error: { type, message }, request_id: 'req_1' });
}

function blocksOf(scene: Scene): Array<Record<string, unknown>> {
  const { reasoning, text, toolCalls = [], cites } = scene;
  return [
    ...(reasoning ? [{ type: 'thinking', thinking: reasoning.text, signature: reasoning.signature ?? 'sig' }] : []),
    ...(text ? [{ type: 'text', text: text.join(''), citations: cites ? cites.map(citation) : null }] : []),
    ...toolCalls.map(({ id, name, json: input }) => ({ type: 'tool_use', id, name, input })),
  ];
}

function citation({ document, start, end }: NonNullable<Scene['cites']>[number]) {
  return {
    ...{ type: 'char_location', document_index: document, document_title: null, file_id: null, cited_text: '…' },
    ...{ start_char_index: start, end_char_index: end },
  };
}

function usageOf({ usage }: Scene) {
  const { input = 12, cached = 0, written = 0, output = 5, reasoning = 0 } = usage ?? {};
  return {
    input_tokens: input - cached - written,
    cache_read_input_tokens: cached,
    cache_creation_input_tokens: written,
    cache_creation: { ephemeral_5m_input_tokens: written, ephemeral_1h_input_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { thinking_tokens: reasoning },
  };
}

function head(request: { body: Record<string, unknown> }) {
  return { id: 'msg_1', type: 'message', role: 'assistant', model: request.body.model, stop_sequence: null };
}

const frame = (event: Record<string, unknown>) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;

export const anthropicWire: Wire = {
  name: 'anthropic',
  basePath: '',
  streamType: 'text/event-stream; charset=utf-8',
  refuse(request) {
    const { headers, path, body } = request;
    // The SDK sends the key as a bearer token since 1.0.
    if (!headers['x-api-key'] && !/^Bearer \S+/.test(headers.authorization ?? ''))
      return error(401, 'authentication_error', 'x-api-key header is required');
    if (!headers['anthropic-version'])
      return error(400, 'invalid_request_error', 'anthropic-version: header is required');
    const counts = path.startsWith('/v1/messages/count_tokens');
    if (!counts && path !== '/v1/messages') return error(404, 'not_found_error', 'Not found');
    if (!has(request, 'model', 'messages')) return error(400, 'invalid_request_error', 'messages: Field required');
    if (!counts && !has(request, 'max_tokens'))
      return error(400, 'invalid_request_error', 'max_tokens: Field required');
    const messages = body.messages as Array<{ role: string; content: unknown }>;
    if (messages[0]?.role !== 'user')
      return error(400, 'invalid_request_error', 'messages: first message must use the user role');
    const blocks = messages.flatMap(({ content }) => (Array.isArray(content) ? content : [])) as Array<{
      type: string;
      text?: string;
      citations?: { enabled: boolean };
    }>;
    if (blocks.some(({ type, text }) => type === 'text' && text === '')) {
      return error(400, 'invalid_request_error', 'messages: text content blocks must be non-empty');
    }
    const format = (body.output_config as { format?: unknown } | undefined)?.format;
    if (format && blocks.some(({ citations }) => citations?.enabled)) {
      return error(400, 'invalid_request_error', 'citations cannot be enabled with output_config.format');
    }
    return undefined;
  },
  wantsStream: ({ body }) => body.stream === true,
  whole(scene, request) {
    const content = blocksOf(scene).map((block) =>
      block.type === 'tool_use' ? { ...block, input: JSON.parse(String(block.input) || '{}') } : block,
    );
    const stop_reason = STOPS[scene.stop ?? 'end'];
    return json(200, { ...head(request), content, stop_reason, usage: usageOf(scene) });
  },
  frames(scene, request) {
    const usage = usageOf(scene);
    const frames = [
      frame({
        type: 'message_start',
        message: { ...head(request), content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } },
      }),
      frame({ type: 'ping' }),
    ];
    for (const [index, block] of blocksOf(scene).entries()) {
      const delta = (one: Record<string, unknown>) => frame({ type: 'content_block_delta', index, delta: one });
      if (block.type === 'thinking') {
        frames.push(
          frame({
            type: 'content_block_start',
            index,
            content_block: { type: 'thinking', thinking: '', signature: '' },
          }),
        );
        frames.push(delta({ type: 'thinking_delta', thinking: block.thinking }));
        frames.push(delta({ type: 'signature_delta', signature: block.signature }));
      } else if (block.type === 'text') {
        frames.push(frame({ type: 'content_block_start', index, content_block: { type: 'text', text: '' } }));
        for (const text of scene.text ?? []) frames.push(delta({ type: 'text_delta', text }));
        for (const one of scene.cites ?? []) frames.push(delta({ type: 'citations_delta', citation: citation(one) }));
      } else {
        frames.push(frame({ type: 'content_block_start', index, content_block: { ...block, input: {} } }));
        const input = String(block.input);
        const half = Math.ceil(input.length / 2);
        for (const partial_json of [input.slice(0, half), input.slice(half)])
          frames.push(delta({ type: 'input_json_delta', partial_json }));
      }
      frames.push(frame({ type: 'content_block_stop', index }));
    }
    const { output_tokens, output_tokens_details } = usage;
    return [
      ...frames,
      frame({
        type: 'message_delta',
        delta: { stop_reason: STOPS[scene.stop ?? 'end'], stop_sequence: null },
        usage: { output_tokens, output_tokens_details },
      }),
      frame({ type: 'message_stop' }),
    ];
  },
  errorFrame: () => frame({ type: 'error', error: { type: 'overloaded_error', message: UPSTREAM_WORDS } }),
  fault: (fault) => error(...ERRORS[fault]),
  other({ path }) {
    return path.startsWith('/v1/messages/count_tokens') ? json(200, { input_tokens: COUNTED_TOKENS }) : undefined;
  },
};
