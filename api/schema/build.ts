import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync, type PubSub } from 'type-graphql';
import type { GraphSchema } from '#graph-schema';
import { verbResolvers } from '../verbs/index.ts';
import { type ApiModel, buildModel } from './model.ts';
import { buildObjects } from './objects.ts';
import { buildQueries } from './queries.ts';
import { withRegistry } from './registry.ts';

export interface BuiltSchema {
  readonly schema: GraphQLSchema;
  readonly model: ApiModel;
}

const refuse = (): never => {
  throw new Error('events come from the event bus');
};
const noPubSub: PubSub = { publish: refuse, subscribe: refuse };

/** The public GraphQL schema of a graph: everything its definitions declare, and the verbs. About 0.2 s of work. */
export function buildApiSchema(graph: GraphSchema): BuiltSchema {
  const model = buildModel(graph);
  const objects = buildObjects(model);
  const queries = buildQueries(objects);
  const schema = withRegistry(objects.registry, () =>
    buildSchemaSync({
      resolvers: [queries, ...verbResolvers],
      orphanedTypes: [],
      validate: { forbidUnknownValues: false, stopAtFirstError: false },
      // Subscriptions come from the event bus through `subscribe` functions; type-graphql only asks that one is there.
      pubSub: noPubSub,
      skipCheck: true,
    }),
  );
  return { schema, model };
}
