import type { CompleteRequest, Completion } from '#gateway';
import type { Entity, NodeOf } from '#graph-schema';
import type { Clock, Logger } from '#platform';
import type { SkillDefinition } from '../definitions/index.ts';
import type { FetchResult } from '../ports/page-fetch.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** An input as the task was given it. A file is read as a stream and never by a path that a request named. */
export type SkillInput =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'json'; readonly value: Json }
  | { readonly kind: 'file'; readonly name: string; readonly bytes: number; open(): AsyncIterable<Uint8Array> };

export interface KnowledgeItem {
  readonly id: string;
  readonly path: string | null;
  readonly title: string;
  readonly text: string;
}

export interface Passage {
  /** Id of the Chunk. */
  readonly id: string;
  readonly text: string;
  readonly headings: readonly string[];
  readonly sourceId: string;
  readonly sourceName: string;
  readonly page: number | null;
  readonly line: number | null;
  /** 0 to 1 within one answer. */
  readonly score: number;
}

/** A person, organisation, place, product, amount or term of the graph, with the passages that speak of it. */
export interface KnownEntity {
  /** Id of the Entity. */
  readonly id: string;
  readonly name: string;
  readonly kind: NodeOf<typeof Entity>['kind'];
  readonly aliases: readonly string[];
  /** How sure it is that this is one, 0 to 1; null where it was not said. */
  readonly confidence: number | null;
  /** Ids of those passages, among the ones asked for, that speak of it. */
  readonly passages: readonly string[];
}

/** What an agent may read at work: everything it reads is recorded on the task as used. */
export interface SkillKnowledge {
  /** Present knowledge under the skill's and the agent's paths, or under the given ones as far as they allow. */
  items(paths?: readonly string[]): Promise<readonly KnowledgeItem[]>;
  /**
   * Of the same knowledge, at most `limit` items: the client's own first, then what the search index finds nearest to
   * the question.
   */
  nearest(question: string, options: { readonly limit: number }): Promise<readonly KnowledgeItem[]>;
  /** Passages of the client's sources (and shared knowledge) that fit a question, best first. */
  passages(question: string, options?: { readonly limit?: number }): Promise<readonly Passage[]>;
  /**
   * What these passages (the first 100 by id) speak of, as far as the agent may read it: those of most passages first, at
   * most `limit` (default 50, at most 200), of all kinds unless some are named. One read of the graph.
   */
  entities(
    passages: readonly string[],
    options?: { readonly limit?: number; readonly kinds?: ReadonlyArray<KnownEntity['kind']> },
  ): Promise<readonly KnownEntity[]>;
}

/** An outcome of the same skill that was delivered to the same client before. */
export interface EarlierOutcome {
  readonly id: string;
  readonly task: string;
  /** Epoch milliseconds. */
  readonly deliveredAt: number;
  /** As a person edited them, else as they were made. */
  readonly outputs: Readonly<Record<string, Json>>;
}

/** A model that a skill learned from the client's data; becomes a TrainedModel node beside the outcome. */
export interface TrainedModelResult {
  /** What it is for: the next delivered one of the same name and client supersedes it. */
  readonly name: string;
  /** How it is made, such as `logistic-regression`. */
  readonly kind: string;
  /** SHA-256 of its parameters, hex. */
  readonly hash: string;
  /** SHA-256 of the data that it was learned from, hex; several joined by `+`. */
  readonly dataHash: string;
  readonly rows: number;
  /** Rows of the outcome that it predicts. */
  readonly positives: number;
  /** YYYY-MM-DD, where the data have days. */
  readonly trainedFrom: string | null;
  readonly trainedTo: string | null;
  /** All that using it again needs. */
  readonly parameters: Json;
}

/** A part of a task that is a task of its own: by another skill of the same agent, or by a person (skill `to-do`). */
export interface TaskPart {
  /** Unique within the task; a resumed attempt finds the part again by it. */
  readonly key: string;
  readonly skill: string;
  readonly inputs: Readonly<Record<string, Json>>;
  /** Id of the person who alone is to decide about it, besides operators and admins. */
  readonly askedOf?: string;
  /** Epoch milliseconds; after it the part has failed. */
  readonly deadlineAt?: number;
  /** What the task says of itself while it waits. */
  readonly waiting?: string;
}

