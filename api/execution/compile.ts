/**
 * From a GraphQL selection to a read plan and the shape of its answer. One operation of generated reads becomes one
 * plan, so one round trip to the graph.
 */
import {
  type FieldNode,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getArgumentValues,
  type SelectionSetNode,
} from 'graphql';
import type { PageRead, PropertyDefinition, ReadConnection, ReadNode, RelationRead, Selection } from '#graph-schema';
import { apiError } from '../errors.ts';
import { type ApiModel, type ApiType, connectionName, edgeProperties } from '../schema/model.ts';
import { instantToIso, jsonToValue } from '../schema/scalars.ts';
import { collectFields, type Fragments, selectionsOf, type Variables } from './collect.ts';
import { toOrder, toWhere } from './conditions.ts';
import type { OperationMeter } from './limits.ts';
import { type PropertyField, pageInfoFields, type Shaper, type Step, shapeObject } from './shape.ts';

export interface CompileInput {
  readonly schema: GraphQLSchema;
  readonly model: ApiModel;
  readonly fragments: Fragments;
  readonly variables: Variables;
  readonly meter: OperationMeter;
}

/** What a place in the tree multiplies: how many nodes can be there, and how deep it is. */
export interface Place {
  readonly count: number;
  readonly depth: number;
}

/** A selection that several positions (nodes, edges.node, aliases) add to. */
export class SelectionBuilder {
  readonly properties: Record<string, string> = {};
  readonly relations: Record<string, RelationRead> = {};
  #next = 0;

  property(name: string): string {
    this.properties[name] = name;
    return name;
  }

  /** Relation keys begin with an underscore, which no property does. */
  relation(read: RelationRead): string {
    const key = `_${this.#next++}`;
    this.relations[key] = read;
    return key;
  }

  build(): Selection {
    // Every row needs a key of its own, also where only a count or a page's end is asked for.
    if (Object.keys(this.properties).length === 0) this.property('id');
    return Object.keys(this.relations).length === 0
      ? { properties: this.properties }
      : { properties: this.properties, relations: this.relations };
  }
}

const CONVERT: Partial<Record<PropertyDefinition['kind'], Shaper<unknown>>> = {
  instant: instantToIso,
  json: jsonToValue,
};

export class Compiler {
  constructor(readonly input: CompileInput) {}

  collect(typeName: string, sets: Iterable<SelectionSetNode>): Map<string, FieldNode[]> {
    return collectFields(sets, {
      fragments: this.input.fragments,
      variables: this.input.variables,
      holds: (condition) => condition === typeName || (condition === 'Node' && this.input.model.types.has(typeName)),
      onField: this.input.meter.field,
    });
  }

  argumentsOf(typeName: string, field: FieldNode): Record<string, unknown> {
    const type = this.input.schema.getType(typeName) as GraphQLObjectType | GraphQLInterfaceType;
    return getArgumentValues(
      type.getFields()[field.name.value]!,
      field,
      this.input.variables as Record<string, unknown>,
    );
  }

  node(type: ApiType, sets: Iterable<SelectionSetNode>, into: SelectionBuilder, place: Place): Shaper<ReadNode> {
    this.input.meter.nodes(place.count, place.depth);
    const steps: Step<ReadNode>[] = [];
    for (const [key, fields] of this.collect(type.name, sets)) {
      const name = fields[0]!.name.value;
      if (name === '__typename') {
        steps.push([key, { constant: type.name }]);
        continue;
      }
      const property = type.properties.get(name);
      if (property) {
        const required = property.optional ? undefined : `${type.name}.${name}`;
        steps.push([key, { property: into.property(name), convert: CONVERT[property.kind], required }]);
        continue;
      }
      steps.push([key, this.relation(type, fields, into, place)]);
    }
    return shapeObject(steps);
  }

  private relation(type: ApiType, fields: FieldNode[], into: SelectionBuilder, place: Place): PropertyField {
    const relation = type.relations.get(fields[0]!.name.value)!;
    const target = this.input.model.types.get(relation.target)!;
    if (!relation.many) {
      const builder = new SelectionBuilder();
      const below = { count: place.count, depth: place.depth + 1 };
      const shape = this.node(target, selectionsOf(fields), builder, below);
      return { property: into.relation({ field: relation.name, select: builder.build() }), convert: shape };
    }
    const own = connectionName(type.name, relation);
    const listed = this.list(target, fields, {
      parent: type.name,
      connection: own,
      place,
      properties: edgeProperties(relation),
    });
    const property = into.relation({
      field: relation.name,
      select: listed.select,
      page: listed.page,
      ...(Object.keys(listed.edgeProperties).length > 0 ? { edgeProperties: listed.edgeProperties } : {}),
    });
    return { property, convert: listed.shape, required: `${type.name}.${relation.name}` };
  }

