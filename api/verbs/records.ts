import { ArrayMaxSize, IsInt, Max, MaxLength, Min } from 'class-validator';
import { GraphQLJSONObject, GraphQLSafeInt } from 'graphql-scalars';
import { Arg, Ctx, Field, ID, InputType, Int, ObjectType, Query, Resolver, registerEnumType } from 'type-graphql';
import type { AuditRecord, AuditVerification, UsageDimension, UsageSum } from '#platform';
import { apiError } from '../errors.ts';
import type { ExecutionContext } from '../execution/context.ts';
import { DateTime } from '../schema/scalars.ts';
import { IfGiven } from './if-given.ts';
import { requireRole, tenantOf } from './roles.ts';

export const UsageBy = {
  tenant: 'tenant',
  agent: 'agent',
  task: 'task',
  taskType: 'taskType',
  skillVersion: 'skillVersion',
  provider: 'provider',
  model: 'model',
  keyId: 'keyId',
  virtualKeyId: 'virtualKeyId',
  outcome: 'outcome',
  day: 'day',
  hour: 'hour',
  minute: 'minute',
} as const satisfies Record<UsageDimension, UsageDimension>;
registerEnumType(UsageBy, {
  name: 'UsageBy',
  description: 'What model usage is summed by: taskType is the skill; day, hour and minute are of UTC.',
});

@InputType()
export class UsageInput {
  @Field(() => [UsageBy], { defaultValue: ['tenant'] })
  @ArrayMaxSize(4)
  by!: UsageDimension[];
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
  @Field(() => ID, { nullable: true, description: 'Which of the provider’s keys was used; never the key.' })
  keyId?: string | null;
  @Field(() => ID, { nullable: true })
  virtualKeyId?: string | null;
  @Field(() => DateTime, { nullable: true })
  from?: number | null;
  @Field(() => DateTime, { nullable: true })
  to?: number | null;
}

@ObjectType('UsageSum', { simpleResolvers: true })
export class UsageSumView {
  @Field(() => GraphQLJSONObject, { description: 'Value of each dimension asked for.' })
  group!: UsageSum['group'];
  @Field(() => GraphQLSafeInt)
  calls!: number;
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
}

@InputType()
export class AuditInput {
  @Field(() => ID, { nullable: true })
  subject?: string | null;
  @Field(() => ID, { nullable: true })
  actor?: string | null;
  @Field(() => String, { nullable: true })
  @IfGiven()
  @MaxLength(200)
  scope?: string | null;
  @Field(() => Int, { defaultValue: 100, description: '1 to 1,000.' })
  @IsInt()
  @Min(1)
  @Max(1_000)
  limit!: number;
  @Field(() => String, { nullable: true, description: 'Sequence of the last record of the page before.' })
  after?: string | null;
}

@ObjectType('AuditRecord', { simpleResolvers: true, description: 'One link of the chain: an attempt, or its outcome.' })
export class AuditRecordView {
  @Field(() => GraphQLSafeInt)
  sequence!: number;
  @Field(() => DateTime)
  at!: number;
  @Field(() => ID, { description: 'Shared by an attempt and its outcome.' })
  attempt!: string;
  @Field(() => String)
  phase!: string;
  @Field(() => ID)
  actor!: string;
  @Field(() => String)
  action!: string;
  @Field(() => ID)
  subject!: string;
  @Field(() => String)
  scope!: string;
  @Field(() => String, { nullable: true })
  result!: string | null;
  @Field(() => GraphQLJSONObject)
  detail!: AuditRecord['detail'];
  @Field(() => String)
  hash!: string;
}

@ObjectType({ simpleResolvers: true })
export class AuditBreak {
  @Field(() => GraphQLSafeInt)
  sequence!: number;
  @Field(() => String)
  reason!: string;
}

@ObjectType('AuditVerification', { simpleResolvers: true })
export class AuditVerificationView {
  @Field(() => Boolean)
  ok!: boolean;
  @Field(() => GraphQLSafeInt)
  checked!: number;
  @Field(() => String, { description: 'Hash of the newest record; keep it elsewhere to notice a chain cut short.' })
  head!: string;
  @Field(() => AuditBreak, { nullable: true })
  broken?: AuditBreak;
}

@Resolver()
export class RecordVerbs {
  @Query(() => [UsageSumView], { description: 'What models cost, summed. A client’s token sees its own calls only.' })
  async usage(
    @Arg('input', () => UsageInput, { defaultValue: { by: ['tenant'] } }) input: UsageInput,
    @Ctx() { principal, services }: ExecutionContext,
  ): Promise<readonly UsageSum[]> {
    const filter = {
      tenant: tenantOf(principal, input.tenant),
      agent: input.agent ?? undefined,
      task: input.task ?? undefined,
      taskType: input.taskType ?? undefined,
      keyId: input.keyId ?? undefined,
      virtualKeyId: input.virtualKeyId ?? undefined,
      from: input.from ?? undefined,
      to: input.to ?? undefined,
    };
    return services.usage.sum(principal, filter, input.by);
  }

  @Query(() => [AuditRecordView], { description: 'Who did what, oldest first. Needs the role admin or operator.' })
  async audit(
    @Arg('input', () => AuditInput, { defaultValue: { limit: 100 } }) input: AuditInput,
    @Ctx() { principal, services }: ExecutionContext,
  ): Promise<readonly AuditRecord[]> {
    requireRole(principal, ['admin', 'operator'], 'reading the audit');
    const filter = {
      scope: auditScope(principal.tenant, input.scope ?? undefined),
      subject: input.subject ?? undefined,
      actor: input.actor ?? undefined,
    };
    return services.audit.records(principal, filter, { limit: input.limit, after: input.after ?? undefined });
  }

  @Query(() => AuditVerificationView, {
    description: 'Checks the whole chain. Needs the role admin, for the whole cell.',
  })
  async auditVerify(@Ctx() { principal, services, limits }: ExecutionContext): Promise<AuditVerification> {
    requireRole(principal, ['admin'], 'verifying the audit');
    if (principal.tenant !== undefined) {
      throw apiError(
        'KAZE_API_FORBIDDEN',
        'the chain spans all clients; verifying it needs a token for the whole cell',
      );
    }
    return services.audit.verify(principal, limits());
  }
}

/** A client's token sees its own scope of the audit and no other. */
function auditScope(tenant: string | undefined, wanted: string | undefined): string | undefined {
  if (tenant === undefined) return wanted;
  const own = `tenant:${tenant}`;
  if (wanted === undefined || wanted === own || wanted.startsWith(`agent:${tenant}/`)) return wanted ?? own;
  throw apiError('KAZE_API_FORBIDDEN', `this token reads the audit of ${own} only`, { fields: { scope: own } });
}