/** How a part ended. */
export interface EndedPart {
  readonly task: string;
  readonly state: 'delivered' | 'rejected' | 'failed' | 'cancelled';
  /** As a person edited them, else as they were made; null where it has none. */
  readonly outputs: Readonly<Record<string, Json>> | null;
  readonly decidedBy: { readonly id: string; readonly name: string } | null;
  /** Epoch milliseconds. */
  readonly decidedAt: number | null;
  readonly reason: string | null;
  readonly errorCode: string | null;
}

/** Who can be asked and given work within a client. */
export interface Team {
  readonly people: ReadonlyArray<{ readonly id: string; readonly name: string; readonly email: string | null }>;
  readonly agents: ReadonlyArray<{
    readonly name: string;
    readonly skills: ReadonlyArray<{
      readonly name: string;
      readonly description: string;
      readonly inputs: ReadonlyArray<{ readonly name: string; readonly type: string; readonly required: boolean }>;
    }>;
  }>;
}

/** A task as a report tells of it. Times are epoch milliseconds. */
export interface RecordedTask {
  readonly id: string;
  readonly skill: string;
  /** Name of the agent. */
  readonly agent: string | null;
  readonly state: string;
  /** Whether it is a part of another task. */
  readonly isPart: boolean;
  readonly createdAt: number;
  readonly finishedAt: number | null;
  readonly costMicros: number;
  readonly errorMessage: string | null;
  readonly outcome: {
    readonly id: string;
    readonly state: string;
    readonly summary: string;
    readonly deliveredAt: number | null;
    readonly evaluations: ReadonlyArray<{
      readonly id: string;
      readonly criterion: string;
      readonly passed: boolean;
      readonly skipped: boolean;
    }>;
    readonly approvals: ReadonlyArray<{
      readonly id: string;
      readonly state: string;
      readonly createdAt: number;
      readonly decidedAt: number | null;
      /** Name of the person. */
      readonly decidedBy: string | null;
    }>;
  } | null;
}

/** What the graph holds of a client's work within a time. */
export interface WorkRecord {
  readonly client: {
    readonly id: string;
    readonly title: string;
    /** BCP 47. */
    readonly language: string | null;
    /** ISO 3166-1 alpha-2. */
    readonly country: string | null;
  };
  /** Queued, ended or delivered within the time, oldest first; the asking task is not among them. At most 2,000. */
  readonly tasks: readonly RecordedTask[];
  /** What is not ended now, oldest first; at most 200. */
  readonly open: readonly RecordedTask[];
  /** The client's own knowledge that was recorded within the time and still holds; at most 500. */
  readonly knowledge: ReadonlyArray<{
    readonly id: string;
    readonly kind: string;
    readonly title: string;
    readonly recordedAt: number;
  }>;
  /** Whether a limit cut any of these. */
  readonly truncated: boolean;
}

/** A task that follows from an outcome which a person approved. */
export interface FollowUp {
  /** Unique within the outcome. */
  readonly key: string;
  /** Name of the agent; the one that made the outcome when left out. */
  readonly agent?: string;
  readonly skill: string;
  readonly inputs: Readonly<Record<string, Json>>;
  readonly askedOf?: string;
}

/** The gateway with this task's attribution, budget and cancellation filled in: the only way to a model. */
export type SkillModel = (request: Omit<CompleteRequest, 'attribution'>) => Promise<Completion>;

