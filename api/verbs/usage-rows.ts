import { MaxLength } from 'class-validator';
import { GraphQLSafeInt } from 'graphql-scalars';
import { Arg, Ctx, Field, Float, ID, InputType, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { UsageRow } from '#platform';
import { apiError } from '../errors.ts';
import type { ExecutionContext } from '../execution/context.ts';
import { PageInfo } from '../schema/objects.ts';
import { DateTime } from '../schema/scalars.ts';
import { IfGiven } from './if-given.ts';
import { tenantOf } from './roles.ts';

@InputType({ description: 'Which attempts of model calls; what is left out holds for all.' })
export class UsageRowFilter {
  @Field(() => String, { nullable: true })
  @IfGiven()
  @MaxLength(63)
  tenant?: string | null;
  @Field(() => String, { nullable: true })
  agent?: string | null;
  @Field(() => ID, { nullable: true })
  task?: string | null;
  @Field(() => String, { nullable: true, description: 'The kind of work, in a cell the skill.' })
  @IfGiven()
  @MaxLength(200)
  taskType?: string | null;
  @Field(() => String, { nullable: true, description: 'Its name without its provider.' })
  @IfGiven()
  @MaxLength(200)
  model?: string | null;
  @Field(() => ID, { nullable: true, description: 'Which of the provider’s keys was used; never the key.' })
  keyId?: string | null;
  @Field(() => ID, { nullable: true, description: 'With which of Kaze’s own keys the caller came.' })
  virtualKeyId?: string | null;
  @Field(() => DateTime, { nullable: true })
  from?: number | null;
  @Field(() => DateTime, { nullable: true })
  to?: number | null;
}

@ObjectType('UsageRow', { simpleResolvers: true, description: 'One attempt of a model call.' })
export class UsageRowView {
  @Field(() => ID)
  id!: string;
  @Field(() => DateTime)
  at!: number;
  @Field(() => String)
  tenant!: string;
  @Field(() => String)
  agent!: string;
  @Field(() => ID, { nullable: true })
  task!: string | null;
  @Field(() => String, { nullable: true, description: 'The kind of work, in a cell the skill.' })
  taskType!: string | null;
  @Field(() => ID, { nullable: true })
  skillVersion!: string | null;
  @Field(() => String, { nullable: true })
  channel!: string | null;
  @Field(() => String)
  provider!: string;
  @Field(() => String)
  model!: string;
  @Field(() => ID, { nullable: true, description: 'Which of the provider’s keys was used; never the key.' })
  keyId!: string | null;
  @Field(() => ID, { nullable: true, description: 'With which of Kaze’s own keys the caller came.' })
  virtualKeyId!: string | null;
  @Field(() => ID, { nullable: true, description: 'The call that it is an attempt of; null for a first one.' })
  callId!: string | null;
  @Field(() => Int, { description: 'From 1.' })
  attempt!: number;
  @Field(() => Boolean, { description: 'The answer was kept from before, and nothing was sent.' })
  cacheHit!: boolean;
  @Field(() => GraphQLSafeInt)
  inputTokens!: number;
  @Field(() => GraphQLSafeInt)
  outputTokens!: number;
  @Field(() => GraphQLSafeInt, { description: 'Input that the provider had kept from before.' })
  cachedTokens!: number;
  @Field(() => GraphQLSafeInt, { description: 'Input that the provider kept for the next call.' })
  cacheWriteTokens!: number;
  @Field(() => GraphQLSafeInt, { description: 'Part of the output.' })
  reasoningTokens!: number;
  @Field(() => GraphQLSafeInt, { description: 'Micro US dollars.' })
  costMicros!: number;
  @Field(() => Float, { description: 'Milliseconds.' })
  latencyMs!: number;
  @Field(() => Float, { nullable: true, description: 'Milliseconds until the first piece of a stream.' })
  firstTokenMs!: number | null;
  @Field(() => String, {
    description:
      'ok, error, cancelled, lost where the process ended before it did, or refused before anything was sent to a provider.',
  })
  outcome!: string;
  @Field(() => String, { nullable: true })
  errorCode!: string | null;
}

@ObjectType('UsageRowEdge', { simpleResolvers: true })
export class UsageRowEdge {
  @Field(() => UsageRowView)
  node!: UsageRow;
  @Field(() => String, { description: 'Its place in this list.' })
  cursor!: string;
}

@ObjectType('UsageRowConnection', { simpleResolvers: true })
export class UsageRowConnection {
  @Field(() => [UsageRowView])
  nodes!: readonly UsageRow[];
  @Field(() => [UsageRowEdge])
  edges!: readonly UsageRowEdge[];
  @Field(() => PageInfo)
  pageInfo!: PageInfo;
  @Field(() => GraphQLSafeInt)
  totalCount!: number;
}

const MOST = 500;

function checkedFirst(first: number): number {
  if (first >= 1 && first <= MOST) return first;
  const message = `usageRows: first is ${first}, allowed is 1 to ${MOST}; follow pageInfo.endCursor with "after"`;
  throw apiError('KAZE_API_PAGE', message, { fields: { field: 'usageRows', first, max: MOST } });
}

@Resolver()
export class UsageRowVerbs {
  @Query(() => UsageRowConnection, {
    description: 'Attempts of model calls one by one, oldest first. A client’s token sees its own calls only.',
  })
  async usageRows(
    @Arg('filter', () => UsageRowFilter, { defaultValue: {} }) filter: UsageRowFilter,
    @Arg('first', () => Int, { defaultValue: 50, description: '1 to 500.' }) first: number,
    @Arg('after', () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() { principal, services }: ExecutionContext,
  ): Promise<UsageRowConnection> {
    const given = Object.fromEntries(Object.entries(filter).filter(([, value]) => value != null));
    const tenant = tenantOf(principal, filter.tenant);
    const page = { limit: checkedFirst(first) + 1, after: after ?? undefined };
    const { rows, total } = await services.usage.rows(principal, { ...given, tenant }, page);
    const nodes = rows.slice(0, first);
    return {
      nodes,
      edges: nodes.map((node) => ({ node, cursor: node.id })),
      pageInfo: {
        hasNextPage: rows.length > first,
        hasPreviousPage: page.after !== undefined,
        startCursor: nodes[0]?.id ?? null,
        endCursor: nodes.at(-1)?.id ?? null,
      },
      totalCount: total,
    };
  }
}
