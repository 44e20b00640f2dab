/**
 * What the verbs of the API need from the rest of Kaze, in the API's own words. `deploy/cell` fills each with the part
 * that does it. Every call names the principal for whom it is done; the implementations check rights through the graph
 * and throw KazeErrors. Ids that come back are read from the graph again under the same principal.
 */

import type { ChoiceReport } from '#gateway';
import type { Principal, Role } from '#graph-schema';
import type {
  AuditRecord,
  AuditVerification,
  JudgedFilter,
  Page,
  UsageDimension,
  UsageFilter,
  UsageRow,
  UsageSum,
} from '#platform';
import type { Upload } from './uploads.ts';

export interface CallLimits {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

export interface SubmitTask {
  readonly agent: string;
  readonly tenant: string;
  readonly skill: string;
  /** By name, plain values: text stays text, whatever it begins with. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Inputs whose value is the content of an uploaded file of this principal. */
  readonly files: ReadonlyArray<{ readonly input: string; readonly upload: Upload }>;
  /** A second submission with the same key gives the first task. */
  readonly idempotencyKey?: string;
  readonly goal?: string;
  readonly budgetMicros?: number;
  /** Epoch milliseconds. */
  readonly deadlineAt?: number;
  readonly maxAttempts?: number;
}

export interface TaskService {
  submit(principal: Principal, task: SubmitTask, limits: CallLimits): Promise<{ readonly task: string }>;
  cancel(principal: Principal, id: string, reason: string | undefined): Promise<{ readonly task: string }>;
  /** A new task with the same skill and inputs. */
  retry(principal: Principal, id: string): Promise<{ readonly task: string }>;
  /** Lets a task go on that was parked by a restore. */
  resume(principal: Principal, id: string): Promise<{ readonly task: string }>;
}

export interface AgentService {
  setPaused(
    principal: Principal,
    change: { readonly agent: string; readonly paused: boolean; readonly reason?: string },
  ): Promise<{ readonly agent: string }>;
}

/** Setting up clients, their agents and their people. Each a second time changes nothing. */
export interface ClientService {
  createTenant(
    principal: Principal,
    tenant: {
      readonly name: string;
      readonly title: string;
      readonly description?: string;
      readonly language?: string;
      readonly country?: string;
    },
  ): Promise<{ readonly tenant: string }>;
  bindAgent(
    principal: Principal,
    bind: { readonly template: string; readonly tenant: string; readonly name?: string },
  ): Promise<{ readonly agent: string }>;
  createPerson(
    principal: Principal,
    person: {
      readonly name: string;
      readonly email?: string;
      readonly role: Exclude<Role, 'agent'>;
      readonly tenant?: string;
    },
  ): Promise<{ readonly person: string }>;
}

export interface SkillPinTarget {
  /** Id or name. */
  readonly skill: string;
  /** Id of the agent that alone is concerned; all agents when left out. */
  readonly agent?: string;
  readonly reason?: string;
}

export interface SkillPinned {
  readonly skill: string;
  readonly agent: string | undefined;
  /** Id of the version that new tasks run. */
  readonly version: string;
}

/** Versions of skills. Tasks that are queued or running finish on theirs. */
export interface SkillService {
  diff(
    principal: Principal,
    wanted: { readonly skill: string; readonly from?: number; readonly to?: number },
  ): Promise<{
    /** Ids. */
    readonly skill: string;
    readonly from: string;
    readonly to: string;
    readonly changes: ReadonlyArray<{
      readonly part: string;
      readonly change: 'added' | 'removed' | 'changed';
      readonly name: string | null;
      readonly before: string | null;
      readonly after: string | null;
      readonly breaking: boolean;
    }>;
    readonly unified: string;
  }>;
  pin(principal: Principal, target: SkillPinTarget & { readonly version: number }): Promise<SkillPinned>;
  unpin(principal: Principal, target: SkillPinTarget): Promise<SkillPinned>;
  rollback(principal: Principal, target: SkillPinTarget): Promise<SkillPinned>;
}

export interface ApprovalService {
  /** `id` is an approval's or a task's. The first decision wins. */
  decide(
    principal: Principal,
    decision: {
      readonly id: string;
      readonly decision: 'approve' | 'edit' | 'reject';
      readonly reason?: string;
      /** For `edit`: the outputs as they shall be delivered. */
      readonly output?: Readonly<Record<string, unknown>>;
    },
  ): Promise<{ readonly approval: string; readonly task: string; readonly outcome: string }>;
}

export interface IngestSource {
  readonly tenant: string;
  readonly vertical?: string;
  /** Name of the folder or collection; sources with one name in two roots are two sources. */
  readonly root: string;
  /** Path within the root, as text. */
  readonly name: string;
  readonly upload: Upload;
}

export interface SourceService {
  /** Errors are per file: what cannot be read is kept as a failed source with its reason. */
  ingest(
    principal: Principal,
    source: IngestSource,
    limits: CallLimits,
  ): Promise<{
    readonly source: string;
    readonly change: 'created' | 'updated' | 'unchanged' | 'failed';
    readonly chunks: number;
    readonly entities: number;
    readonly knowledge: number;
  }>;
  /** Ends a complete run of a root: what it no longer has is retired, unless that is more than a fifth. */
  finishRoot(
    principal: Principal,
    run: {
      readonly tenant: string;
      readonly vertical?: string;
      readonly root: string;
      readonly names: readonly string[];
      readonly prune: boolean;
    },
    limits: CallLimits,
  ): Promise<{ readonly total: number; readonly missing: number; readonly retired: number; readonly held: boolean }>;
  /** Erases; a tombstone stays. */
  erase(principal: Principal, id: string, reason: string | undefined): Promise<{ readonly source: string }>;
}

export interface SearchService {
  /** Best first. Only what the principal may see. */
  search(
    principal: Principal,
    query: {
      readonly text: string;
      readonly tenant?: string;
      readonly vertical?: string;
      readonly types?: readonly ('Knowledge' | 'Chunk' | 'Entity' | 'Skill' | 'Outcome')[];
      readonly limit: number;
    },
    limits: CallLimits,
  ): Promise<
    ReadonlyArray<{
      readonly type: string;
      readonly id: string;
      /** 0..1, relative to the best hit. */
      readonly score: number;
      readonly reasons: readonly string[];
      readonly excerpt: string;
    }>
  >;
}

export interface ConversationService {
  /** One turn: the message is kept, then answered. */
  send(
    principal: Principal,
    message: {
      readonly text: string;
      readonly tenant?: string;
      readonly conversation?: string;
      readonly agent?: string;
      readonly channel: string;
      /** Files that were handed in before; without the name of an input the agent finds out what they are for. */
      readonly files: ReadonlyArray<{ readonly input?: string; readonly upload: Upload }>;
    },
    limits: CallLimits,
  ): Promise<{
    readonly conversation: string;
    readonly message: string;
    readonly reply?: string;
    readonly task?: string;
    /** The agent asked back and waits for the answer. */
    readonly clarifying: boolean;
  }>;
  ask(
    principal: Principal,
    question: { readonly text: string; readonly tenant?: string; readonly limit: number },
    limits: CallLimits,
  ): Promise<{
    /** False when the graph does not hold the answer. */
    readonly known: boolean;
    readonly answer: string;
    readonly model: string;
    readonly citations: ReadonlyArray<{ readonly number: number; readonly chunk: string; readonly quote: string }>;
    /** Knowledge that it rests on and that no passage of a source states. */
    readonly knowledge: ReadonlyArray<{ readonly number: number; readonly knowledge: string; readonly quote: string }>;
  }>;
}

export interface PathService {
  /** A shortest path within what the principal may see; undefined when there is none within the limits. */
  path(
    principal: Principal,
    ends: {
      readonly from: string;
      readonly to: string;
      readonly maxLength: number;
      readonly types?: readonly string[];
    },
    limits: CallLimits,
  ): Promise<
    | {
        readonly nodes: ReadonlyArray<{ readonly id: string; readonly label: string; readonly caption: string }>;
        readonly edges: ReadonlyArray<{ readonly type: string; readonly from: string; readonly to: string }>;
      }
    | undefined
  >;
}

export interface TokenInfo {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly ownerType: 'Person' | 'Agent';
  readonly role: Role;
  readonly tenant: string | null;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  readonly lastUsedAt: number | null;
}

export interface TokenService {
  /** The token itself is shown this once. */
  create(
    principal: Principal,
    token: {
      readonly name: string;
      readonly owner?: string;
      readonly ownerType: 'Person' | 'Agent';
      readonly role: Role;
      readonly tenant?: string;
      readonly expiresAt?: number;
    },
  ): Promise<{ readonly token: string; readonly info: TokenInfo }>;
  list(principal: Principal): Promise<readonly TokenInfo[]>;
  revoke(principal: Principal, id: string): Promise<TokenInfo>;
}

export interface AuditService {
  records(
    principal: Principal,
    filter: { scope?: string; subject?: string; actor?: string },
    page: Page,
  ): Promise<readonly AuditRecord[]>;
  verify(principal: Principal, limits: CallLimits): Promise<AuditVerification>;
}

export interface UsageService {
  sum(principal: Principal, filter: UsageFilter, by: readonly UsageDimension[]): Promise<readonly UsageSum[]>;
  /** Attempt by attempt, oldest first, with how many there are in all. */
  rows(
    principal: Principal,
    filter: UsageFilter,
    page: Page,
  ): Promise<{ readonly rows: readonly UsageRow[]; readonly total: number }>;
  /** Which models were chosen for what, and how it turned out. */
  choices(principal: Principal, filter: Omit<JudgedFilter, 'latest'>): Promise<readonly ChoiceReport[]>;
}

export interface CellCheck {
  readonly name: string;
  readonly ok: boolean;
  /** What it is or what is wrong; never a secret. */
  readonly detail: string;
}

export interface CellService {
  info(): Promise<{ readonly name: string; readonly version: string; readonly startedAt: number }>;
  /** What is configured and what is wrong. */
  doctor(principal: Principal): Promise<readonly CellCheck[]>;
}

export interface Services {
  readonly tasks: TaskService;
  readonly agents: AgentService;
  readonly skills: SkillService;
  readonly clients: ClientService;
  readonly approvals: ApprovalService;
  readonly sources: SourceService;
  readonly search: SearchService;
  readonly conversations: ConversationService;
  readonly paths: PathService;
  readonly tokens: TokenService;
  readonly audit: AuditService;
  readonly usage: UsageService;
  readonly cell: CellService;
}
