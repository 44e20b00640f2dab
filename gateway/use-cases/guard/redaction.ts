import type { FindingKind } from '#platform';
import type { Json, JsonObject } from '../../domain/json.ts';
import { type DocumentPart, documentsOf, type Message, type Part } from '../../domain/messages.ts';
import type { CompleteRequest } from '../../domain/request.ts';
import type { Citation } from '../../domain/response.ts';
import type { ProviderCompletion, ProviderDelta } from '../../ports/provider.ts';

/** Finds what is to be taken out of a text: in order, none overlapping another. */
export type FindPrivate = (text: string) => ReadonlyArray<{ kind: FindingKind; start: number; end: number }>;

const NAME = /\[[A-Z]+_\d+\]/g;
/** The end of a piece of a stream that may be the beginning of a name. */
const OPEN_NAME = /\[[A-Z]{0,20}(?:_\d{0,9})?$/;

/** Puts names such as `[EMAIL_1]` in place of private words in one request, and the words back into its answer. */
export class Redaction {
  private readonly names = new Map<string, string>();
  private readonly words = new Map<string, string>();
  private readonly counts = new Map<FindingKind, number>();

  constructor(
    private readonly original: CompleteRequest,
    private readonly find: FindPrivate,
  ) {}

  /** The request without private words; how many different ones there were is `size`. */
  request(): CompleteRequest {
    for (const text of textsOf(this.original.messages)) {
      // A name that the caller wrote stays what it is.
      for (const [name] of text.matchAll(NAME)) this.words.set(name, name);
    }
    return { ...this.original, messages: this.original.messages.map((message) => this.message(message)) };
  }

  get size(): number {
    return this.names.size;
  }

  restore(text: string): string {
    return text.replace(NAME, (name) => this.words.get(name) ?? name);
  }

  completion(answer: ProviderCompletion): ProviderCompletion {
    const { message, value } = answer;
    const content =
      typeof message.content === 'string'
        ? this.restore(message.content)
        : message.content.map((part) => {
            // A signed thought or text goes back to its provider as it came.
            if (part.type === 'tool-call') return { ...part, arguments: this.json(part.arguments) as JsonObject };
            return part.type === 'text' ? { ...part, text: this.restore(part.text) } : part;
          });
    return {
      ...answer,
      message: { ...message, content },
      text: this.restore(answer.text),
      toolCalls: answer.toolCalls.map((call) => ({ ...call, arguments: this.json(call.arguments) as JsonObject })),
      citations: answer.citations.map((citation) => this.citation(citation)),
      value: value === undefined ? undefined : this.json(value),
    };
  }

  /**
   * Holds back the end of a piece while it may be the beginning of a name, and calls of tools until they are whole.
   * Thoughts stay as they came: a signed one must go back so.
   */
  async *stream(deltas: AsyncIterable<ProviderDelta>): AsyncGenerator<ProviderDelta> {
    let held = '';
    for await (const delta of deltas) {
      if (delta.type === 'tool-call-start' || delta.type === 'tool-call-json') {
        // Something came: who waits for the next piece waits on.
        yield { type: 'unshown', text: '' };
        continue;
      }
      if (held !== '' && delta.type !== 'usage' && delta.type !== 'text') {
        yield { type: 'text', text: held };
        held = '';
      }
      if (delta.type === 'text') {
        const text = this.restore(held + delta.text);
        held = OPEN_NAME.exec(text)?.[0] ?? '';
        const whole = text.slice(0, text.length - held.length);
        if (whole !== '') yield { type: 'text', text: whole };
      } else if (delta.type === 'tool-call') {
        yield { type: 'tool-call', call: { ...delta.call, arguments: this.json(delta.call.arguments) as JsonObject } };
      } else if (delta.type === 'citation') {
        yield { type: 'citation', citation: this.citation(delta.citation) };
      } else if (delta.type === 'finish') {
        yield { type: 'finish', completion: this.completion(delta.completion) };
      } else {
        yield delta;
      }
    }
  }

  private message(message: Message): Message {
    const { content } = message;
    if (typeof content === 'string') return { ...message, content: this.take(content) } as Message;
    return { ...message, content: content.map((part: Part) => this.part(part)) } as Message;
  }

  private part(part: Part): Part {
    if (part.type === 'text') return { ...part, text: this.take(part.text) };
    if (part.type === 'document') {
      const { title, source } = part;
      return {
        ...{ ...part, text: this.take(part.text) },
        ...(title === undefined ? {} : { title: this.take(title) }),
        ...(source === undefined ? {} : { source: this.take(source) }),
      };
    }
    if (part.type === 'tool-call') return { ...part, arguments: this.taken(part.arguments) as JsonObject };
    return part.type === 'tool-result' ? { ...part, content: this.taken(part.content) } : part;
  }

  /** A text without private words. */
  take(text: string): string {
    let at = 0;
    let out = '';
    for (const { kind, start, end } of this.find(text)) {
      if (start < at) continue;
      out += text.slice(at, start) + this.nameOf(kind, text.slice(start, end));
      at = end;
    }
    return out + text.slice(at);
  }

  private nameOf(kind: FindingKind, words: string): string {
    const known = this.names.get(words);
    if (known) return known;
    let name: string;
    do {
      const count = (this.counts.get(kind) ?? 0) + 1;
      this.counts.set(kind, count);
      name = `[${kind.toUpperCase()}_${count}]`;
    } while (this.words.has(name));
    this.names.set(words, name);
    this.words.set(name, words);
    return name;
  }

  private taken(value: Json): Json {
    return mapStrings(value, (text) => this.take(text));
  }

  private json(value: Json): Json {
    return mapStrings(value, (text) => this.restore(text));
  }

  /** Places count in the document as the caller has it. */
  private citation(citation: Citation): Citation {
    const quote = this.restore(citation.quote);
    const document: DocumentPart | undefined = documentsOf(this.original.messages)[citation.number - 1];
    const start = document?.text.indexOf(quote) ?? -1;
    const title = citation.title === null ? null : this.restore(citation.title);
    if (start < 0) return { ...citation, title, quote };
    return { ...citation, title, quote, start, end: start + quote.length };
  }
}

function mapStrings(value: Json, map: (text: string) => string): Json {
  if (typeof value === 'string') return map(value);
  if (Array.isArray(value)) return value.map((one: Json) => mapStrings(one, map));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, mapStrings(one as Json, map)]));
}

function* textsOf(messages: readonly Message[]): Generator<string> {
  for (const { content } of messages) yield typeof content === 'string' ? content : JSON.stringify(content);
}
