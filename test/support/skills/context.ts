import { type Completion, NO_USAGE } from '#gateway';
import { silentLogger } from '#platform';
import { sourceOf } from '#platform/formats';
import type { SkillDefinition } from '../../../agents/definitions/index.ts';
import type {
  EarlierOutcome,
  EndedPart,
  Json,
  KnowledgeItem,
  KnownEntity,
  Passage,
  SkillContext,
  SkillInput,
  SkillModel,
  TaskPart,
  Team,
  WorkRecord,
} from '../../../agents/skills/handler.ts';

export const textInput = (text: string): SkillInput => ({ kind: 'text', text });
export const jsonInput = (value: Json): SkillInput => ({ kind: 'json', value });
export function fileInput(name: string, content: string | Uint8Array): SkillInput {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return { kind: 'file', name, bytes: bytes.length, open: () => sourceOf(name, bytes).bytes };
}

/** An answer of a model; what is not given is as from the offline one. */
export function completion(given: Partial<Completion> & { offline?: boolean; confidence?: number | null }): Completion {
  const { offline = true, confidence = null, ...rest } = given;
  const text = rest.text ?? '';
  return {
    message: { role: 'assistant', content: text },
    text,
    toolCalls: [],
    citations: [],
    value: undefined,
    stopReason: 'end',
    usage: { ...NO_USAGE, inputTokens: 1, outputTokens: 1 },
    metadata: {
      id: 'call-1',
      provider: offline ? 'offline' : 'hosted',
      model: offline ? 'extractive' : 'writer-1',
      offline,
      latencyMs: 1,
      firstTokenMs: null,
      confidence,
    },
    ...rest,
  };
}

export interface FakeContextOptions {
  readonly inputs: Readonly<Record<string, SkillInput>>;
  readonly passages?: readonly Passage[];
  readonly items?: readonly KnowledgeItem[];
  readonly entities?: readonly KnownEntity[];
  /** Default: the offline model with nothing to say. */
  readonly model?: SkillModel;
  readonly embed?: SkillContext['embed'];
  readonly earlier?: readonly EarlierOutcome[];
  readonly team?: Team;
  /** What was done within a time; nothing when left out. */
  readonly record?: (within: { readonly from: number; readonly to: number }) => Partial<WorkRecord>;
  readonly print?: SkillContext['print'];
  /** How a part ended; undefined: it is waited for. */
  readonly part?: (part: TaskPart) => (Partial<EndedPart> & Pick<EndedPart, 'state'>) | undefined;
  readonly fetchPages?: SkillContext['fetchPages'];
  readonly signal?: AbortSignal;
  readonly definition?: Partial<SkillDefinition>;
  /** Results of steps that an earlier attempt has taken. */
  readonly steps?: Map<string, Json>;
}

export interface FakeContext extends SkillContext {
  /** What was asked of knowledge, in order. */
  readonly asked: readonly string[];
  readonly requests: ReadonlyArray<Parameters<SkillModel>[0]>;
  readonly said: readonly string[];
  /** Parts that were asked for, in order. */
  readonly parts: readonly TaskPart[];
}

/** A task's surroundings without a cell. Steps run once by name, as the runtime promises. */
export function fakeSkillContext(options: FakeContextOptions): FakeContext {
  const asked: string[] = [];
  const requests: Array<Parameters<SkillModel>[0]> = [];
  const said: string[] = [];
  const parts: TaskPart[] = [];
  const steps = options.steps ?? new Map<string, Json>();
  const definition = {
    kind: 'skill',
    name: 'fake',
    description: '',
    inputs: [],
    toolsRequired: [],
    outputs: [],
    metrics: [],
    knowledgeDependencies: [],
    qualityCriteria: [],
    source: { file: 'fake.yaml', hash: '', form: 'flat' },
    positions: {},
    ...options.definition,
  } as SkillDefinition;
  return {
    task: { id: 'task-1', tenant: 'acme', attempt: 1 },
    agent: { id: 'agent-1', name: 'tester', role: 'Tester' },
    definition,
    inputs: options.inputs,
    knowledge: {
      async items() {
        return options.items ?? [];
      },
      async nearest(question, { limit }) {
        asked.push(question);
        return (options.items ?? []).slice(0, limit);
      },
      async passages(question, { limit = 10 } = {}) {
        asked.push(question);
        return (options.passages ?? []).slice(0, limit);
      },
      async entities(passages, { limit = 50, kinds } = {}) {
        const asked = (options.entities ?? [])
          .map((one) => ({ ...one, passages: one.passages.filter((id) => passages.includes(id)) }))
          .filter(({ passages: within, kind }) => within.length > 0 && (kinds?.includes(kind) ?? true));
        return asked.slice(0, limit);
      },
    },
    async model(request) {
      requests.push(request);
      return options.model ? options.model(request) : completion({ stopReason: 'unknown-answer' });
    },
    async earlier() {
      return options.earlier ?? [];
    },
    async team() {
      return options.team ?? { people: [], agents: [] };
    },
    async record(within) {
      const client = { id: 'tenant-1', title: 'Acme', language: 'en', country: 'GB' };
      return { client, tasks: [], open: [], knowledge: [], truncated: false, ...options.record?.(within) };
    },
    ...(options.print ? { print: options.print } : {}),
    async part(part) {
      parts.push(part);
      const ended = options.part?.(part);
      if (!ended) throw new Error(`waits for ${part.key}`);
      return {
        task: `part-${part.key}`,
        outputs: null,
        decidedBy: null,
        decidedAt: null,
        reason: null,
        errorCode: null,
        ...ended,
      };
    },
    parts,
    ...(options.embed ? { embed: options.embed } : {}),
    ...(options.fetchPages ? { fetchPages: options.fetchPages } : {}),
    clock: { now: () => Date.parse('2026-11-22T12:00:00Z') } as SkillContext['clock'],
    logger: silentLogger,
    signal: options.signal ?? new AbortController().signal,
    async step<T extends Json>(name: string, work: () => Promise<T>): Promise<T> {
      if (!steps.has(name)) steps.set(name, await work());
      return steps.get(name) as T;
    },
    progress: (text) => {
      said.push(text);
    },
    asked,
    requests,
    said,
  };
}
