import { MaxLength } from 'class-validator';
import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { ExecutionContext } from '../execution/context.ts';
import { type NodeRef, refTo } from '../execution/subtrees.ts';
import { generated } from '../schema/registry.ts';
import { IfGiven } from './if-given.ts';

@InputType()
export class PauseAgentInput {
  @Field(() => ID, { description: 'Id of the agent.' })
  agent!: string;
  @Field(() => Boolean, { defaultValue: true, description: 'False lets it take tasks again.' })
  paused!: boolean;
  @Field(() => String, { nullable: true })
  @IfGiven()
  @MaxLength(1_000)
  reason?: string | null;
}

@ObjectType({ simpleResolvers: true })
export class AgentPayload {
  @Field(() => generated('Agent'))
  agent!: NodeRef | null;
}

@Resolver()
export class AgentVerbs {
  @Mutation(() => AgentPayload, { description: 'Stops an agent from taking tasks, or lets it go on.' })
  async pauseAgent(
    @Arg('input', () => PauseAgentInput) { agent, paused, reason }: PauseAgentInput,
    @Ctx() { principal, services }: ExecutionContext,
  ): Promise<AgentPayload> {
    const changed = await services.agents.setPaused(principal, { agent, paused, reason: reason ?? undefined });
    return { agent: refTo('Agent', changed.agent) };
  }
}
