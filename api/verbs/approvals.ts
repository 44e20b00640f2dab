import { MaxLength } from 'class-validator';
import { GraphQLJSONObject } from 'graphql-scalars';
import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver, registerEnumType } from 'type-graphql';
import { apiError } from '../errors.ts';
import type { ExecutionContext } from '../execution/context.ts';
import { type NodeRef, refTo } from '../execution/subtrees.ts';
import { generated } from '../schema/registry.ts';
import { IfGiven } from './if-given.ts';

export const Decision = { approve: 'approve', edit: 'edit', reject: 'reject' } as const;
registerEnumType(Decision, { name: 'Decision', description: 'What a person decides about an outcome.' });

@InputType()
export class DecideApprovalInput {
  @Field(() => ID, { description: 'Id of the approval or of the task that waits for it.' })
  id!: string;
  @Field(() => Decision)
  decision!: keyof typeof Decision;
  @Field(() => String, { nullable: true, description: 'Why; needed to reject.' })
  @IfGiven()
  @MaxLength(4_000)
  reason?: string | null;
  @Field(() => GraphQLJSONObject, { nullable: true, description: 'To edit: the outputs as they shall be delivered.' })
  output?: Record<string, unknown> | null;
}

@ObjectType({ simpleResolvers: true })
export class DecideApprovalPayload {
  @Field(() => generated('Approval'))
  approval!: NodeRef | null;
  @Field(() => generated('Task'))
  task!: NodeRef | null;
  @Field(() => generated('Outcome'))
  outcome!: NodeRef | null;
}

@Resolver()
export class ApprovalVerbs {
  @Mutation(() => DecideApprovalPayload, {
    description: 'Approves, edits or rejects what waits. The first decision wins.',
  })
  async decideApproval(
    @Arg('input', () => DecideApprovalInput) input: DecideApprovalInput,
    @Ctx() { principal, services }: ExecutionContext,
  ): Promise<DecideApprovalPayload> {
    const reason = input.reason?.trim() || undefined;
    if (input.decision === 'reject' && !reason) {
      throw apiError('KAZE_API_INPUT', 'reason: a rejection needs a reason', { fields: { field: 'reason' } });
    }
    if (input.decision === 'edit' && !input.output) {
      throw apiError('KAZE_API_INPUT', 'output: an edit needs the outputs to deliver', { fields: { field: 'output' } });
    }
    if (input.decision !== 'edit' && input.output) {
      throw apiError('KAZE_API_INPUT', 'output: only an edit has outputs', { fields: { field: 'output' } });
    }
    const decided = await services.approvals.decide(principal, {
      id: input.id,
      decision: input.decision,
      reason,
      output: input.output ?? undefined,
    });
    return {
      approval: refTo('Approval', decided.approval),
      task: refTo('Task', decided.task),
      outcome: refTo('Outcome', decided.outcome),
    };
  }
}
