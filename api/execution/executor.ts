/**
 * Runs one operation. Root fields are answered by three parties: generated reads by one read plan, introspection by
 * graphql-js on the public schema, verbs by graphql-jit on a schema copy of the executor's own.
 */
import {
  type DocumentNode,
  type ExecutionResult,
  execute as executeIntrospection,
  type FieldNode,
  GraphQLError,
  type GraphQLObjectType,
  type GraphQLSchema,
  getArgumentValues,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import type { GraphStore } from '#graph-schema';
import { type Clock, type Logger } from '#platform';
import { apiError } from '../errors.ts';
import type { Services } from '../ports/services.ts';
import type { Uploads } from '../ports/uploads.ts';
import type { ApiModel } from '../schema/model.ts';
import type { EventHub } from '../subscriptions/hub.ts';
import { analyse, findOperation, type PreparedRoots, prepareRoots } from './analysis.ts';
import type { Fragments } from './collect.ts';
import type { CompileInput } from './compile.ts';
import type { ExecutionContext, RequestContext } from './context.ts';
import { executableSchema, type Stripped, stripGenerated } from './executable-schema.ts';
import { type OperationLimits, OperationMeter } from './limits.ts';
import { LruMap } from './lru.ts';
import { toGraphQLError } from './mask.ts';
import { type CompiledReads, compileReads, runReads } from './reads.ts';
import { Subtrees } from './subtrees.ts';
import { meterVerbs } from './verb-cost.ts';

export interface ExecutorOptions {
  readonly schema: GraphQLSchema;
  readonly model: ApiModel;
  readonly store: GraphStore;
  readonly services: Services;
  readonly uploads: Uploads;
  readonly hub: EventHub;
  readonly limits: OperationLimits;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly forgetTokens: () => void;
  readonly onOperation?: (seen: {
    readonly operation: 'query' | 'mutation' | 'subscription';
    readonly cost: number;
    readonly durationMs: number;
    readonly failed: boolean;
  }) => void;
}

export interface OperationRequest {
  readonly document: DocumentNode;
  readonly operationName?: string | null;
  readonly variables?: Record<string, unknown> | null;
  /** Identifies the document's text; without one nothing is cached. */
  readonly queryHash?: string;
  readonly context: RequestContext;
}

/** An operation that was run before, by what identifies it. */
export type RepeatedRequest = Required<Pick<OperationRequest, 'queryHash' | 'operationName' | 'variables' | 'context'>>;

/** The bytes of the whole answer, or where they could not be written, the answer. */
export type RepeatedAnswer = { readonly bytes: Buffer } | { readonly result: ExecutionResult };

/** Time for an operation as a whole, or for each call below one that lasts (a subscription). */
export interface TimeAllowed {
  readonly per: 'operation' | 'call';
  readonly ms: number;
}

type JitQuery = ReturnType<typeof compileQuery> & {
  query: (root: unknown, context: unknown, variables: unknown) => unknown;
};

const VARIABLES_KEPT = 4_096;
/** What the store gets beyond its own deadline to say so itself. */
const READ_GRACE_MS = 250;

export class OperationExecutor {
  readonly executable: GraphQLSchema;
  readonly #options: ExecutorOptions;
  readonly #reads = new LruMap<string, CompiledReads>(1_000);
  readonly #verbs = new LruMap<string, { readonly query: JitQuery['query']; readonly stripped: Stripped }>(500);
  readonly #introspection = new LruMap<string, ExecutionResult>(8);

  constructor(options: ExecutorOptions) {
    this.#options = options;
    this.executable = executableSchema(options.schema, options.model);
  }

  async execute(request: OperationRequest): Promise<ExecutionResult> {
    const analysed = analyse(request.document);
    const operation = findOperation(analysed, request.operationName);
    if (operation instanceof GraphQLError) return { errors: [operation] };
    const meter = new OperationMeter(this.#options.limits);
    const answer = await this.#counted(operation.operation, meter, () =>
      this.#run(request, operation, analysed.fragments, meter),
    );
    return answer.result;
  }

  /**
   * Answers what needs no more than its compiled reads: the document was found valid and within the limits when they
   * were made. Undefined where they are not at hand; then nothing was done.
   */
  repeat(request: RepeatedRequest): Promise<RepeatedAnswer> | undefined {
    const key = this.#cacheKey(request);
    const known = key === undefined ? undefined : this.#reads.get(key);
    if (!known) return undefined;
    return this.#counted('query', known, async () => {
      const { bytes, result } = await this.#answerReads(known, request, true);
      return { bytes, result, cost: known.cost };
    }).then(({ bytes, result }) => (bytes ? { bytes } : { result }));
  }

  async #counted<T extends { readonly result: ExecutionResult; readonly cost: number }>(
    operation: 'query' | 'mutation' | 'subscription',
    metered: { readonly cost: number },
    run: () => Promise<T>,
  ): Promise<T | { bytes?: undefined; result: ExecutionResult }> {
    const { clock, logger, onOperation } = this.#options;
    const started = clock.now();
    let failed = true;
    let cost = 0;
    try {
      const answer = await run();
      cost = answer.cost;
      failed = (answer.result.errors?.length ?? 0) > 0;
      return answer;
    } catch (error) {
      return { result: { errors: [toGraphQLError(error, logger, { whole: true })] } };
    } finally {
      onOperation?.({ operation, cost: cost || metered.cost, durationMs: clock.now() - started, failed });
    }
  }

  /** A context for resolvers: of a verb's operation, or of a subscription. */
  context(request: RequestContext, time: TimeAllowed, compile: CompileInput, stripped: Stripped): ExecutionContext {
    const { schema, store, services, uploads, hub, logger, clock, forgetTokens } = this.#options;
    const end = clock.now() + time.ms;
    const left = () => (time.per === 'call' ? time.ms : Math.max(1, end - clock.now()));
    const limits = () => ({ signal: request.signal, timeoutMs: left() });
    const { principal } = request;
    const subtrees = new Subtrees({ compile, originals: stripped.originals, store, principal, limits });
    // Arguments by the specification (defaults within input objects included), which the JIT does not follow.
    const rootArguments = (typeName: string, fieldName: string, start: number) =>
      getArgumentValues(
        (schema.getType(typeName) as GraphQLObjectType).getFields()[fieldName]!,
        stripped.originals.get(start)!,
        compile.variables as Record<string, unknown>,
      );
    return { principal, store, services, uploads, hub, logger, limits, subtrees, rootArguments, forgetTokens };
  }

  async #run(
    request: OperationRequest,
    operation: OperationDefinitionNode,
    fragments: Fragments,
    meter: OperationMeter,
  ): Promise<{ result: ExecutionResult; cost: number }> {
    const key = this.#cacheKey(request);
    const known = key === undefined ? undefined : this.#reads.get(key);
    if (known) return { result: (await this.#answerReads(known, request)).result, cost: known.cost };

    const { schema, model } = this.#options;
    const roots = prepareRoots(operation, { schema, model, fragments, variables: request.variables, meter });
    if (!('reads' in roots)) return { result: { errors: roots }, cost: 0 };
    const compile: CompileInput = { schema, model, fragments, variables: roots.variables, meter };
    if (roots.introspection.size === 0 && roots.verbs.size === 0 && roots.typename.length === 0) {
      const reads = compileReads(roots.reads, compile);
      if (key !== undefined) this.#reads.set(key, reads);
      return { result: (await this.#answerReads(reads, request)).result, cost: reads.cost };
    }
    return { result: await this.#answerMixed(request, operation, roots, compile), cost: meter.cost };
  }

  #cacheKey(request: Omit<OperationRequest, 'document'>): string | undefined {
    if (request.queryHash === undefined) return undefined;
    const variables = request.variables ? JSON.stringify(request.variables) : '';
    if (variables.length > VARIABLES_KEPT) return undefined;
    return `${request.queryHash} ${request.operationName ?? ''} ${variables}`;
  }

  async #answerReads(
    reads: CompiledReads,
    { context }: Pick<OperationRequest, 'context'>,
    asBytes = false,
  ): Promise<{ readonly bytes?: Buffer; readonly result: ExecutionResult }> {
    const { store, model, logger, limits } = this.#options;
    const { principal, signal } = context;
    const timeoutMs = limits.readTimeoutMs;
    const running = runReads(reads, { store, principal, model, asBytes }, { timeoutMs, signal });
    const { bytes, data, missing } = await within(running, timeoutMs + READ_GRACE_MS);
    if (missing.length === 0) return { bytes, result: { data } };
    return {
      result: { data, errors: missing.map(({ key, error }) => toGraphQLError(error, logger, { path: [key] })) },
    };
  }

  async #answerMixed(
    request: OperationRequest,
    operation: OperationDefinitionNode,
    roots: PreparedRoots,
    compile: CompileInput,
  ): Promise<ExecutionResult> {
    const parts: Array<Promise<ExecutionResult> | ExecutionResult> = [];
    if (roots.verbs.size > 0) meterVerbs(operation.operation, roots.verbs, compile);
    const reads = roots.reads.size > 0 ? compileReads(roots.reads, compile) : undefined;
    if (roots.introspection.size > 0) parts.push(this.#answerIntrospection(request, operation, roots));
    if (reads) parts.push(this.#answerReads(reads, request).then(({ result }) => result));
    if (roots.verbs.size > 0) parts.push(this.#answerVerbs(request, operation, roots, compile));
    const results = await Promise.all(parts);
    const errors = results.flatMap((result) => result.errors ?? []);
    const whole = results.find((result) => !result.data);
    if (whole) return { ...(whole.data === null ? { data: null } : {}), errors };
    const merged: Record<string, unknown> = {};
    const rootName = this.#options.schema.getRootType(operation.operation)!.name;
    for (const key of roots.typename) merged[key] = rootName;
    for (const result of results) Object.assign(merged, result.data);
    const data = Object.fromEntries(roots.keys.map((key) => [key, merged[key]]));
    return errors.length > 0 ? { data, errors } : { data };
  }

  async #answerIntrospection(
    request: OperationRequest,
    operation: OperationDefinitionNode,
    roots: PreparedRoots,
  ): Promise<ExecutionResult> {
    const key = this.#cacheKey(request);
    const known = key === undefined ? undefined : this.#introspection.get(key);
    if (known) return known;
    const result = await executeIntrospection({
      schema: this.#options.schema,
      document: withRoots(request.document, operation, roots.introspection),
      operationName: operation.name?.value,
      variableValues: request.variables ?? {},
    });
    if (key !== undefined) this.#introspection.set(key, result);
    return result;
  }

  async #answerVerbs(
    request: OperationRequest,
    operation: OperationDefinitionNode,
    roots: PreparedRoots,
    compile: CompileInput,
  ): Promise<ExecutionResult> {
    const { limits, logger, schema, model } = this.#options;
    const starts = [...roots.verbs.values()].flatMap((fields) => fields.map((field) => field.loc?.start ?? 0));
    const key =
      request.queryHash === undefined
        ? undefined
        : `${request.queryHash} ${operation.name?.value ?? ''} ${starts.join(' ')}`;
    let compiled = key === undefined ? undefined : this.#verbs.get(key);
    if (!compiled) {
      const stripped = stripGenerated(withRoots(request.document, operation, roots.verbs), schema, model);
      const jit = compileQuery(this.executable, stripped.document, operation.name?.value ?? '', {
        disableLeafSerialization: false,
      });
      if (!isCompiledQuery(jit)) return { errors: jit.errors };
      compiled = { query: jit.query as JitQuery['query'], stripped };
      if (key !== undefined) this.#verbs.set(key, compiled);
    }
    const context = this.context(
      request.context,
      { per: 'operation', ms: limits.verbTimeoutMs },
      compile,
      compiled.stripped,
    );
    const running = compiled.query({}, context, roots.variables) as Promise<ExecutionResult> | ExecutionResult;
    const result = await within(running, limits.verbTimeoutMs);
    if (!result.errors) return result;
    const errors = result.errors.map((error) => toGraphQLError(error, logger, { path: error.path }));
    return { ...result, errors };
  }
}

/** The document with these root fields only, fragments at the root expanded. */
function withRoots(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  roots: ReadonlyMap<string, FieldNode[]>,
): DocumentNode {
  const selections = [...roots.values()].flat().map((field) => ({ ...field, directives: [] }));
  const cut: OperationDefinitionNode = { ...operation, selectionSet: { kind: Kind.SELECTION_SET, selections } };
  const rest = document.definitions.filter((definition) => definition.kind !== Kind.OPERATION_DEFINITION);
  return { kind: Kind.DOCUMENT, definitions: [cut, ...rest] };
}

/** Errors: KAZE_API_TIMEOUT. What was begun goes on; its own part bounds it. */
async function within<T>(work: Promise<T> | T, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        apiError('KAZE_API_TIMEOUT', `the operation did not end within ${timeoutMs} ms; look later what became of it`, {
          fields: { timeoutMs },
        }),
      );
    }, timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
