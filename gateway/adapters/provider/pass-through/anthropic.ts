import type { StopReason, Usage } from '../../../domain/response.ts';
import type { ProviderCall } from '../../../ports/provider.ts';
import { MOST_STOPS, requestOf } from '../anthropic/request.ts';
import { STOP_REASONS, usageOf } from '../anthropic/tables.ts';
import { factsOf, UpstreamFailure } from '../translation/upstream.ts';
import type { PassThrough } from './forwarder.ts';
import { stopsItself } from './stops.ts';
import { checkArguments, parseObject, speak, type Tell, type Verdict, type WireReader } from './wire-reader.ts';

const VERSION = '2023-06-01';

export function anthropicPassThrough({ baseUrl }: { baseUrl: string }): PassThrough {
  return {
    dialect: 'anthropic',
    request(call, stream) {
      if (!readsItself(call)) return undefined;
      const asked = requestOf(call);
      const { credential } = call;
      const headers: Record<string, string> = {
        'content-type': 'application/json',
        accept: stream ? 'text/event-stream' : 'application/json',
        'anthropic-version': VERSION,
        'user-agent': 'kaze',
      };
      if (credential) headers['x-api-key'] = credential.value;
      return {
        base: credential?.baseUrl ?? baseUrl,
        path: '/v1/messages',
        headers,
        body: JSON.stringify(stream ? { ...asked, stream: true } : asked),
      };
    },
    reader: () => new MessageReader(),
  };
}

/** Whether the vendor's words are the whole answer: nothing of it is checked or added here. */
function readsItself(call: ProviderCall): boolean {
  const { responseSchema, messages } = call;
  if (responseSchema || !stopsItself(call, MOST_STOPS)) return false;
  return !messages.some(
    ({ content }) => typeof content !== 'string' && content.some((part) => part.type === 'document'),
  );
}

interface Block {
  readonly type?: string;
  readonly text?: string;
  readonly thinking?: string;
  readonly data?: string;
  readonly name?: string;
  readonly input?: unknown;
}

interface Event {
  readonly type?: string;
  readonly index?: number;
  readonly message?: { readonly usage?: Parameters<typeof usageOf>[0] };
  readonly content_block?: Block;
  readonly delta?: Block & { readonly partial_json?: string; readonly stop_reason?: string | null };
  readonly usage?: Parameters<typeof usageOf>[0];
}

class MessageReader implements WireReader {
  usage: Partial<Usage> | undefined;
  stopReason: StopReason | undefined;
  private ending: string | undefined;
  private readonly tools = new Map<number, { name: string; json: string }>();

  whole(body: string, tell: Tell): void {
    const { content, stop_reason: reason, usage } = parseObject(body);
    this.countUsage(usage, tell);
    for (const block of Array.isArray(content) ? (content as Block[]) : []) {
      this.say(block, tell);
      if (block.type !== 'tool_use') continue;
      const json = JSON.stringify(block.input ?? {});
      checkArguments(block.name ?? '', json);
      tell.text(json);
    }
    if (typeof reason === 'string') this.stopReason = STOP_REASONS[reason] ?? 'end';
  }

  event(data: string, tell: Tell): Verdict {
    const event = parseObject(data) as Event;
    const { index = 0 } = event;
    switch (event.type) {
      case 'message_start':
        this.countUsage(event.message?.usage, tell);
        return 'pass';
      case 'content_block_start':
        if (event.content_block?.type === 'tool_use') {
          this.tools.set(index, { name: event.content_block.name ?? '', json: '' });
        }
        this.say(event.content_block ?? {}, tell);
        return 'pass';
      case 'content_block_delta': {
        const { partial_json: json } = event.delta ?? {};
        this.say(event.delta ?? {}, tell);
        const tool = this.tools.get(index);
        if (typeof json === 'string') {
          if (tool) tool.json += json;
          tell.text(json);
        }
        return 'pass';
      }
      case 'content_block_stop': {
        const tool = this.tools.get(index);
        if (tool) checkArguments(tool.name, tool.json);
        this.tools.delete(index);
        return 'pass';
      }
      case 'message_delta':
        if (event.delta?.stop_reason) this.ending = event.delta.stop_reason;
        this.countUsage(event.usage, tell);
        return 'hold';
      case 'message_stop':
        // Without it nothing says that the answer is whole, whatever came before.
        if (this.ending !== undefined) this.stopReason = STOP_REASONS[this.ending] ?? 'end';
        return 'hold';
      case 'error':
        throw new UpstreamFailure(factsOf(null, event));
      default:
        return this.ending === undefined ? 'pass' : 'hold';
    }
  }

  private say({ text, thinking, data, name }: Block, tell: Tell): void {
    speak(text, tell);
    speak(thinking, tell);
    speak(data, tell);
    speak(name, tell);
  }

  private countUsage(usage: unknown, tell: Tell): void {
    if (typeof usage !== 'object' || usage === null) return;
    this.usage = { ...this.usage, ...usageOf(usage as Parameters<typeof usageOf>[0]) };
    tell.usage();
  }
}
