import { IsInt, Matches, Max, MaxLength, Min } from 'class-validator';
import { GraphQLJSONObject, GraphQLSafeInt } from 'graphql-scalars';
import { Arg, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import { NAME_PATTERN } from '#platform';
import type { ExecutionContext } from '../execution/context.ts';
import { type NodeRef, refTo } from '../execution/subtrees.ts';
import { generated } from '../schema/registry.ts';
import { DateTime } from '../schema/scalars.ts';
import { IfGiven } from './if-given.ts';
import { requireTenant } from './roles.ts';

@InputType({ description: 'An input whose value is the content of an uploaded file.' })
export class FileInput {
  @Field(() => String, { description: 'Name of the input; again for each further file where the skill takes several.' })
  @MaxLength(200)
  input!: string;
  @Field(() => ID, { description: 'Id that PUT /uploads gave.' })
  @MaxLength(200)
  upload!: string;
}

@InputType()
export class SubmitTaskInput {
  @Field(() => String, { description: 'Name of the agent.' })
  @Matches(NAME_PATTERN)
  agent!: string;
  @Field(() => String, { nullable: true, description: 'Name of the client; the token’s own when left out.' })
  @IfGiven()
  @Matches(NAME_PATTERN)
  tenant?: string | null;
  @Field(() => String, { description: 'Name of the skill.' })
  @Matches(NAME_PATTERN)
  skill!: string;
  @Field(() => GraphQLJSONObject, { nullable: true, description: 'Inputs by name. Text is text: @path opens no file.' })
  inputs?: Record<string, unknown> | null;
  @Field(() => [FileInput], { nullable: true })
  files?: FileInput[] | null;
  @Field(() => String, { nullable: true, description: 'The same key gives the same task again.' })
  @IfGiven()
  @MaxLength(200)
  idempotencyKey?: string | null;
  @Field(() => ID, { nullable: true, description: 'The goal that it serves.' })
  goal?: string | null;
  @Field(() => GraphQLSafeInt, { nullable: true, description: 'What it may cost, in micro US dollars.' })
  @IfGiven()
  @Min(0)
  budgetMicros?: number | null;
  @Field(() => DateTime, { nullable: true, description: 'After this it is not begun or continued.' })
  deadlineAt?: number | null;
  @Field(() => Int, { nullable: true })
  @IfGiven()
  @IsInt()
  @Min(1)
  @Max(20)
  maxAttempts?: number | null;
}

@ObjectType({ simpleResolvers: true })
export class TaskPayload {
  @Field(() => generated('Task'))
  task!: NodeRef | null;
}

@InputType()
export class TaskIdInput {
  @Field(() => ID)
  id!: string;
  @Field(() => String, { nullable: true, description: 'Why; kept in the audit.' })
  @IfGiven()
  @MaxLength(1_000)
  reason?: string | null;
}

const payload = ({ task }: { readonly task: string }): TaskPayload => ({ task: refTo('Task', task) });

@Resolver()
export class TaskVerbs {
  @Mutation(() => TaskPayload, { description: 'Queues a task for an agent with one of its skills.' })
  async submitTask(
    @Arg('input', () => SubmitTaskInput) input: SubmitTaskInput,
    @Ctx() { principal, services, uploads, limits }: ExecutionContext,
  ): Promise<TaskPayload> {
    const files = await Promise.all(
      (input.files ?? []).map(async (file) => ({
        input: file.input,
        upload: await uploads.describe(principal, file.upload),
      })),
    );
    const task = {
      agent: input.agent,
      tenant: requireTenant(principal, input.tenant),
      skill: input.skill,
      inputs: input.inputs ?? {},
      files,
      idempotencyKey: input.idempotencyKey ?? undefined,
      goal: input.goal ?? undefined,
      budgetMicros: input.budgetMicros ?? undefined,
      deadlineAt: input.deadlineAt ?? undefined,
      maxAttempts: input.maxAttempts ?? undefined,
    };
    return payload(await services.tasks.submit(principal, task, limits()));
  }

  @Mutation(() => TaskPayload, { description: 'Asks a task to end; what it has done stays recorded.' })
  async cancelTask(
    @Arg('input', () => TaskIdInput) { id, reason }: TaskIdInput,
    @Ctx() { principal, services }: ExecutionContext,
  ): Promise<TaskPayload> {
    return payload(await services.tasks.cancel(principal, id, reason ?? undefined));
  }

  @Mutation(() => TaskPayload, { description: 'Queues a new task like an ended one.' })
  async retryTask(
    @Arg('input', () => TaskIdInput) { id }: TaskIdInput,
    @Ctx() { principal, services }: ExecutionContext,
  ): Promise<TaskPayload> {
    return payload(await services.tasks.retry(principal, id));
  }

  @Mutation(() => TaskPayload, { description: 'Lets a task go on that was parked by a restore.' })
  async resumeTask(
    @Arg('input', () => TaskIdInput) { id }: TaskIdInput,
    @Ctx() { principal, services }: ExecutionContext,
  ): Promise<TaskPayload> {
    return payload(await services.tasks.resume(principal, id));
  }
}
