import { GraphQLSafeInt } from 'graphql-scalars';
import { Field, Float, ID, InputType, Int } from 'type-graphql';
import type { PropertyDefinition } from '#graph-schema';
import type { ApiModel, ApiType } from './model.ts';
import { enumName } from './model.ts';
import { namedClass, type TypeClass } from './registry.ts';
import { DateTime } from './scalars.ts';

type TypeThunk = () => unknown;
type Operators = Readonly<Record<string, TypeThunk>>;

const boolean = () => Boolean;

function operators(name: string, value: TypeThunk, kinds: { compare?: boolean; text?: boolean; list?: boolean }) {
  const fields: Record<string, TypeThunk> = { eq: value, ne: value, in: () => [value()] };
  if (kinds.compare) for (const operator of ['lt', 'lte', 'gt', 'gte']) fields[operator] = value;
  if (kinds.text) for (const operator of ['contains', 'startsWith']) fields[operator] = value;
  return inputClass(name, `Conditions on a value; all that are given must hold.`, { ...fields, isNull: boolean });
}

function inputClass(name: string, description: string, fields: Operators): TypeClass {
  const made = namedClass(name);
  InputType({ description })(made);
  for (const [field, type] of Object.entries(fields)) {
    Field(type as () => TypeClass, { nullable: true })(made.prototype, field);
  }
  return made;
}

/** One operator set per kind of value; shared by all schemas of a process. */
const scalarFilters: Readonly<Record<string, TypeClass>> = {
  id: inputClass('IDFilter', 'Conditions on an id.', { eq: () => ID, ne: () => ID, in: () => [ID] }),
  string: operators('StringFilter', () => String, { compare: true, text: true }),
  text: operators('TextFilter', () => String, { text: true }),
  int: operators('IntFilter', () => GraphQLSafeInt, { compare: true }),
  float: operators('FloatFilter', () => Float, { compare: true }),
  boolean: inputClass('BooleanFilter', 'Conditions on a truth value.', { eq: boolean, ne: boolean, isNull: boolean }),
  instant: operators('DateTimeFilter', () => DateTime, { compare: true }),
  strings: inputClass('StringsFilter', 'Conditions on a list.', { has: () => String, isNull: boolean }),
  json: inputClass('JSONFilter', 'Conditions on a JSON value.', { isNull: boolean }),
};

/** Output type of a property. */
export function scalarOf(name: string, property: PropertyDefinition, enums: (name: string) => object): unknown {
  if (name === 'id') return ID;
  switch (property.kind) {
    case 'int':
      return property.max !== undefined && property.max <= 2_147_483_647 ? Int : GraphQLSafeInt;
    case 'float':
      return Float;
    case 'boolean':
      return Boolean;
    case 'instant':
      return DateTime;
    case 'strings':
      return [String];
    case 'enum':
      return enums(name);
    default:
      return String;
  }
}

/** Filter inputs of every type: properties, relations (some, none, every), and, or, not. */
export function buildFilters(model: ApiModel, enums: ReadonlyMap<string, object>): ReadonlyMap<string, TypeClass> {
  const filters = new Map<string, TypeClass>();
  const relationFilters = new Map<string, TypeClass>();
  for (const name of model.types.keys()) {
    filters.set(name, namedClass(`${name}Filter`));
    relationFilters.set(name, namedClass(`${name}RelationFilter`));
  }
  const enumFilters = new Map<string, TypeClass>();
  for (const [name, values] of enums) {
    enumFilters.set(
      name,
      operators(`${name}Filter`, () => values, {}),
    );
  }
  const propertyFilter = (type: ApiType, name: string, property: PropertyDefinition): TypeClass => {
    if (name === 'id') return scalarFilters.id!;
    if (property.kind === 'enum') return enumFilters.get(enumName(type.name, name))!;
    return scalarFilters[property.kind]!;
  };
  for (const [name, type] of model.types) {
    const filter = filters.get(name)!;
    InputType({ description: `Which of ${type.list}; everything given must hold.` })(filter);
    const add = (field: string, thunk: () => TypeClass | TypeClass[]) =>
      Field(thunk as () => TypeClass, { nullable: true })(filter.prototype, field);
    for (const [field, property] of type.properties) add(field, () => propertyFilter(type, field, property));
    for (const [field, relation] of type.relations) add(field, () => relationFilters.get(relation.target)!);
    add('and', () => [filter]);
    add('or', () => [filter]);
    add('not', () => filter);
    const related = relationFilters.get(name)!;
    InputType({ description: `Conditions on related ${type.list}.` })(related);
    for (const quantifier of ['some', 'none', 'every']) {
      Field(() => filter, { nullable: true })(related.prototype, quantifier);
    }
  }
  return filters;
}
