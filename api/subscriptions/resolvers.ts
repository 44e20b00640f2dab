import type { FieldNode, GraphQLResolveInfo } from 'graphql';
import { Arg, ID, Resolver, Root, Subscription } from 'type-graphql';
import type { ExecutionContext } from '../execution/context.ts';
import { NodeRef } from '../execution/subtrees.ts';
import { generated } from '../schema/registry.ts';
import { tenantOf } from '../verbs/roles.ts';
import type { GraphChange } from './hub.ts';

interface Subscribing {
  readonly args: Readonly<Record<string, string | null | undefined>>;
  readonly context: ExecutionContext;
  readonly info: GraphQLResolveInfo;
}

/** Follows a type: each change is read anew for this subscriber, and what it may not see is not delivered. */
function follow(
  type: string,
  wanted: (change: GraphChange) => boolean,
): (at: Subscribing) => Promise<AsyncGenerator<unknown, void>> {
  return async ({ args, context, info }) => {
    const tenant = tenantOf(context.principal, args.tenant);
    const { signal } = context.limits();
    const changes = await context.hub.changes(type, context.principal, signal);
    const read = (id: string) => context.subtrees!.load(new NodeRef(type, id), info.fieldNodes as readonly FieldNode[]);
    const fits = (change: GraphChange) =>
      (args.id === null || args.id === undefined || args.id === change.id) &&
      (tenant === undefined ||
        change.scope === `tenant:${tenant}` ||
        change.scope.startsWith(`agent:${tenant}/`) ||
        shared(change)) &&
      wanted(change);
    async function* stream(): AsyncGenerator<unknown, void> {
      for await (const change of changes) {
        if (!fits(change)) continue;
        const node = await read(change.id);
        if (node !== null) yield node;
      }
    }
    const generator = stream();
    const inner = generator.return.bind(generator);
    generator.return = async (value) => {
      await changes.return();
      return inner(value);
    };
    return generator;
  };
}

/** What belongs to no client is news for every client that may read it. */
const shared = (change: GraphChange): boolean => change.scope === 'platform' || change.scope.startsWith('vertical:');

const changed = (change: GraphChange): boolean => change.change !== 'removed';
const created = (change: GraphChange): boolean => change.change === 'created';

@Resolver()
export class SubscriptionVerbs {
  @Subscription(() => generated('Task'), {
    description: 'A task was queued or moved on.',
    subscribe: follow('Task', changed) as never,
  })
  taskChanged(
    @Root() node: unknown,
    @Arg('id', () => ID, { nullable: true, description: 'Only this task.' }) _id?: string,
    @Arg('tenant', () => String, { nullable: true, description: 'Only this client.' }) _tenant?: string,
  ): unknown {
    return node;
  }

  @Subscription(() => generated('Approval'), {
    description: 'An outcome waits for a person, or was decided.',
    subscribe: follow('Approval', changed) as never,
  })
  approvalChanged(
    @Root() node: unknown,
    @Arg('id', () => ID, { nullable: true }) _id?: string,
    @Arg('tenant', () => String, { nullable: true }) _tenant?: string,
  ): unknown {
    return node;
  }

  @Subscription(() => generated('Message'), {
    description: 'Something was said in a conversation.',
    subscribe: follow('Message', created) as never,
  })
  messageAdded(@Root() node: unknown, @Arg('tenant', () => String, { nullable: true }) _tenant?: string): unknown {
    return node;
  }

  @Subscription(() => generated('Knowledge'), {
    description: 'Knowledge was added, changed or retired.',
    subscribe: follow('Knowledge', changed) as never,
  })
  knowledgeChanged(
    @Root() node: unknown,
    @Arg('id', () => ID, { nullable: true }) _id?: string,
    @Arg('tenant', () => String, { nullable: true }) _tenant?: string,
  ): unknown {
    return node;
  }

  @Subscription(() => generated('Incident'), {
    description: 'Something went wrong that someone should know.',
    subscribe: follow('Incident', created) as never,
  })
  incidentOpened(@Root() node: unknown, @Arg('tenant', () => String, { nullable: true }) _tenant?: string): unknown {
    return node;
  }
}
