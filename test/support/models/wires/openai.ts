import {
  type Fault,
  has,
  json,
  type Scene,
  UPSTREAM_WORDS,
  VECTOR,
  type Wire,
  type WireReply,
  type WireRequest,
} from '../scene.ts';

const ERRORS: Readonly<Record<Fault, readonly [status: number, type: string, code: string | null]>> = {
  'rate-limit': [429, 'requests', 'rate_limit_exceeded'],
  overloaded: [503, 'server_error', 'server_overloaded'],
  unauthorised: [401, 'invalid_request_error', 'invalid_api_key'],
  'no-credit': [429, 'insufficient_quota', 'insufficient_quota'],
  'bad-request': [400, 'invalid_request_error', null],
  'too-long': [400, 'invalid_request_error', 'context_length_exceeded'],
  filtered: [400, 'invalid_request_error', 'content_policy_violation'],
  'no-model': [404, 'invalid_request_error', 'model_not_found'],
  'server-error': [500, 'server_error', null],
};
const STOPS = { end: 'stop', tools: 'tool_calls', length: 'length', filter: 'content_filter' } as const;

function error(status: number, type: string, code: string | null, message = UPSTREAM_WORDS): WireReply {
  return json(status, { error: { message, type, param: null, code } });
}

function usageOf({ usage }: Scene) {
  const { input = 12, cached = 0, written = 0, output = 5, reasoning = 0 } = usage ?? {};
  return {
    ...{ prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
    prompt_tokens_details: { cached_tokens: cached, cache_write_tokens: written },
    completion_tokens_details: { reasoning_tokens: reasoning },
  };
}

const frame = (chunk: unknown) => `data: ${JSON.stringify(chunk)}\n\n`;

/** Without the version that Azure puts behind it. */
const pathOf = ({ path }: WireRequest) => path.split('?')[0]!;

export const openAiWire: Wire = {
  name: 'openai',
  basePath: '/v1',
  streamType: 'text/event-stream',
  refuse(request) {
    const { headers, body } = request;
    const path = pathOf(request);
    if (!/^Bearer \S+/.test(headers.authorization ?? '') && !headers['api-key']) {
      return error(401, 'invalid_request_error', null, 'You did not provide an API key');
    }
    if (path.endsWith('/models')) return undefined;
    if (path.endsWith('/embeddings'))
      return has(request, 'model', 'input') ? undefined : error(400, 'invalid_request_error', null);
    if (!path.endsWith('/chat/completions')) return error(404, 'invalid_request_error', 'unknown_url');
    if (!has(request, 'model', 'messages')) return error(400, 'invalid_request_error', 'missing_required_parameter');
    if (body.max_tokens !== undefined && String(body.model).startsWith('gpt-5')) {
      return error(400, 'invalid_request_error', 'unsupported_parameter');
    }
    // Since 5.6 also where nothing is said of it.
    if (body.tools && String(body.model).startsWith('gpt-5.6') && body.reasoning_effort !== 'none') {
      return error(400, 'invalid_request_error', null, 'Function tools with reasoning_effort are not supported');
    }
    if (body.temperature !== undefined && String(body.model).startsWith('gpt-5')) {
      return error(400, 'invalid_request_error', 'unsupported_value');
    }
    return undefined;
  },
  wantsStream: ({ body }) => body.stream === true,
  whole(scene, { body }) {
    const tool_calls = scene.toolCalls?.map(({ id, name, json: args }) => ({
      id,
      type: 'function',
      function: { name, arguments: args },
    }));
    const content = scene.text?.join('') ?? null;
    const message = {
      ...{ role: 'assistant', content, refusal: null },
      ...(tool_calls ? { tool_calls } : {}),
      ...(scene.reasoning ? { reasoning_content: scene.reasoning.text } : {}),
    };
    return json(200, {
      ...{ id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: body.model, usage: usageOf(scene) },
      choices: [{ index: 0, message, logprobs: null, finish_reason: STOPS[scene.stop ?? 'end'] }],
    });
  },
  frames(scene, { body }) {
    const chunk = (delta: unknown, finish_reason: string | null = null) =>
      frame({
        ...{ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: body.model },
        choices: [{ index: 0, delta, logprobs: null, finish_reason }],
      });
    const frames = [chunk({ role: 'assistant', content: '' })];
    if (scene.reasoning) frames.push(chunk({ reasoning_content: scene.reasoning.text }));
    for (const content of scene.text ?? []) frames.push(chunk({ content }));
    for (const [index, { id, name, json: args }] of (scene.toolCalls ?? []).entries()) {
      frames.push(chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] }));
      const half = Math.ceil(args.length / 2);
      for (const piece of [args.slice(0, half), args.slice(half)])
        frames.push(chunk({ tool_calls: [{ index, function: { arguments: piece } }] }));
    }
    frames.push(chunk({}, STOPS[scene.stop ?? 'end']));
    const { include_usage } = (body.stream_options ?? {}) as { include_usage?: boolean };
    if (include_usage)
      frames.push(frame({ id: 'chatcmpl-1', object: 'chat.completion.chunk', choices: [], usage: usageOf(scene) }));
    return [...frames, 'data: [DONE]\n\n'];
  },
  errorFrame: () => frame({ error: { message: UPSTREAM_WORDS, type: 'server_error', code: 'server_overloaded' } }),
  fault: (fault) => error(...ERRORS[fault]),
  other(request) {
    const { body } = request;
    const path = pathOf(request);
    if (path.endsWith('/models'))
      return json(200, { object: 'list', data: [{ id: 'local-1', object: 'model', created: 1, owned_by: 'x' }] });
    if (!path.endsWith('/embeddings')) return undefined;
    const input = body.input as string[];
    const data = input.map((_, index) => ({ object: 'embedding', index, embedding: VECTOR })).reverse();
    return json(200, { object: 'list', data, model: body.model, usage: { prompt_tokens: 7, total_tokens: 7 } });
  },
};
