import { IsInt, MaxLength, Min } from 'class-validator';
import {
  Arg,
  Ctx,
  Field,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  registerEnumType,
} from 'type-graphql';
import type { ExecutionContext } from '../execution/context.ts';
import { NodeRef, refTo } from '../execution/subtrees.ts';
import { generated } from '../schema/registry.ts';
import { IfGiven } from './if-given.ts';

const NEEDS = 'Needs the role curator or above; for all agents, a token of the whole cell.';

export const SkillChangeKind = { added: 'added', removed: 'removed', changed: 'changed' } as const;
registerEnumType(SkillChangeKind, { name: 'SkillChangeKind' });

@InputType()
export class SkillPinTargetInput {
  @Field(() => String, { description: 'Name or id of the skill.' })
  @MaxLength(200)
  skill!: string;
  @Field(() => ID, { nullable: true, description: 'The agent that alone is concerned; all agents when left out.' })
  @IfGiven()
  @MaxLength(200)
  agent?: string | null;
  @Field(() => String, { nullable: true })
  @IfGiven()
  @MaxLength(1_000)
  reason?: string | null;
}

@InputType()
export class PinSkillInput extends SkillPinTargetInput {
  @Field(() => Int, { description: 'Number of the version.' })
  @IsInt()
  @Min(1)
  version!: number;
}

@ObjectType({ simpleResolvers: true })
export class SkillPinPayload {
  @Field(() => generated('Skill'))
  skill!: NodeRef | null;
  @Field(() => generated('Agent'), { nullable: true, description: 'The agent that was pinned; null for all.' })
  agent!: NodeRef | null;
  @Field(() => generated('SkillVersion'), { description: 'What new tasks run from now on.' })
  version!: NodeRef | null;
}

@ObjectType({ simpleResolvers: true, description: 'One thing that a later version of a skill says otherwise.' })
export class SkillChange {
  @Field(() => String, { description: 'input, output, criterion, prompt, handler and so on.' })
  part!: string;
  @Field(() => SkillChangeKind)
  change!: keyof typeof SkillChangeKind;
  @Field(() => String, { nullable: true, description: 'Of the input, output, tool or path; a criterion as written.' })
  name!: string | null;
  @Field(() => String, { nullable: true })
  before!: string | null;
  @Field(() => String, { nullable: true })
  after!: string | null;
  @Field(() => Boolean, {
    description: 'Tasks that fitted before can be refused, or readers of outputs miss something.',
  })
  breaking!: boolean;
}

@ObjectType({ simpleResolvers: true, description: 'Two versions of a skill side by side.' })
export class SkillDiff {
  @Field(() => generated('Skill'))
  skill!: NodeRef;
  @Field(() => generated('SkillVersion'))
  from!: NodeRef;
  @Field(() => generated('SkillVersion'))
  to!: NodeRef;
  @Field(() => [SkillChange])
  changes!: readonly SkillChange[];
  @Field(() => String, { description: 'Unified diff of the definitions; empty when they say the same.' })
  unified!: string;
}

interface Changed {
  readonly skill: string;
  readonly agent: string | undefined;
  readonly version: string;
}

@Resolver()
export class SkillVerbs {
  @Query(() => SkillDiff, {
    description:
      'What differs between two versions of a skill. Without numbers: the version in use and the newest one, or, where these are one, that before and this.',
  })
  async skillDiff(
    @Arg('skill', () => String, { description: 'Name or id.' }) skill: string,
    @Arg('from', () => Int, { nullable: true }) from: number | null,
    @Arg('to', () => Int, { nullable: true }) to: number | null,
    @Ctx() { principal, services }: ExecutionContext,
  ): Promise<SkillDiff> {
    const wanted = { skill, from: from ?? undefined, to: to ?? undefined };
    const diff = await services.skills.diff(principal, wanted);
    return {
      skill: new NodeRef('Skill', diff.skill),
      from: new NodeRef('SkillVersion', diff.from),
      to: new NodeRef('SkillVersion', diff.to),
      changes: diff.changes,
      unified: diff.unified,
    };
  }

  @Mutation(() => SkillPinPayload, {
    description: `Keeps new tasks at a version of a skill; newer ones are there and not used. Tasks that are queued or running finish on theirs. ${NEEDS}`,
  })
  async pinSkill(
    @Arg('input', () => PinSkillInput) input: PinSkillInput,
    @Ctx() { principal, services }: ExecutionContext,
  ): Promise<SkillPinPayload> {
    return payload(await services.skills.pin(principal, { ...target(input), version: input.version }));
  }

  @Mutation(() => SkillPinPayload, {
    description: `Lets new tasks run the newest version again, an agent what all others run. ${NEEDS}`,
  })
  async unpinSkill(
    @Arg('input', () => SkillPinTargetInput) input: SkillPinTargetInput,
    @Ctx() { principal, services }: ExecutionContext,
  ): Promise<SkillPinPayload> {
    return payload(await services.skills.unpin(principal, target(input)));
  }

  @Mutation(() => SkillPinPayload, {
    description: `Pins to the newest version before the one in use that this Kaze can run. ${NEEDS}`,
  })
  async rollbackSkill(
    @Arg('input', () => SkillPinTargetInput) input: SkillPinTargetInput,
    @Ctx() { principal, services }: ExecutionContext,
  ): Promise<SkillPinPayload> {
    return payload(await services.skills.rollback(principal, target(input)));
  }
}

const target = ({ skill, agent, reason }: SkillPinTargetInput) => ({
  skill,
  agent: agent ?? undefined,
  reason: reason ?? undefined,
});

const payload = ({ skill, agent, version }: Changed): SkillPinPayload => ({
  skill: refTo('Skill', skill),
  agent: refTo('Agent', agent),
  version: refTo('SkillVersion', version),
});
