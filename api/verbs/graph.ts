import { ArrayMaxSize, IsInt, Matches, Max, MaxLength, Min } from 'class-validator';
import { Arg, Ctx, Field, ID, InputType, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { ExecutionContext } from '../execution/context.ts';
import { NodeRef } from '../execution/subtrees.ts';
import { nodeInterface } from '../schema/registry.ts';
import { IfGiven } from './if-given.ts';

const RELATIONSHIP = /^[A-Z][A-Z_]{0,62}$/;

@InputType()
export class SubgraphInput {
  @Field(() => [ID], { description: 'Where to begin.' })
  @ArrayMaxSize(100)
  @MaxLength(64, { each: true })
  seeds!: string[];
  @Field(() => Int, { defaultValue: 2, description: '1 to 6.' })
  @IsInt()
  @Min(1)
  @Max(6)
  depth!: number;
  @Field(() => Int, { defaultValue: 500, description: '1 to 5,000.' })
  @IsInt()
  @Min(1)
  @Max(5_000)
  limit!: number;
  @Field(() => [String], { nullable: true, description: 'Relationship types to follow; all when left out.' })
  @IfGiven()
  @ArrayMaxSize(50)
  @Matches(RELATIONSHIP, { each: true })
  types?: string[] | null;
}

@InputType()
export class PathInput {
  @Field(() => ID)
  @MaxLength(64)
  from!: string;
  @Field(() => ID)
  @MaxLength(64)
  to!: string;
  @Field(() => Int, { defaultValue: 6, description: 'Longest path in relationships, 1 to 10.' })
  @IsInt()
  @Min(1)
  @Max(10)
  maxLength!: number;
  @Field(() => [String], { nullable: true })
  @IfGiven()
  @ArrayMaxSize(50)
  @Matches(RELATIONSHIP, { each: true })
  types?: string[] | null;
}

@ObjectType({ simpleResolvers: true })
export class GraphNode {
  @Field(() => ID)
  id!: string;
  @Field(() => String, { description: 'Type of the node.' })
  label!: string;
  @Field(() => String, { description: 'Name, title or first words.' })
  caption!: string;
  @Field(() => Int, { description: 'Relationships from the nearest beginning.' })
  depth!: number;
  @Field(() => nodeInterface(), { nullable: true, description: 'The node itself.' })
  node!: NodeRef | null;
}

@ObjectType({ simpleResolvers: true })
export class GraphEdge {
  @Field(() => String)
  type!: string;
  @Field(() => ID)
  from!: string;
  @Field(() => ID)
  to!: string;
}

@ObjectType({ simpleResolvers: true })
export class SubgraphResult {
  @Field(() => [GraphNode], { description: 'Nearest first.' })
  nodes!: GraphNode[];
  @Field(() => [GraphEdge])
  edges!: readonly GraphEdge[];
  @Field(() => Boolean, { description: 'Whether the limit cut it.' })
  truncated!: boolean;
}

@ObjectType({ simpleResolvers: true })
export class PathResult {
  @Field(() => [GraphNode], { description: 'From the first to the last.' })
  nodes!: GraphNode[];
  @Field(() => [GraphEdge])
  edges!: readonly GraphEdge[];
}

const shown = (node: { id: string; label: string; caption: string }, depth: number): GraphNode => ({
  ...node,
  depth,
  node: new NodeRef(node.label, node.id),
});

@Resolver()
export class GraphVerbs {
  @Query(() => SubgraphResult, { description: 'The neighbourhood of some nodes, within what the caller may see.' })
  async subgraph(
    @Arg('input', () => SubgraphInput) input: SubgraphInput,
    @Ctx() { principal, store, limits }: ExecutionContext,
  ): Promise<SubgraphResult> {
    const options = { depth: input.depth, maxNodes: input.limit, types: input.types ?? undefined, ...limits() };
    const found = await store.subgraph(principal, input.seeds, options);
    return { ...found, nodes: found.nodes.map((node) => shown(node, node.depth)) };
  }

  @Query(() => PathResult, { nullable: true, description: 'A shortest path; null when there is none.' })
  async path(
    @Arg('input', () => PathInput) input: PathInput,
    @Ctx() { principal, services, limits }: ExecutionContext,
  ): Promise<PathResult | null> {
    const ends = { from: input.from, to: input.to, maxLength: input.maxLength, types: input.types ?? undefined };
    const found = await services.paths.path(principal, ends, limits());
    return found ? { nodes: found.nodes.map(shown), edges: found.edges } : null;
  }
}
