import {
  COUNTED_TOKENS,
  type Fault,
  json,
  type Scene,
  UPSTREAM_WORDS,
  VECTOR,
  type Wire,
  type WireReply,
} from '../scene.ts';

const ERRORS: Readonly<Record<Fault, readonly [code: number, status: string, message: string, details?: unknown[]]>> = {
  'rate-limit': [
    429,
    'RESOURCE_EXHAUSTED',
    UPSTREAM_WORDS,
    [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '7s' }],
  ],
  overloaded: [503, 'UNAVAILABLE', UPSTREAM_WORDS],
  unauthorised: [
    400,
    'INVALID_ARGUMENT',
    UPSTREAM_WORDS,
    [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }],
  ],
  'no-credit': [429, 'RESOURCE_EXHAUSTED', `Your prepayment credits are depleted. ${UPSTREAM_WORDS}`],
  'bad-request': [400, 'INVALID_ARGUMENT', UPSTREAM_WORDS],
  'too-long': [
    400,
    'INVALID_ARGUMENT',
    `The input token count (2000000) exceeds the maximum number of tokens allowed (1048576). ${UPSTREAM_WORDS}`,
  ],
  filtered: [200, 'BLOCKED', ''],
  'no-model': [404, 'NOT_FOUND', UPSTREAM_WORDS],
  'server-error': [500, 'INTERNAL', UPSTREAM_WORDS],
};
const STOPS = { end: 'STOP', tools: 'STOP', length: 'MAX_TOKENS', filter: 'SAFETY' } as const;

function error(code: number, status: string, message: string, details: unknown[] = []): WireReply {
  return json(code, { error: { code, message, status, details } });
}

function usageOf({ usage }: Scene) {
  const { input = 12, cached = 0, output = 5, reasoning = 0 } = usage ?? {};
  return {
    ...{ promptTokenCount: input, cachedContentTokenCount: cached, candidatesTokenCount: output - reasoning },
    ...{ thoughtsTokenCount: reasoning, totalTokenCount: input + output },
  };
}

function partsOf({ reasoning, text = [], toolCalls = [] }: Scene): unknown[] {
  return [
    ...(reasoning ? [{ text: reasoning.text, thought: true, thoughtSignature: reasoning.signature ?? 'sig' }] : []),
    ...text.map((one) => ({ text: one })),
    // Arguments that are no JSON cannot be written on this wire: Google says so in the reason to stop.
    ...toolCalls.flatMap(({ id, name, json: args }) =>
      parses(args) ? [{ functionCall: { id, name, args: JSON.parse(args) } }] : [],
    ),
  ];
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function stopOf({ stop = 'end', toolCalls = [] }: Scene): string {
  return toolCalls.some((call) => !parses(call.json)) ? 'MALFORMED_FUNCTION_CALL' : STOPS[stop];
}

const frame = (chunk: unknown) => `data: ${JSON.stringify(chunk)}\r\n\r\n`;

export const googleWire: Wire = {
  name: 'google',
  basePath: '',
  streamType: 'text/event-stream',
  refuse({ headers, path, body }) {
    if (!headers['x-goog-api-key']) return error(403, 'PERMISSION_DENIED', 'Method doesn’t allow unregistered callers');
    const generates = /:(streamG|g)enerateContent/.test(path);
    if (generates && !Array.isArray(body.contents)) return error(400, 'INVALID_ARGUMENT', 'contents is not specified');
    const contents = (body.contents ?? []) as Array<{ role?: string; parts?: unknown[] }>;
    if (contents.some(({ parts }) => !parts || parts.length === 0))
      return error(400, 'INVALID_ARGUMENT', 'contents.parts must not be empty');
    return undefined;
  },
  wantsStream: ({ path }) => path.includes(':streamGenerateContent'),
  whole(scene, { path }) {
    return json(200, {
      candidates: [{ content: { role: 'model', parts: partsOf(scene) }, finishReason: stopOf(scene), index: 0 }],
      ...{ usageMetadata: usageOf(scene), modelVersion: path },
    });
  },
  frames(scene) {
    const { promptTokenCount } = usageOf(scene);
    const frames = partsOf(scene).map((part) =>
      frame({
        candidates: [{ content: { role: 'model', parts: [part] }, index: 0 }],
        usageMetadata: { promptTokenCount },
      }),
    );
    const last = { content: { role: 'model', parts: [{ text: '' }] }, finishReason: stopOf(scene), index: 0 };
    return [...frames, frame({ candidates: [last], usageMetadata: usageOf(scene) })];
  },
  errorFrame: () => frame({ error: { code: 503, status: 'UNAVAILABLE', message: UPSTREAM_WORDS } }),
  fault(fault) {
    if (fault === 'filtered')
      return json(200, {
        promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
        usageMetadata: { promptTokenCount: 3 },
      });
    return error(...ERRORS[fault]);
  },
  other({ path, body }) {
    if (path.includes(':countTokens')) return json(200, { totalTokens: COUNTED_TOKENS });
    if (!path.includes(':batchEmbedContents') && !path.includes(':embedContent')) return undefined;
    const requests = (body.requests ?? [body]) as unknown[];
    return json(200, { embeddings: requests.map(() => ({ values: VECTOR })) });
  },
};
