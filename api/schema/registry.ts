/**
 * The classes that stand for generated GraphQL types. type-graphql finds a type by its class; hand-written payloads
 * name a generated type by `generated('Task')`, which is looked up while a schema is being built.
 */
export type TypeClass = new () => object;

export interface TypeRegistry {
  readonly node: TypeClass;
  readonly types: ReadonlyMap<string, TypeClass>;
  readonly enums: ReadonlyMap<string, object>;
}

let building: TypeRegistry | undefined;

/** Runs one synchronous build with these classes as the generated ones. */
export function withRegistry<T>(registry: TypeRegistry, build: () => T): T {
  const before = building;
  building = registry;
  try {
    return build();
  } finally {
    building = before;
  }
}

function current(): TypeRegistry {
  if (!building) throw new Error('generated types are known only while a schema is built');
  return building;
}

/** For `@Field(() => generated('Task'))`: the class of a node type. */
export function generated(name: string): TypeClass {
  const found = current().types.get(name);
  if (!found) throw new Error(`a verb shows ${name}, which no definition declares (or which is internal)`);
  return found;
}

/** For `@Field(() => nodeInterface())`: any node. */
export const nodeInterface = (): TypeClass => current().node;

/** For `@Field(() => generatedEnum('TaskState'))`. */
export function generatedEnum(name: string): object {
  const found = current().enums.get(name);
  if (!found) throw new Error(`no generated enum ${name}`);
  return found;
}

/** A class with a name of its own, as type-graphql's decorators expect. */
export function namedClass(name: string): TypeClass {
  return { [name]: class {} }[name] as TypeClass;
}
