/**
 * Generated fields below a verb's result. A verb hands out references (type and id); everything that a client asks
 * about them, for all references of one step together, is one read plan.
 */
import type { FieldNode } from 'graphql';
import type { GraphStore, Principal, ReadConnection, ReadNode, RootRead, Selection } from '#graph-schema';
import { apiError } from '../errors.ts';
import { selectionsOf } from './collect.ts';
import { type CompileInput, Compiler, SelectionBuilder } from './compile.ts';
import type { Shaper } from './shape.ts';

/** What a verb returns where its payload shows a node. */
export class NodeRef {
  constructor(
    readonly type: string,
    readonly id: string,
  ) {}
}

/** A reference, or nothing where there is none. */
export const refTo = (type: string, id: string | null | undefined): NodeRef | null =>
  id ? new NodeRef(type, id) : null;

interface Compiled {
  readonly type: string;
  readonly select: Selection;
  readonly shape: Shaper<ReadNode>;
}

interface Waiting {
  readonly id: string;
  readonly compiled: Compiled;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

export interface SubtreeOptions {
  readonly compile: CompileInput;
  /** Field nodes of the document by where they begin: what runs is a document without these selections. */
  readonly originals: ReadonlyMap<number, FieldNode>;
  readonly store: GraphStore;
  readonly principal: Principal;
  readonly limits: () => { readonly timeoutMs: number; readonly signal: AbortSignal };
}

export class Subtrees {
  readonly #options: SubtreeOptions;
  readonly #compiler: Compiler;
  readonly #compiled = new Map<string, Compiled>();
  #waiting: Waiting[] = [];

  constructor(options: SubtreeOptions) {
    this.#options = options;
    this.#compiler = new Compiler(options.compile);
  }

  /** The node as the selection shows it; null when it is not there for this principal. */
  load(ref: NodeRef, fieldNodes: readonly FieldNode[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      try {
        this.#waiting.push({ id: ref.id, compiled: this.#compile(ref, fieldNodes), resolve, reject });
      } catch (error) {
        reject(error as Error);
        return;
      }
      // After the promises of this turn, so that all items of a list, and siblings, share one plan.
      if (this.#waiting.length === 1) setImmediate(() => void this.#dispatch());
    });
  }

  #compile(ref: NodeRef, fieldNodes: readonly FieldNode[]): Compiled {
    const starts = fieldNodes.map((node) => node.loc?.start ?? -1);
    const key = `${ref.type} ${starts.join(' ')}`;
    const known = this.#compiled.get(key);
    if (known) return known;
    const type = this.#options.compile.model.types.get(ref.type);
    if (!type) throw new Error(`a verb refers to a ${ref.type}, which the API does not show`);
    const originals = starts.map((start, at) => this.#options.originals.get(start) ?? fieldNodes[at]!);
    const builder = new SelectionBuilder();
    builder.property('id');
    const shape = this.#compiler.node(type, selectionsOf(originals), builder, { count: 1, depth: 1 });
    const compiled = { type: ref.type, select: builder.build(), shape };
    this.#compiled.set(key, compiled);
    return compiled;
  }

  async #dispatch(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    try {
      const groups = new Map<Compiled, Map<string, Waiting[]>>();
      for (const item of batch) {
        const ids = groups.get(item.compiled) ?? new Map<string, Waiting[]>();
        groups.set(item.compiled, ids);
        ids.set(item.id, [...(ids.get(item.id) ?? []), item]);
      }
      const roots: RootRead[] = [];
      const answer: Array<(result: Record<string, unknown>) => void> = [];
      for (const [compiled, byId] of groups) {
        for (const ids of chunks([...byId.keys()], 1_000)) {
          const key = `_${roots.length}`;
          roots.push(rootFor(key, compiled, ids));
          answer.push((result) => settle(result[key], compiled, ids, byId));
        }
      }
      const result = await this.#options.store.read(this.#options.principal, { roots }, this.#options.limits());
      for (const give of answer) give(result);
    } catch (error) {
      for (const item of batch) item.reject(error);
    }
  }
}

function rootFor(key: string, compiled: Compiled, ids: readonly string[]): RootRead {
  const find =
    ids.length === 1
      ? ({ by: 'id', id: ids[0]! } as const)
      : ({ by: 'page', page: { where: { id: { in: ids } }, first: ids.length } } as const);
  return { key, node: compiled.type, find, select: compiled.select };
}

function settle(
  value: unknown,
  compiled: Compiled,
  ids: readonly string[],
  byId: ReadonlyMap<string, Waiting[]>,
): void {
  const nodes = new Map<string, ReadNode>();
  if (ids.length === 1) {
    if (value) nodes.set(ids[0]!, value as ReadNode);
  } else {
    for (const node of (value as ReadConnection).nodes) nodes.set(String(node.id), node);
  }
  for (const id of ids) {
    const node = nodes.get(id);
    for (const item of byId.get(id)!) {
      try {
        item.resolve(node === undefined ? null : compiled.shape(node));
      } catch (error) {
        item.reject(error);
      }
    }
  }
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const out: T[][] = [];
  for (let at = 0; at < items.length; at += size) out.push(items.slice(at, at + size));
  return out;
}

/** For a payload's promise that a node is there, when it is not (any more, or not for this principal). */
export function notThere(ref: NodeRef): Error {
  return apiError('KAZE_API_NOT_FOUND', `there is no ${ref.type} ${ref.id.slice(0, 64)}`, {
    fields: { type: ref.type, id: ref.id.slice(0, 64) },
  });
}