  /** A connection: its page, the selection of its nodes, and its shape. */
  list(
    target: ApiType,
    fields: FieldNode[],
    at: {
      readonly parent: string;
      readonly connection: string;
      readonly place: Place;
      readonly properties: ReadonlyMap<string, PropertyDefinition>;
    },
  ): {
    page: PageRead;
    asOf: number | undefined;
    select: Selection;
    edgeProperties: Record<string, string>;
    shape: Shaper<ReadConnection>;
  } {
    const name = `${at.parent === 'Query' ? '' : `${at.parent}.`}${fields[0]!.name.value}`;
    const args = this.argumentsOf(at.parent, fields[0]!);
    const first = this.input.meter.page(args.first, name);
    const place = { count: at.place.count * first, depth: at.place.depth + 1 };
    const builder = new SelectionBuilder();
    const edges: Record<string, string> = {};
    let totalCount = false;
    let cursors = false;
    let nodesSeen = false;
    const nodeShape = (sets: SelectionSetNode[]) => {
      // The same nodes shown twice (nodes and edges.node) are read once and cost once.
      const shape = this.node(target, sets, builder, { count: nodesSeen ? 0 : place.count, depth: place.depth });
      nodesSeen = true;
      return shape;
    };
    const steps: Step<ReadConnection>[] = [];
    for (const [key, selected] of this.collect(`${at.connection}Connection`, selectionsOf(fields))) {
      const field = selected[0]!.name.value;
      if (field === '__typename') steps.push([key, { constant: `${at.connection}Connection` }]);
      else if (field === 'totalCount') {
        totalCount = true;
        steps.push([key, (page) => page.totalCount]);
      } else if (field === 'pageInfo') {
        const info = [...this.collect('PageInfo', selectionsOf(selected))].map(([infoKey, nodes]) => {
          const name = nodes[0]!.name.value;
          cursors ||= name.endsWith('Cursor');
          return [infoKey, pageInfoFields[name]!(typeof args.after === 'string')] as const;
        });
        steps.push([key, shapeObject(info)]);
      } else if (field === 'nodes') {
        steps.push([key, { list: 'nodes', item: nodeShape(selectionsOf(selected)) }]);
      } else {
        const shape = this.edge(selected, { ...at, nodeShape, edges, onCursor: () => (cursors = true) });
        steps.push([key, (page) => page.nodes.map((_, index) => shape({ page, index }))]);
      }
    }
    if (!nodesSeen) this.input.meter.nodes(at.place.count, at.place.depth);
    const where = toWhere(this.input.model, target, args.filter);
    const orderBy = toOrder(args.orderBy);
    const page: PageRead = {
      first,
      ...(where ? { where } : {}),
      ...(orderBy ? { orderBy } : {}),
      ...(typeof args.after === 'string' ? { after: args.after } : {}),
      ...(totalCount ? { totalCount } : {}),
      ...(cursors ? { cursors } : {}),
    };
    const asOf = typeof args.asOf === 'number' ? args.asOf : undefined;
    return { page, asOf, select: builder.build(), edgeProperties: edges, shape: shapeObject(steps) };
  }

  private edge(
    selected: FieldNode[],
    at: {
      readonly connection: string;
      readonly edges: Record<string, string>;
      readonly nodeShape: (sets: SelectionSetNode[]) => Shaper<ReadNode>;
      readonly onCursor: () => void;
      readonly properties: ReadonlyMap<string, PropertyDefinition>;
    },
  ): Shaper<EdgePlace> {
    const steps: Step<EdgePlace>[] = [];
    for (const [key, fields] of this.collect(`${at.connection}Edge`, selectionsOf(selected))) {
      const field = fields[0]!.name.value;
      if (field === '__typename') steps.push([key, () => `${at.connection}Edge`]);
      else if (field === 'cursor') {
        at.onCursor();
        steps.push([key, ({ page, index }) => page.cursors![index]]);
      } else if (field === 'node') {
        const shape = at.nodeShape(selectionsOf(fields));
        steps.push([key, ({ page, index }) => shape(page.nodes[index]!)]);
      } else {
        at.edges[field] = field;
        const convert = CONVERT[at.properties.get(field)!.kind];
        steps.push([
          key,
          ({ page, index }) => {
            const value = page.edges![index]![field] ?? null;
            return value !== null && convert ? convert(value) : value;
          },
        ]);
      }
    }
    return shapeObject(steps);
  }
}

interface EdgePlace {
  readonly page: ReadConnection;
  readonly index: number;
}

/** Ids in arguments: what no node can have is simply not found, whatever it contains. */
export function idOf(value: unknown): string {
  if (typeof value === 'string') return value;
  throw apiError('KAZE_API_INPUT', 'id must be a text', { fields: { field: 'id' } });
}