export interface SkillContext {
  readonly task: { readonly id: string; readonly tenant: string; readonly attempt: number };
  readonly agent: { readonly id: string; readonly name: string; readonly role: string };
  readonly definition: SkillDefinition;
  readonly inputs: Readonly<Record<string, SkillInput>>;
  readonly knowledge: SkillKnowledge;
  readonly model: SkillModel;
  /** What this skill delivered to the client before, newest first; at most 500, or fewer where asked for. */
  earlier(limit?: number): Promise<readonly EarlierOutcome[]>;
  team(): Promise<Team>;
  /** What was done for the task's own client within `from` (included) and `to` (not), epoch milliseconds. */
  record(within: { readonly from: number; readonly to: number }): Promise<WorkRecord>;
  /**
   * A page of HTML as PDF, of a printer that runs no script and reaches no network. Undefined where the cell has none.
   * Errors: KAZE_PRINTER_FAILED.
   */
  readonly print?: (html: string) => Promise<Uint8Array>;
  /**
   * Public web pages, of the hosts that the cell's settings allow and as their robots.txt does; each address gives a page
   * or why there is none. Undefined where the settings allow no host.
   */
  readonly fetchPages?: (urls: readonly string[]) => Promise<readonly FetchResult[]>;
  /**
   * Has a part of the task done by a task of its own and gives how it ended. While it has not, the attempt ends here
   * without being used up, the agent is free for other work, and the task is taken up again once its parts have ended,
   * after days and in whatever process. Errors: those of a submission.
   */
  part(part: TaskPart): Promise<EndedPart>;
  /** Unit-length vectors in the embedder's own languages; undefined where there is no embedder. */
  readonly embed?: (texts: readonly string[]) => Promise<readonly Float32Array[]>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /**
   * Runs the work once for this task: its result is kept in the graph, and a resumed attempt gets it without running the
   * work again. Names are unique within a task. Counts against the task's step limit.
   */
  step<T extends Json>(name: string, work: () => Promise<T>): Promise<T>;
  /** A few words for people who watch. */
  progress(text: string): void;
}

export interface SkillResult {
  /** The result in a few sentences, for the one who approves it. */
  readonly summary: string;
  /** By the names that the definition declares. */
  readonly outputs: Readonly<Record<string, Json>>;
  /** By name; each with a documented formula. Criteria may speak of them. */
  readonly metrics: Readonly<Record<string, number>>;
  /** What was missing, assumed or stood in for. */
  readonly notes: readonly string[];
  /** Ids of what it rests on, besides what was read through `knowledge`. */
  readonly citations?: {
    readonly knowledge?: readonly string[];
    readonly chunks?: readonly string[];
    readonly sources?: readonly string[];
  };
  /** The model behind the result, where one was learned. */
  readonly trained?: TrainedModelResult;
}

/** What a person made of an outcome when approving it. */
export interface EditedOutcome {
  readonly made: Readonly<Record<string, Json>>;
  /** As the person gave them, of the declared types. */
  readonly edited: Readonly<Record<string, Json>>;
  /** The node that stands for the decision, and the name of the person. */
  readonly approval: { readonly id: string; readonly by: string };
  readonly print?: SkillContext['print'];
  readonly logger: Logger;
}

/** Outputs to deliver, and notes beside those of the outcome. */
export interface Redrawn {
  readonly outputs: Readonly<Record<string, Json>>;
  readonly notes: readonly string[];
}

/** A skill that works without a hosted model. */
export interface SkillHandler {
  readonly skill: string;
  /** Raised when results change: part of what makes a new SkillVersion. */
  readonly revision: number;
  /** Which inputs stand in for which required tools, and what is missing then. */
  readonly standIns: Readonly<Record<string, { readonly inputs: readonly string[]; readonly lacks: string }>>;
  /** Metrics it returns, with the formula of each. */
  readonly metrics: Readonly<Record<string, string>>;
  /**
   * Looks at the inputs before the task is queued. Errors: coded ones of kind `caller` that name file, line and column.
   */
  check?(inputs: Readonly<Record<string, SkillInput>>): Promise<void>;
  run(context: SkillContext): Promise<SkillResult>;
  /**
   * Brings outputs that are forms of one another in line when a person edits one at approval. Runs before the decision is
   * written, which then has all forms or is not made; it may run again when that fails. Errors: coded ones of kind
   * `caller` that refuse the edit.
   */
  redraw?(outcome: EditedOutcome): Promise<Redrawn>;
  /** Tasks that follow once a person has approved (or edited and approved) the outcome; made once, under that person's rights. */
  followUps?(outputs: Readonly<Record<string, Json>>, team: Team): Promise<readonly FollowUp[]>;
}

export interface Verdict {
  readonly passed: boolean;
  readonly value?: number;
  readonly explanation: string;
  /** What would mend it, when it failed. */
  readonly remedy?: string;
}

/** A named check that `quality_criteria` may ask for. */
export interface Validator {
  readonly name: string;
  readonly describe: string;
  validate(result: SkillResult, context: Pick<SkillContext, 'definition' | 'inputs'>): Promise<Verdict>;
}
