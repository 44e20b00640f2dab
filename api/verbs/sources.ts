import { ArrayMaxSize, Matches, MaxLength } from 'class-validator';
import { Arg, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Resolver, registerEnumType } from 'type-graphql';
import { NAME_PATTERN } from '#platform';
import type { ExecutionContext } from '../execution/context.ts';
import { type NodeRef, refTo } from '../execution/subtrees.ts';
import { generated } from '../schema/registry.ts';
import { IfGiven } from './if-given.ts';
import { requireTenant } from './roles.ts';

export const SourceChange = {
  created: 'created',
  updated: 'updated',
  unchanged: 'unchanged',
  failed: 'failed',
} as const;
registerEnumType(SourceChange, { name: 'SourceChange', description: 'What taking a file in changed.' });

@InputType()
export class IngestSourceInput {
  @Field(() => ID, { description: 'Id that PUT /uploads gave.' })
  @MaxLength(200)
  upload!: string;
  @Field(() => String, { nullable: true, description: 'Name of the client; the token’s own when left out.' })
  @IfGiven()
  @Matches(NAME_PATTERN)
  tenant?: string | null;
  @Field(() => String, { nullable: true, description: 'The field that it matters for.' })
  @IfGiven()
  @Matches(NAME_PATTERN)
  vertical?: string | null;
  @Field(() => String, { defaultValue: 'default', description: 'Name of the folder or collection it belongs to.' })
  @MaxLength(500)
  root!: string;
  @Field(() => String, { nullable: true, description: 'Path within the root; the upload’s name when left out.' })
  @IfGiven()
  @MaxLength(1_000)
  name?: string | null;
}

@ObjectType({ simpleResolvers: true })
export class IngestSourcePayload {
  @Field(() => generated('Source'))
  source!: NodeRef | null;
  @Field(() => SourceChange)
  change!: keyof typeof SourceChange;
  @Field(() => Int, { description: 'Passages of its present content.' })
  chunks!: number;
  @Field(() => Int, { description: 'Entities found in it.' })
  entities!: number;
  @Field(() => Int, { description: 'Facts stated in it.' })
  knowledge!: number;
}

@InputType()
export class FinishRootInput {
  @Field(() => String, { nullable: true })
  @IfGiven()
  @Matches(NAME_PATTERN)
  tenant?: string | null;
  @Field(() => String, { nullable: true })
  @IfGiven()
  @Matches(NAME_PATTERN)
  vertical?: string | null;
  @Field(() => String)
  @MaxLength(500)
  root!: string;
  @Field(() => [String], { description: 'Every name that the complete run saw.' })
  @ArrayMaxSize(100_000)
  names!: string[];
  @Field(() => Boolean, { defaultValue: false, description: 'Retire also when more than a fifth is missing.' })
  prune!: boolean;
}

@ObjectType({ simpleResolvers: true })
export class FinishRootPayload {
  @Field(() => Int, { description: 'Sources that the root had.' })
  total!: number;
  @Field(() => Int, { description: 'Sources that the run did not see.' })
  missing!: number;
  @Field(() => Int, { description: 'Sources that were retired.' })
  retired!: number;
  @Field(() => Boolean, { description: 'More than a fifth is missing and nothing was retired; ask again with prune.' })
  held!: boolean;
}

@InputType()
export class DeleteSourceInput {
  @Field(() => ID)
  id!: string;
  @Field(() => String, { nullable: true })
  @IfGiven()
  @MaxLength(1_000)
  reason?: string | null;
}

@ObjectType({ simpleResolvers: true })
export class DeleteSourcePayload {
  @Field(() => generated('Source'), { description: 'The tombstone: id, when, and who.' })
  source!: NodeRef | null;
}

@Resolver()
export class SourceVerbs {
  @Mutation(() => IngestSourcePayload, { description: 'Takes an uploaded file into the knowledge of a client.' })
  async ingestSource(
    @Arg('input', () => IngestSourceInput) input: IngestSourceInput,
    @Ctx() { principal, services, uploads, limits }: ExecutionContext,
  ): Promise<IngestSourcePayload> {
    const tenant = requireTenant(principal, input.tenant);
    const upload = await uploads.describe(principal, input.upload);
    const vertical = input.vertical ?? undefined;
    const name = input.name ?? upload.name;
    const done = await services.sources.ingest(
      principal,
      { tenant, vertical, root: input.root, name, upload },
      limits(),
    );
    return { ...done, source: refTo('Source', done.source) };
  }

  @Mutation(() => FinishRootPayload, { description: 'Ends a complete run over a folder: what is gone is retired.' })
  async finishSourceRoot(
    @Arg('input', () => FinishRootInput) input: FinishRootInput,
    @Ctx() { principal, services, limits }: ExecutionContext,
  ): Promise<FinishRootPayload> {
    const { root, names, prune } = input;
    const tenant = requireTenant(principal, input.tenant);
    const run = { tenant, vertical: input.vertical ?? undefined, root, names, prune };
    return services.sources.finishRoot(principal, run, limits());
  }

  @Mutation(() => DeleteSourcePayload, {
    description: 'Erases a source: text, vectors and revisions go, a tombstone stays.',
  })
  async deleteSource(
    @Arg('input', () => DeleteSourceInput) { id, reason }: DeleteSourceInput,
    @Ctx() { principal, services }: ExecutionContext,
  ): Promise<DeleteSourcePayload> {
    const { source } = await services.sources.erase(principal, id, reason ?? undefined);
    return { source: refTo('Source', source) };
  }
}
