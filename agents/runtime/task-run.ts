import { Chunk, Entity, Knowledge, type NodePatch, Task, TaskStep, type UnitOfWork } from '#graph-schema';
import type { Clock, Logger } from '#platform';
import { agentError } from '../errors.ts';
import { stepId } from '../ids.ts';
import type { Json } from '../skills/handler.ts';
import type { Lease } from './lease.ts';
import type { TaskNode } from './nodes.ts';
import { WHY } from './telemetry.ts';

export interface TaskRunOptions {
  readonly lease: Lease;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Results of steps that earlier attempts finished, as JSON by name. */
  readonly kept: ReadonlyMap<string, string>;
}

export type UseKind = 'knowledge' | 'chunks' | 'entities';

/** How long onlookers wait for progress and cost when nothing else is written. */
const NOTES_PAUSE_MS = 400;
const MAX_PROGRESS = 500;
const USES = [
  { kind: 'knowledge', edge: 'usedKnowledge', definition: Knowledge },
  { kind: 'chunks', edge: 'usedChunks', definition: Chunk },
  { kind: 'entities', edge: 'usedEntities', definition: Entity },
] as const;

/**
 * One attempt while it runs: its kept steps, what it read, what it costs, and the one signal that ends it. Nothing is
 * written but through the lease.
 */
export class TaskRun {
  readonly lease: Lease;
  readonly logger: Logger;
  /** Model that answered last, `provider/model`. */
  model: string | null = null;
  readonly usedKnowledge = new Set<string>();
  readonly usedChunks = new Set<string>();
  readonly #clock: Clock;
  readonly #kept: Map<string, string>;
  readonly #names = new Set<string>();
  readonly #ending = new AbortController();
  readonly #usedEntities = new Set<string>();
  /** What is not joined with the task yet, by id. */
  readonly #unrecorded = new Map<string, UseKind>();
  #steps = 0;
  #openSteps = 0;
  #costMicros: number;
  /** What of it stands at the task. */
  #notedMicros: number;
  #progress: string | undefined;
  #flushing = false;

  constructor({ lease, clock, logger, kept }: TaskRunOptions) {
    this.lease = lease;
    this.logger = logger;
    this.#clock = clock;
    this.#kept = new Map(kept);
    this.#costMicros = lease.task.costMicros;
    this.#notedMicros = this.#costMicros;
  }

