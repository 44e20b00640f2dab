import { ArrayMaxSize, IsInt, Matches, Max, MaxLength, Min, MinLength } from 'class-validator';
import { Arg, Ctx, Field, Float, InputType, Int, ObjectType, Query, Resolver, registerEnumType } from 'type-graphql';
import { NAME_PATTERN } from '#platform';
import type { ExecutionContext } from '../execution/context.ts';
import { NodeRef } from '../execution/subtrees.ts';
import { nodeInterface } from '../schema/registry.ts';
import { IfGiven } from './if-given.ts';
import { tenantOf } from './roles.ts';

export const SearchType = {
  Knowledge: 'Knowledge',
  Chunk: 'Chunk',
  Entity: 'Entity',
  Skill: 'Skill',
  Outcome: 'Outcome',
} as const;
registerEnumType(SearchType, { name: 'SearchType', description: 'Types of nodes that can be searched.' });

@InputType()
export class SearchInput {
  @Field(() => String, { description: 'Words or a question.' })
  @MinLength(1)
  @MaxLength(2_000)
  text!: string;
  @Field(() => String, { nullable: true, description: 'Only this client and what is shared.' })
  @IfGiven()
  @Matches(NAME_PATTERN)
  tenant?: string | null;
  @Field(() => String, { nullable: true, description: 'Only this field of business.' })
  @IfGiven()
  @Matches(NAME_PATTERN)
  vertical?: string | null;
  @Field(() => [SearchType], { nullable: true })
  @IfGiven()
  @ArrayMaxSize(5)
  types?: (keyof typeof SearchType)[] | null;
  @Field(() => Int, { defaultValue: 10, description: '1 to 100.' })
  @IsInt()
  @Min(1)
  @Max(100)
  limit!: number;
}

@ObjectType({ simpleResolvers: true })
export class SearchHit {
  @Field(() => nodeInterface())
  node!: NodeRef;
  @Field(() => Float, { description: '0 to 1, relative to the best hit.' })
  score!: number;
  @Field(() => [String], { description: 'Why it was found and ranked so.' })
  reasons!: readonly string[];
  @Field(() => String, { description: 'The words that fit best.' })
  excerpt!: string;
}

@ObjectType({ simpleResolvers: true })
export class SearchResult {
  @Field(() => [SearchHit], { description: 'Best first.' })
  hits!: SearchHit[];
}

@Resolver()
export class SearchVerbs {
  @Query(() => SearchResult, { description: 'Finds knowledge and passages by words and by meaning, with reasons.' })
  async searchKnowledge(
    @Arg('input', () => SearchInput) input: SearchInput,
    @Ctx() { principal, services, limits }: ExecutionContext,
  ): Promise<SearchResult> {
    const query = {
      text: input.text,
      tenant: tenantOf(principal, input.tenant),
      vertical: input.vertical ?? undefined,
      types: input.types ?? undefined,
      limit: input.limit,
    };
    const hits = await services.search.search(principal, query, limits());
    return { hits: hits.map(({ type, id, ...hit }) => ({ node: new NodeRef(type, id), ...hit })) };
  }
}
