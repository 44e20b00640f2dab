import type {
  Content,
  GenerateContentConfig,
  GenerateContentParameters,
  Part as GooglePart,
  Tool,
} from '@google/genai';
import { type Message, type Part, type ProviderSignature, partsOf, textOf } from '../../../domain/messages.ts';
import type { CompleteRequest } from '../../../domain/request.ts';
import type { ProviderCall } from '../../../ports/provider.ts';
import { NumberedDocuments } from '../translation/numbered.ts';
import { said, samplingOf, stopsFor } from '../translation/sampling.ts';

/** More are refused. */
const MOST_STOPS = 5;

export interface GoogleRequest extends GenerateContentParameters {
  readonly contents: Content[];
}

export function requestOf(call: ProviderCall, signal: AbortSignal): GoogleRequest {
  const { model, maxOutputTokens, responseSchema, tools = [] } = call;
  const system = call.messages.filter(({ role }) => role === 'system').map(textOf);
  return {
    model: model.name,
    contents: contentsOf(call.messages),
    config: {
      abortSignal: signal,
      maxOutputTokens,
      // Kaze calls tools itself, and continues by itself.
      automaticFunctionCalling: { disable: true },
      automaticContinuation: false,
      ...(system.length > 0 ? { systemInstruction: system.join('\n\n') } : {}),
      ...said({ ...samplingOf(call), stopSequences: stopsFor(call, MOST_STOPS) }),
      ...(tools.length > 0 ? { tools: [toolsOf(tools)], toolConfig: toolConfigOf(call.toolChoice) } : {}),
      ...(responseSchema ? { responseMimeType: 'application/json', responseJsonSchema: responseSchema.schema } : {}),
      ...thinkingOf(call),
    },
  };
}

/** What the user says, and results of tools, alternate with what the model said. */
export function contentsOf(messages: readonly Message[]): Content[] {
  const documents = new NumberedDocuments();
  const contents: Array<{ role: string; parts: GooglePart[] }> = [];
  for (const message of messages) {
    if (message.role === 'system') continue;
    const role = message.role === 'assistant' ? 'model' : 'user';
    const parts = partsOf(message).flatMap((part) => partOf(part, documents));
    const last = contents.at(-1);
    if (last?.role === role) last.parts.push(...parts);
    else if (parts.length > 0) contents.push({ role, parts });
  }
  return contents;
}

function partOf(part: Part, documents: NumberedDocuments): GooglePart[] {
  switch (part.type) {
    case 'text':
      return part.text === '' && !part.signature ? [] : [{ text: part.text, ...signed(part.signature) }];
    case 'document':
      return [{ text: documents.text(part) }];
    case 'image':
      return 'url' in part.source
        ? [{ fileData: { fileUri: part.source.url, mimeType: part.mediaType } }]
        : [{ inlineData: { data: part.source.data, mimeType: part.mediaType } }];
    case 'tool-call':
      return [
        { functionCall: { id: part.id, name: part.name, args: { ...part.arguments } }, ...signed(part.signature) },
      ];
    case 'tool-result':
      return [
        {
          functionResponse: {
            ...{ id: part.callId, name: part.name },
            response: part.isError ? { error: part.content } : { output: part.content },
          },
        },
      ];
    case 'reasoning':
      if (part.signature?.provider !== 'google') return [];
      return [{ text: part.text, thought: true, ...signed(part.signature) }];
  }
}

function signed(signature: ProviderSignature | undefined): Pick<GooglePart, 'thoughtSignature'> {
  return signature?.provider === 'google' ? { thoughtSignature: signature.value } : {};
}

export function toolsOf(tools: NonNullable<CompleteRequest['tools']>): Tool {
  return {
    functionDeclarations: tools.map(({ name, description, parameters }) => ({
      ...{ name, description, parametersJsonSchema: parameters },
    })),
  };
}

type Calling = NonNullable<NonNullable<GenerateContentConfig['toolConfig']>['functionCallingConfig']>;
/** The SDK's enums are values of its package, which is loaded only when it is called. */
const MODES = { auto: 'AUTO', required: 'ANY', none: 'NONE' } as unknown as Record<string, Calling['mode']>;

function toolConfigOf(choice: CompleteRequest['toolChoice'] = 'auto'): GenerateContentConfig['toolConfig'] {
  const named = typeof choice === 'object';
  return {
    functionCallingConfig: {
      mode: MODES[named ? 'required' : choice],
      ...(named ? { allowedFunctionNames: [choice.tool] } : {}),
    },
  };
}

type Thinking = NonNullable<GenerateContentConfig['thinkingConfig']>;
const LEVELS = { none: 'MINIMAL', low: 'LOW', medium: 'MEDIUM', high: 'HIGH' } as unknown as Record<
  string,
  Thinking['thinkingLevel']
>;

function thinkingOf({ reasoning, model }: ProviderCall): Pick<GenerateContentConfig, 'thinkingConfig'> {
  if (reasoning === undefined || !model.capabilities.reasoning) return {};
  return { thinkingConfig: { thinkingLevel: LEVELS[reasoning], includeThoughts: reasoning !== 'none' } };
}
