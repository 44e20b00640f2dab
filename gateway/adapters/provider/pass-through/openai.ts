import type { Credential } from '../../../domain/credential.ts';
import type { StopReason, Usage } from '../../../domain/response.ts';
import type { ProviderCall } from '../../../ports/provider.ts';
import { type Dialect, fieldsOf, MOST_STOPS } from '../openai/request.ts';
import { STOP_REASONS, usageOf } from '../openai/tables.ts';
import { factsOf, UpstreamFailure } from '../translation/upstream.ts';
import type { PassThrough } from './forwarder.ts';
import { stopsItself } from './stops.ts';
import { checkArguments, parseObject, speak, type Tell, type Verdict, type WireReader } from './wire-reader.ts';

export function openAiPassThrough({ baseUrl, dialect }: { baseUrl: string; dialect: Dialect }): PassThrough {
  return {
    dialect: 'openai',
    request(call, stream) {
      if (call.credential?.azure || !readsItself(call)) return undefined;
      return {
        base: call.credential?.baseUrl ?? baseUrl,
        path: '/chat/completions',
        headers: headersOf(call.credential, stream),
        body: JSON.stringify(fieldsOf(call, dialect, stream)),
      };
    },
    reader: ({ includeUsage }) => new ChatReader(includeUsage),
  };
}

/** Whether the vendor's words are the whole answer: nothing of it is checked, cut or added here. */
function readsItself(call: ProviderCall): boolean {
  const { responseSchema, messages } = call;
  if (responseSchema || !stopsItself(call, MOST_STOPS)) return false;
  return !messages.some(
    ({ content }) => typeof content !== 'string' && content.some((part) => part.type === 'document'),
  );
}

function headersOf(credential: Credential | null, stream: boolean): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: stream ? 'text/event-stream' : 'application/json',
    'user-agent': 'kaze',
  };
  if (!credential) return headers;
  headers.authorization = `Bearer ${credential.value}`;
  if (credential.organisation) headers['openai-organization'] = credential.organisation;
  if (credential.project) headers['openai-project'] = credential.project;
  return headers;
}

interface Said {
  readonly content?: unknown;
  readonly refusal?: unknown;
  readonly reasoning_content?: unknown;
  readonly reasoning?: unknown;
  readonly tool_calls?: ReadonlyArray<{
    readonly index?: number;
    readonly function?: { readonly name?: string; readonly arguments?: string };
  }> | null;
}

interface Choice {
  readonly delta?: Said;
  readonly message?: Said;
  readonly finish_reason?: string | null;
}

class ChatReader implements WireReader {
  usage: Partial<Usage> | undefined;
  stopReason: StopReason | undefined;
  private tools: Map<number, { name: string; json: string }> | undefined;
  private refused = false;

  constructor(private readonly includeUsage: boolean) {}

  whole(body: string, tell: Tell): void {
    const answer = parseObject(body);
    this.countUsage(answer.usage, tell);
    const [choice] = (answer.choices as Choice[] | undefined) ?? [];
    if (!choice?.message) return;
    this.say(choice.message, tell);
    this.stop(choice.finish_reason);
  }

  event(data: string, tell: Tell): Verdict {
    if (data === '[DONE]') return 'hold';
    const chunk = parseObject(data);
    if (chunk.error) throw new UpstreamFailure(factsOf(null, chunk));
    const [choice] = (chunk.choices as Choice[] | undefined) ?? [];
    if (choice?.delta) this.say(choice.delta, tell);
    if (choice?.finish_reason) this.stop(choice.finish_reason);
    this.countUsage(chunk.usage, tell);
    if (!choice && chunk.usage && !this.includeUsage) return 'drop';
    return this.stopReason === undefined ? 'pass' : 'hold';
  }

  private say(said: Said, tell: Tell): void {
    // Written out, since it is done for every event.
    speak(said.content, tell);
    speak(said.refusal, tell);
    speak(said.reasoning_content, tell);
    speak(said.reasoning, tell);
    if (said.refusal) this.refused = true;
    if (!said.tool_calls) return;
    this.tools ??= new Map();
    for (const [place, { index = place, function: called }] of said.tool_calls.entries()) {
      const tool = this.tools.get(index) ?? { name: '', json: '' };
      this.tools.set(index, tool);
      if (called?.name) {
        tool.name = called.name;
        tell.text(called.name);
      }
      if (called?.arguments) {
        tool.json += called.arguments;
        tell.text(called.arguments);
      }
    }
  }

  private stop(reason: string | null | undefined): void {
    if (!reason) return;
    for (const { name, json } of this.tools?.values() ?? []) checkArguments(name, json);
    this.stopReason = this.refused ? 'content-filter' : (STOP_REASONS[reason] ?? 'end');
  }

  private countUsage(usage: unknown, tell: Tell): void {
    if (typeof usage !== 'object' || usage === null) return;
    this.usage = usageOf(usage as Parameters<typeof usageOf>[0]);
    tell.usage();
  }
}
