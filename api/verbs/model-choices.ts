import { MaxLength } from 'class-validator';
import { GraphQLSafeInt } from 'graphql-scalars';
import { Arg, Ctx, Field, Float, InputType, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { ChoiceReport } from '#gateway';
import type { ExecutionContext } from '../execution/context.ts';
import { DateTime } from '../schema/scalars.ts';
import { IfGiven } from './if-given.ts';
import { tenantOf } from './roles.ts';

@InputType()
export class ModelChoicesInput {
  @Field(() => String, { nullable: true })
  @IfGiven()
  @MaxLength(63)
  tenant?: string | null;
  @Field(() => String, { nullable: true, description: 'The kind of work, in a cell the skill.' })
  @IfGiven()
  @MaxLength(200)
  taskType?: string | null;
  @Field(() => DateTime, { nullable: true, description: 'Calls and judgements since then.' })
  from?: number | null;
  @Field(() => DateTime, { nullable: true })
  to?: number | null;
}

@ObjectType({ simpleResolvers: true, description: 'Where a mean lies with 95% confidence, by Wilson.' })
export class QualityInterval {
  @Field(() => Float)
  low!: number;
  @Field(() => Float)
  high!: number;
}

@ObjectType({ simpleResolvers: true, description: 'Tasks by how they were judged.' })
export class VerdictCounts {
  @Field(() => Int)
  approved!: number;
  @Field(() => Int)
  edited!: number;
  @Field(() => Int)
  rejected!: number;
  @Field(() => Int, { description: 'Delivered without a person: met every criterion.' })
  passed!: number;
  @Field(() => Int)
  failed!: number;
}

@ObjectType('ModelChoice', { simpleResolvers: true, description: 'One model on one type of task.' })
export class ModelChoiceView {
  @Field(() => String, { description: 'provider/model' })
  model!: string;
  @Field(() => GraphQLSafeInt, { description: 'Attempts that it was chosen for.' })
  choices!: number;
  @Field(() => GraphQLSafeInt, { description: 'Micro US dollars, of all of them.' })
  costMicros!: number;
  @Field(() => Float, { description: 'Tasks judged; a task of several models counts in parts.' })
  judged!: number;
  @Field(() => Float, { nullable: true, description: 'Mean score, 0 to 1: approved 1, edited .5, rejected 0.' })
  quality!: number | null;
  @Field(() => QualityInterval)
  interval!: QualityInterval;
  @Field(() => Float, { nullable: true, description: 'Micro US dollars of a judged task.' })
  taskCostMicros!: number | null;
  @Field(() => VerdictCounts)
  verdicts!: VerdictCounts;
}

@ObjectType('ModelRegret', {
  simpleResolvers: true,
  description: 'By estimate, over having one model do every judged task. Below 0: what was won.',
})
export class ModelRegretView {
  @Field(() => String, { description: 'best or cheapest' })
  against!: string;
  @Field(() => String, { description: 'provider/model' })
  model!: string;
  @Field(() => Float, { description: 'Score lost a task.' })
  quality!: number;
  @Field(() => GraphQLSafeInt, { description: 'Micro US dollars spent more, on all of them.' })
  costMicros!: number;
}

@ObjectType('ModelChoices', { simpleResolvers: true, description: 'Which models were chosen for one type of task.' })
export class ModelChoicesView {
  @Field(() => String)
  taskType!: string;
  @Field(() => GraphQLSafeInt)
  choices!: number;
  @Field(() => GraphQLSafeInt)
  costMicros!: number;
  @Field(() => Float)
  judged!: number;
  @Field(() => Float, { nullable: true })
  quality!: number | null;
  @Field(() => QualityInterval)
  interval!: QualityInterval;
  @Field(() => [ModelChoiceView], { description: 'Most chosen first.' })
  models!: ChoiceReport['models'];
  @Field(() => [ModelRegretView], { description: 'Empty where nothing was judged.' })
  regrets!: ChoiceReport['regrets'];
}

@Resolver()
export class ModelChoicesVerbs {
  @Query(() => [ModelChoicesView], {
    description: 'Models chosen by type of task, with cost and quality. A client’s token sees its own tasks only.',
  })
  async modelChoices(
    @Arg('input', () => ModelChoicesInput, { defaultValue: {} }) input: ModelChoicesInput,
    @Ctx() { principal, services }: ExecutionContext,
  ): Promise<readonly ChoiceReport[]> {
    return services.usage.choices(principal, {
      tenant: tenantOf(principal, input.tenant),
      taskType: input.taskType ?? undefined,
      from: input.from ?? undefined,
      to: input.to ?? undefined,
    });
  }
}
