import { Arg, ID, Query, Resolver } from 'type-graphql';
import { addListArguments, type buildObjects } from './objects.ts';
import { namedClass, type TypeClass } from './registry.ts';
import { DateTime } from './scalars.ts';

const AS_OF = 'What was held at this moment, with the values of then; filters and order look at present values.';

/**
 * The generated fields of Query: `node(id)`, `<type>(id)`, `<types>(filter, orderBy, first, after)`. They have no code:
 * operations made of them are compiled to one read plan (execution/compile.ts).
 */
export function buildQueries(all: ReturnType<typeof buildObjects>): TypeClass {
  const made = namedClass('GeneratedQueries');
  Resolver()(made as unknown as Parameters<ReturnType<typeof Resolver>>[0]);
  const add = (field: string, type: () => TypeClass, options: { nullable: boolean; description: string }) => {
    const neverCalled = (): never => {
      throw new Error(`${field} is read through a plan, not resolved`);
    };
    Object.defineProperty(made.prototype, field, { value: neverCalled, writable: true, configurable: true });
    const descriptor = Object.getOwnPropertyDescriptor(made.prototype, field)!;
    Query(type, options)(made.prototype, field, descriptor);
  };
  const addId = (field: string) => Arg('id', () => ID)(made.prototype, field, 0);

  const addAsOf = (field: string, index: number) =>
    Arg('asOf', () => DateTime, { nullable: true, description: AS_OF })(made.prototype, field, index);

  addId('node');
  add('node', () => all.registry.node, { nullable: true, description: 'Any node by id; null when it is not there.' });
  for (const type of all.model.types.values()) {
    addId(type.one);
    if (type.temporal) addAsOf(type.one, 1);
    add(type.one, () => all.types.get(type.name)!, {
      nullable: true,
      description: `One ${type.name} by id; null when it is not there. ${type.describe}`,
    });
    const next = addListArguments(
      type,
      { prototype: made.prototype, field: type.list, from: 0, defaultFirst: 50 },
      all,
    );
    if (type.temporal) addAsOf(type.list, next);
    add(type.list, () => all.connections.get(type.name)!, { nullable: false, description: type.describe });
  }
  return made;
}
