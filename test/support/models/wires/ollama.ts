import { type Fault, has, json, type Scene, UPSTREAM_WORDS, VECTOR, type Wire, type WireReply } from '../scene.ts';

const ERRORS: Readonly<Record<Fault, readonly [status: number, message: string]>> = {
  'rate-limit': [429, UPSTREAM_WORDS],
  overloaded: [503, `server busy, please try again. maximum pending requests exceeded ${UPSTREAM_WORDS}`],
  unauthorised: [401, `unauthorized ${UPSTREAM_WORDS}`],
  'no-credit': [402, UPSTREAM_WORDS],
  'bad-request': [400, UPSTREAM_WORDS],
  'too-long': [400, `the input length exceeds the context length ${UPSTREAM_WORDS}`],
  filtered: [400, UPSTREAM_WORDS],
  'no-model': [404, `model "x" not found, try pulling it first ${UPSTREAM_WORDS}`],
  'server-error': [500, UPSTREAM_WORDS],
};
const STOPS = { end: 'stop', tools: 'stop', length: 'length', filter: 'stop' } as const;

function error(status: number, message: string): WireReply {
  return json(status, { error: message });
}

function endOf(scene: Scene) {
  const { input = 12, output = 5 } = scene.usage ?? {};
  return {
    done: true,
    done_reason: STOPS[scene.stop ?? 'end'],
    prompt_eval_count: input,
    eval_count: output,
    total_duration: 1,
  };
}

function callsOf({ toolCalls }: Scene) {
  // Arguments that are no JSON stay the text that the model wrote.
  const read = (text: string): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  };
  return toolCalls?.map(({ name, json: args }) => ({ function: { name, arguments: read(args) } }));
}

const frame = (chunk: unknown) => `${JSON.stringify(chunk)}\n`;

export const ollamaWire: Wire = {
  name: 'ollama',
  basePath: '',
  streamType: 'application/x-ndjson',
  refuse(request) {
    if (request.path === '/api/tags') return undefined;
    if (!has(request, 'model')) return error(400, 'model is required');
    if (request.path === '/api/chat' && !has(request, 'messages')) return error(400, 'messages is required');
    return undefined;
  },
  // Ollama streams unless it is told not to.
  wantsStream: ({ body }) => body.stream !== false,
  whole(scene, { body }) {
    const tool_calls = callsOf(scene);
    const message = {
      ...{ role: 'assistant', content: scene.text?.join('') ?? '' },
      ...(scene.reasoning ? { thinking: scene.reasoning.text } : {}),
      ...(tool_calls ? { tool_calls } : {}),
    };
    return json(200, { model: body.model, created_at: '2026-11-22T00:00:00Z', message, ...endOf(scene) });
  },
  frames(scene, { body }) {
    const chunk = (message: Record<string, unknown>) =>
      frame({
        model: body.model,
        created_at: '2026-11-22T00:00:00Z',
        message: { role: 'assistant', content: '', ...message },
        done: false,
      });
    return [
      ...(scene.reasoning ? [chunk({ thinking: scene.reasoning.text })] : []),
      ...(scene.text ?? []).map((content) => chunk({ content })),
      ...(callsOf(scene) ?? []).map((call) => chunk({ tool_calls: [call] })),
      frame({ model: body.model, message: { role: 'assistant', content: '' }, ...endOf(scene) }),
    ];
  },
  errorFrame: () => frame({ error: UPSTREAM_WORDS }),
  fault: (fault) => error(...ERRORS[fault]),
  other({ path, body }) {
    if (path === '/api/tags')
      return json(200, {
        models: [
          { name: 'llama3.2:3b', model: 'llama3.2:3b' },
          { name: 'nomic-embed-text', model: 'nomic-embed-text' },
        ],
      });
    if (path === '/api/show') {
      const embeds = String(body.model).includes('embed');
      return json(200, {
        capabilities: embeds ? ['embedding'] : ['completion', 'tools', 'vision', 'thinking'],
        model_info: embeds
          ? { 'nomic-bert.context_length': 2_048, 'nomic-bert.embedding_length': VECTOR.length }
          : { 'llama.context_length': 131_072 },
      });
    }
    if (path !== '/api/embed') return undefined;
    const input = body.input as string[];
    return json(200, {
      model: body.model,
      embeddings: input.map(() => VECTOR),
      prompt_eval_count: 7,
      total_duration: 1,
      load_duration: 1,
    });
  },
};
