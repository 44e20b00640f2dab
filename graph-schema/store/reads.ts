import type { Principal } from '../access/principal.ts';
import type { NodeDefinition, NodeOf } from '../domain/definition.ts';
import type { GraphSchema } from '../domain/schema.ts';
import type { CypherParameters, CypherRow } from '../ports/graph-engine.ts';
import type { ListOptions, ReadOptions } from '../ports/graph-store.ts';
import { type CompiledRead, compileRead } from '../read/compile.ts';
import type { ReadConnection, ReadPlan, ReadResult } from '../read/plan.ts';
import { shapeResult } from '../read/shape.ts';
import { TextBuilder } from '../read/text.ts';
import type { Visibility } from '../read/where.ts';
import { GET } from './statements.ts';

/** Something that runs one text: the engine itself, or a transaction of it. */
export interface Reader {
  readonly schema: GraphSchema;
  run(text: string, parameters: CypherParameters): Promise<readonly CypherRow[]>;
}

const MAX_PUBLIC_PAGE = 1_000;
const MAX_LIST = 10_000;
const DEFAULT_LIST = 100;

/**
 * Texts by plan and reader, for as long as both live: the API keeps the plans of its operations and the principals of
 * its tokens. A plan never changes once it was read, so neither does its text.
 */
const publicTexts = new WeakMap<ReadPlan, WeakMap<Principal, CompiledRead & { readonly schema: GraphSchema }>>();

function publicText(schema: GraphSchema, principal: Principal, plan: ReadPlan): CompiledRead {
  let byPrincipal = publicTexts.get(plan);
  if (!byPrincipal) {
    byPrincipal = new WeakMap();
    publicTexts.set(plan, byPrincipal);
  }
  const known = byPrincipal.get(principal);
  if (known?.schema === schema) return known;
  const maxPage = principal.kind === 'system' ? MAX_LIST : MAX_PUBLIC_PAGE;
  const options = { visibility: 'public', maxPage } as const;
  const compiled = { ...compileRead(plan, new TextBuilder(schema, principal), options), schema };
  byPrincipal.set(principal, compiled);
  return compiled;
}

export async function readPlan(
  reader: Reader,
  principal: Principal,
  { plan, visibility, takeRow }: { plan: ReadPlan; visibility: Visibility; takeRow?: ReadOptions['takeRow'] },
): Promise<ReadResult> {
  if (plan.roots.length === 0) return {};
  const compiled =
    visibility === 'public'
      ? publicText(reader.schema, principal, plan)
      : compileRead(plan, new TextBuilder(reader.schema, principal), { visibility, maxPage: MAX_LIST });
  const [row] = await reader.run(compiled.text, compiled.parameters);
  if (takeRow?.(row!, compiled.shapes)) return {};
  return shapeResult(row!, compiled.shapes);
}

/** All properties of a type, internal ones included: for code, not for clients. */
function everything(reader: Reader, definition: NodeDefinition) {
  const names = Object.keys(reader.schema.type(definition.name).properties);
  return { properties: Object.fromEntries(names.map((name) => [name, name])) };
}

export async function readOne<D extends NodeDefinition>(
  { schema, run }: Reader,
  principal: Principal,
  definition: D,
  id: string,
): Promise<NodeOf<D> | undefined> {
  const text = new TextBuilder(schema, principal);
  const statement = GET(schema.type(definition.name), text.scope('n', definition));
  const [row] = await run(statement, { ...text.parameters, id });
  return row?.node as NodeOf<D> | undefined;
}

export async function readPage<D extends NodeDefinition>(
  reader: Reader,
  principal: Principal,
  definition: D,
  { where, orderBy, limit = DEFAULT_LIST }: ListOptions,
): Promise<Array<NodeOf<D>>> {
  const select = everything(reader, definition);
  const page = { where, orderBy, first: limit };
  const plan: ReadPlan = { roots: [{ key: 'page', node: definition.name, find: { by: 'page', page }, select }] };
  const result = await readPlan(reader, principal, { plan, visibility: 'all' });
  return (result.page as ReadConnection).nodes as unknown as Array<NodeOf<D>>;
}