  get task(): TaskNode {
    return this.lease.task;
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  get costMicros(): number {
    return this.#costMicros;
  }

  get stepIds(): string[] {
    return [...this.#kept.keys()].map((name) => stepId(this.task.scope, this.task.id, name));
  }

  /** Ends the attempt; the first reason counts. */
  end(reason: Error): void {
    if (!this.signal.aborted) this.#ending.abort(reason);
  }

  /** Resolves or rejects with the work, or rejects with the reason as soon as the attempt is ended. */
  async untilEnded<T>(work: Promise<T>): Promise<T> {
    // How it ends is nobody's business once the attempt has ended, which it may have before the work began.
    work.catch(() => undefined);
    this.signal.throwIfAborted();
    let leave: () => void = () => {};
    const ended = new Promise<never>((_, reject) => {
      leave = () => reject(this.signal.reason);
      this.signal.addEventListener('abort', leave, { once: true });
    });
    try {
      return await Promise.race([work, ended]);
    } catch (error) {
      // What a library throws when its signal fires says less than why it fired.
      throw this.signal.aborted ? this.signal.reason : error;
    } finally {
      this.signal.removeEventListener('abort', leave);
    }
  }

  async step<T extends Json>(name: string, work: () => Promise<T>): Promise<T> {
    this.signal.throwIfAborted();
    if (this.#names.has(name)) {
      throw agentError('KAZE_TASK_STEP_NAME', `the step name "${name}" is used twice in the task ${this.task.id}`);
    }
    this.#names.add(name);
    this.#countStep();
    const kept = this.#kept.get(name);
    if (kept !== undefined) return JSON.parse(kept) as T;
    const result = JSON.stringify((await this.#inside(work)) ?? null);
    this.signal.throwIfAborted();
    const { id: task, scope } = this.task;
    const uses = [...this.#unrecorded.keys()];
    await this.lease.write(WHY.step, { steps: this.#steps, ...this.takeNotes() }, async (unit) => {
      unit.create(TaskStep, { id: stepId(scope, task, name), scope, task, name, result });
      await this.recordUses(unit, uses);
    });
    for (const id of uses) this.#unrecorded.delete(id);
    this.#kept.set(name, result);
    return JSON.parse(result) as T;
  }

  async #inside<T>(work: () => Promise<T>): Promise<T> {
    this.#openSteps += 1;
    try {
      return await work();
    } finally {
      this.#openSteps -= 1;
    }
  }

  /** Counts a call of a model or a part of the task, unless a step is open that it belongs to. Errors: KAZE_TASK_STEPS. */
  countOutsideSteps(): void {
    if (this.#openSteps === 0) this.#countStep();
  }

  #countStep(): void {
    this.#steps += 1;
    const { maxSteps, id } = this.task;
    if (this.#steps <= maxSteps) return;
    throw agentError('KAZE_TASK_STEPS', `the task ${id} may take ${maxSteps} steps and wanted one more`, {
      fields: { task: id, maxSteps },
    });
  }

  /**
   * Notes what the task has cost so far. It is written with the next step or the outcome, for onlookers after a while
   * at the latest: what was spent stands in the ledger, whose word an attempt after this one takes.
   */
  spent(costMicros: number): void {
    if (costMicros <= this.#costMicros) return;
    this.#costMicros = costMicros;
    this.#noteSoon();
  }

  used(kind: UseKind, ids: readonly string[]): void {
    const known = { knowledge: this.usedKnowledge, chunks: this.usedChunks, entities: this.#usedEntities }[kind];
    for (const id of ids) {
      if (known.has(id)) continue;
      known.add(id);
      this.#unrecorded.set(id, kind);
    }
  }

  /** Joins the task with what it read and what is still there. */
  async recordUses(unit: UnitOfWork, fresh: readonly string[] = [...this.#unrecorded.keys()]): Promise<void> {
    for (const { kind, edge, definition } of USES) {
      const ids = fresh.filter((id) => this.#unrecorded.get(id) === kind);
      for (let at = 0; at < ids.length; at += 500) {
        const there = await unit.list(definition, { where: { id: { in: ids.slice(at, at + 500) } }, limit: 500 });
        if (there.length > 0) unit.relate(Task, edge, this.task.id, idsOf(there));
      }
    }
  }

  progress(text: string): void {
    this.#progress = text.slice(0, MAX_PROGRESS);
    this.#noteSoon();
  }

  get #hasNotes(): boolean {
    return this.#progress !== undefined || this.#costMicros > this.#notedMicros;
  }

  #noteSoon(): void {
    if (this.#flushing || this.signal.aborted) return;
    this.#flushing = true;
    void this.#writeNotes().finally(() => {
      this.#flushing = false;
    });
  }

  async #writeNotes(): Promise<void> {
    try {
      while (this.#hasNotes && !this.signal.aborted) {
        await this.#clock.sleep(NOTES_PAUSE_MS, this.signal);
        if (this.#hasNotes) await this.lease.write(WHY.renew, this.takeNotes(), async () => {});
      }
    } catch (error) {
      // Notes are for onlookers; whatever is wrong here shows at the next step or renewal.
      if (!this.signal.aborted) this.logger.debug({ err: error, task: this.task.id }, 'progress was not written');
    }
  }

  /** Progress and cost that are not written yet, for a write that is to carry them. */
  takeNotes(): NodePatch<typeof Task> {
    const [progress, costMicros] = [this.#progress, this.#costMicros];
    this.#progress = undefined;
    const hasCost = costMicros > this.#notedMicros;
    this.#notedMicros = costMicros;
    return { ...(progress === undefined ? {} : { progress }), ...(hasCost ? { costMicros } : {}) };
  }
}

function idsOf(nodes: ReadonlyArray<{ readonly id: string }>): string[] {
  return nodes.map(({ id }) => id);
}
