import { didYouMean } from '#platform';
import type { PropertyDefinition } from '../domain/definition.ts';
import type { NodeType, RelationField } from '../domain/schema.ts';
import { graphError } from '../errors.ts';
import type { CypherScalar } from '../ports/graph-engine.ts';
import type { Condition, RelationCondition, Where } from './plan.ts';
import type { TextBuilder } from './text.ts';

export type Visibility = 'public' | 'all';

const MAX_DEPTH = 8;
const MAX_LIST = 1_000;
/** Of one filter; some hundred thousand comparisons a node are a denial of service and no question. */
const MAX_CONDITIONS = 500;

function refuse(message: string, fields: Record<string, string | number>) {
  return graphError('KAZE_GRAPH_BAD_FILTER', message, { fields });
}

function visibleNames(type: NodeType, visibility: Visibility): string[] {
  return Object.keys(type.properties).filter((key) => visibility === 'all' || !type.properties[key]!.internal);
}

function visibleRelationNames(type: NodeType, visibility: Visibility): string[] {
  return Object.keys(type.relations).filter((key) => visibility === 'all' || !type.relations[key]!.internal);
}

/** The property as this reader may name it. Errors: KAZE_GRAPH_BAD_FILTER with the nearest names. */
export function visibleProperty(type: NodeType, name: string, visibility: Visibility): PropertyDefinition {
  const property = Object.hasOwn(type.properties, name) ? type.properties[name] : undefined;
  if (property && (visibility === 'all' || !property.internal)) return property;
  const shown = name.slice(0, 80);
  const hint = didYouMean(name, visibleNames(type, visibility));
  throw refuse(`${type.definition.name} has no property "${shown}"${hint}`, {
    label: type.definition.name,
    property: shown,
  });
}

/** The relation as this reader may name it. Errors: KAZE_GRAPH_BAD_FILTER with the nearest names. */
export function visibleRelation(type: NodeType, name: string, visibility: Visibility): RelationField {
  const relation = Object.hasOwn(type.relations, name) ? type.relations[name] : undefined;
  if (relation && (visibility === 'all' || !relation.internal)) return relation;
  const names = [...visibleRelationNames(type, visibility), ...visibleNames(type, visibility)];
  const shown = name.slice(0, 80);
  throw refuse(`${type.definition.name} has no property or relation "${shown}"${didYouMean(name, names)}`, {
    label: type.definition.name,
    relation: shown,
  });
}

/** Pattern of one hop in the relation's own direction. */
export function hop(from: string, relation: RelationField, edge: string, to: string): string {
  const arrow = `[${edge}:${relation.type}]`;
  return relation.direction === 'out'
    ? `(${from})-${arrow}->(${to}:${relation.target})`
    : `(${from})<-${arrow}-(${to}:${relation.target})`;
}

interface Context {
  readonly text: TextBuilder;
  readonly visibility: Visibility;
}

/** How many parts a filter has and how deep they nest; without recursion, since nobody has checked its depth yet. */
function measure(filter: Where): { readonly conditions: number; readonly levels: number } {
  let conditions = 0;
  let levels = 0;
  const waiting: Array<readonly [value: unknown, level: number]> = [[filter, 0]];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [value, level] = next;
    levels = Math.max(levels, level);
    for (const [key, part] of Object.entries((value ?? {}) as Record<string, unknown>)) {
      conditions++;
      if (key === 'and' || key === 'or') for (const one of part as readonly unknown[]) waiting.push([one, level + 1]);
      else if (key === 'not') waiting.push([part, level + 1]);
      else if (part !== null && typeof part === 'object')
        for (const operator of ['some', 'none', 'every'])
          if (Object.hasOwn(part, operator)) waiting.push([(part as Record<string, unknown>)[operator], level + 1]);
    }
  }
  return { conditions, levels };
}

function checkSize(where: Where, type: NodeType): void {
  const { conditions, levels } = measure(where);
  const label = type.definition.name;
  if (levels > MAX_DEPTH) {
    throw refuse(`the filter nests ${levels} levels, allowed are ${MAX_DEPTH}`, { label, levels, allowed: MAX_DEPTH });
  }
  if (conditions > MAX_CONDITIONS) {
    throw refuse(
      `the filter has ${conditions} conditions, allowed are ${MAX_CONDITIONS}; give many values of one property to "in"`,
      { label, conditions, allowed: MAX_CONDITIONS },
    );
  }
}

/** Filter to Cypher, `true` for an empty one. Values become parameters, checked against the declared kinds. */
export function whereText(where: Where, type: NodeType, variable: string, context: Context): string {
  checkSize(where, type);
  return termsText(where, type, variable, context);
}

function termsText(where: Where, type: NodeType, variable: string, context: Context): string {
  const terms: string[] = [];
  for (const [key, value] of Object.entries(where)) {
    if (value === undefined || value === null) continue;
    if (key === 'and' || key === 'or') {
      const parts = (value as readonly Where[]).map((part) => termsText(part, type, variable, context));
      if (parts.length > 0) terms.push(`(${parts.join(key === 'and' ? ' AND ' : ' OR ')})`);
    } else if (key === 'not') {
      terms.push(`NOT coalesce(${termsText(value as Where, type, variable, context)}, false)`);
    } else if (Object.hasOwn(type.properties, key)) {
      const property = visibleProperty(type, key, context.visibility);
      terms.push(...conditionTexts(value as Condition, { property, key, type, variable, text: context.text }));
    } else {
      const relation = visibleRelation(type, key, context.visibility);
      terms.push(...relationTexts(value as RelationCondition, relation, variable, context));
    }
  }
  return terms.length === 0 ? 'true' : terms.join(' AND ');
}

