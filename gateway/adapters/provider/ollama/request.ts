import type { ChatRequest, Message as OllamaMessage, Tool as OllamaTool } from 'ollama';
import { type Message, partsOf } from '../../../domain/messages.ts';
import { modelError } from '../../../errors.ts';
import type { ProviderCall } from '../../../ports/provider.ts';
import { NumberedDocuments } from '../translation/numbered.ts';
import { said, samplingOf, stopsFor } from '../translation/sampling.ts';

/** As many as a call may name. */
const MOST_STOPS = 16;

/** Ollama takes no choice of tools: where none may be called none is offered, and one that must be stands alone. */
export function requestOf(call: ProviderCall): ChatRequest {
  const { model, maxOutputTokens, responseSchema, reasoning, toolChoice = 'auto' } = call;
  const documents = new NumberedDocuments();
  const { temperature, topP, topK, frequencyPenalty, presencePenalty, seed } = samplingOf(call);
  const tools = (call.tools ?? []).filter(
    ({ name }) => toolChoice !== 'none' && (typeof toolChoice === 'string' || toolChoice.tool === name),
  );
  return {
    model: model.name,
    messages: call.messages.flatMap((message) => messagesOf(message, documents)),
    options: {
      num_predict: maxOutputTokens,
      // Else Ollama cuts the prompt to some 4,096 tokens without a word.
      num_ctx: model.contextTokens,
      ...said({ temperature, top_p: topP, top_k: topK, seed, stop: stopsFor(call, MOST_STOPS) }),
      ...said({ frequency_penalty: frequencyPenalty, presence_penalty: presencePenalty }),
    },
    ...(tools.length > 0 ? { tools: tools.map(toolOf) } : {}),
    ...(responseSchema ? { format: { ...responseSchema.schema } } : {}),
    ...(reasoning && model.capabilities.reasoning ? { think: reasoning === 'none' ? false : reasoning } : {}),
  };
}

function messagesOf(message: Message, documents: NumberedDocuments): OllamaMessage[] {
  const texts: string[] = [];
  const images: string[] = [];
  const calls: NonNullable<OllamaMessage['tool_calls']> = [];
  const results: OllamaMessage[] = [];
  for (const part of partsOf(message)) {
    if (part.type === 'text') texts.push(part.text);
    else if (part.type === 'document') texts.push(documents.text(part));
    else if (part.type === 'image') images.push(imageData(part.source));
    else if (part.type === 'tool-call') calls.push({ function: { name: part.name, arguments: { ...part.arguments } } });
    else if (part.type === 'tool-result') {
      const content = typeof part.content === 'string' ? part.content : JSON.stringify(part.content);
      results.push({ role: 'tool', tool_name: part.name, content });
    }
  }
  if (message.role === 'tool') return results;
  return [
    {
      ...{ role: message.role, content: texts.join('\n\n') },
      ...(images.length > 0 ? { images } : {}),
      ...(calls.length > 0 ? { tool_calls: calls } : {}),
    },
  ];
}

function imageData(source: { readonly data: string } | { readonly url: string }): string {
  if ('data' in source) return source.data;
  throw modelError('KAZE_MODEL_BAD_REQUEST', 'Ollama fetches no images: give their data instead of an address');
}

function toolOf({ name, description, parameters }: NonNullable<ProviderCall['tools']>[number]): OllamaTool {
  return { type: 'function', function: { name, description, parameters: { ...parameters } } };
}