function relationTexts(
  condition: RelationCondition,
  relation: RelationField,
  variable: string,
  context: Context,
): string[] {
  const { text } = context;
  const target = text.schema.type(relation.target);
  const count = (where: Where, negate: boolean) => {
    const other = text.variable('f');
    const inner = termsText(where, target, other, context);
    const test = negate ? `NOT coalesce(${inner}, false)` : inner;
    // COUNT, not EXISTS: below another subquery EXISTS is a thousand times slower on one engine.
    return `COUNT { MATCH ${hop(variable, relation, '', other)} WHERE ${text.scope(other, target.definition)} AND ${test} }`;
  };
  const terms: string[] = [];
  for (const [operator, where] of Object.entries(condition)) {
    if (where === undefined || where === null) continue;
    if (operator === 'some') terms.push(`${count(where, false)} > 0`);
    else if (operator === 'none') terms.push(`${count(where, false)} = 0`);
    else if (operator === 'every') terms.push(`${count(where, true)} = 0`);
    else throw refuse(`"${operator}" is no operator for a relation; use some, none or every`, { operator });
  }
  return terms;
}

interface Operand {
  readonly property: PropertyDefinition;
  readonly key: string;
  readonly type: NodeType;
  readonly variable: string;
  readonly text: TextBuilder;
}

const COMPARISONS = { lt: '<', lte: '<=', gt: '>', gte: '>=' } as const;

function conditionTexts(condition: Condition, operand: Operand): string[] {
  const { property, variable, key, text } = operand;
  const column = `${variable}.${key}`;
  const terms: string[] = [];
  for (const [operator, value] of Object.entries(condition)) {
    if (value === undefined) continue;
    switch (operator) {
      case 'eq':
        terms.push(value === null ? `${column} IS NULL` : `${column} = ${text.bind(checked(value, operand))}`);
        break;
      case 'ne':
        if (value === null) terms.push(`${column} IS NOT NULL`);
        else if (property.optional)
          terms.push(`(${column} <> ${text.bind(checked(value, operand))} OR ${column} IS NULL)`);
        else terms.push(`${column} <> ${text.bind(checked(value, operand))}`);
        break;
      case 'in': {
        if (!Array.isArray(value) || value.length > MAX_LIST) {
          throw refuse(`${key}.in takes a list of at most ${MAX_LIST} values`, { property: key });
        }
        terms.push(`${column} IN ${text.bind(value.map((item) => checked(item, operand)))}`);
        break;
      }
      case 'lt':
      case 'lte':
      case 'gt':
      case 'gte':
        terms.push(`${column} ${COMPARISONS[operator]} ${text.bind(checked(value, operand))}`);
        break;
      case 'contains':
      case 'startsWith':
        terms.push(
          `${column} ${operator === 'contains' ? 'CONTAINS' : 'STARTS WITH'} ${text.bind(wanted(value, operand))}`,
        );
        break;
      case 'has':
        if (property.kind !== 'strings') throw refuse(`${key} is no list; "has" is for lists`, { property: key });
        terms.push(`${text.bind(wanted(value, operand))} IN ${column}`);
        break;
      case 'isNull':
        terms.push(value ? `${column} IS NULL` : `${column} IS NOT NULL`);
        break;
      default:
        throw refuse(
          `"${operator}" is no operator; use eq, ne, in, lt, lte, gt, gte, contains, startsWith, has or isNull`,
          { property: key, operator },
        );
    }
  }
  return terms;
}

function wanted(value: unknown, { property, key }: Operand): string {
  const textual = ['string', 'text', 'enum', 'strings'].includes(property.kind);
  if (textual && typeof value === 'string') return value;
  throw refuse(`${key} cannot be searched for a part of a text`, { property: key });
}

/** Values of one kind only: engines disagree about whether '1' equals 1. */
function checked(value: unknown, { property, key, type }: Operand): CypherScalar {
  const expected =
    property.kind === 'int' || property.kind === 'float' || property.kind === 'instant'
      ? 'number'
      : property.kind === 'boolean'
        ? 'boolean'
        : 'string';
  const fits = typeof value === expected && (typeof value !== 'number' || Number.isFinite(value));
  if (!fits || property.kind === 'json' || property.kind === 'strings') {
    throw refuse(
      `${type.definition.name}.${key} (${property.kind}) cannot be compared with ${JSON.stringify(value)?.slice(0, 60)}`,
      {
        property: key,
        kind: property.kind,
      },
    );
  }
  if (property.kind === 'enum' && !property.values?.includes(value as string)) {
    throw refuse(
      `"${String(value).slice(0, 60)}" is no ${key}; use ${property.values?.join(', ')}${didYouMean(String(value).slice(0, 60), property.values ?? [])}`,
      { property: key },
    );
  }
  return value as CypherScalar;
}
