import { MaxLength, MinLength } from 'class-validator';
import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, Query, Resolver, registerEnumType } from 'type-graphql';
import type { Role } from '#graph-schema';
import type { ExecutionContext } from '../execution/context.ts';
import type { TokenInfo } from '../ports/services.ts';
import { DateTime } from '../schema/scalars.ts';
import { requireRole, tenantOf } from './roles.ts';

export const TokenRole = {
  viewer: 'viewer',
  reviewer: 'reviewer',
  curator: 'curator',
  operator: 'operator',
  admin: 'admin',
  agent: 'agent',
} as const satisfies Record<Role, Role>;
registerEnumType(TokenRole, { name: 'TokenRole', description: 'What a token allows.' });

export const OwnerType = { Person: 'Person', Agent: 'Agent' } as const;
registerEnumType(OwnerType, { name: 'OwnerType', description: 'What a token belongs to.' });

@InputType()
export class CreateTokenInput {
  @Field(() => String, { description: 'What it is for.' })
  @MinLength(1)
  @MaxLength(200)
  name!: string;
  @Field(() => ID, { nullable: true, description: 'Id of its Person or Agent; your own when left out.' })
  owner?: string | null;
  @Field(() => OwnerType, { defaultValue: 'Person' })
  ownerType!: keyof typeof OwnerType;
  @Field(() => TokenRole)
  role!: Role;
  @Field(() => String, { nullable: true, description: 'The only client it reaches; none for the whole cell.' })
  tenant?: string | null;
  @Field(() => DateTime, { nullable: true, description: 'When it ends by itself.' })
  expiresAt?: number | null;
}

@ObjectType('Token', { simpleResolvers: true, description: 'A credential, without the credential.' })
export class TokenView {
  @Field(() => ID)
  id!: string;
  @Field(() => String)
  name!: string;
  @Field(() => ID)
  owner!: string;
  @Field(() => OwnerType)
  ownerType!: keyof typeof OwnerType;
  @Field(() => TokenRole)
  role!: Role;
  @Field(() => String, { nullable: true })
  tenant!: string | null;
  @Field(() => DateTime)
  createdAt!: number;
  @Field(() => DateTime, { nullable: true })
  expiresAt!: number | null;
  @Field(() => DateTime, { nullable: true })
  revokedAt!: number | null;
  @Field(() => DateTime, { nullable: true })
  lastUsedAt!: number | null;
}

@ObjectType({ simpleResolvers: true })
export class CreateTokenPayload {
  @Field(() => String, { description: 'The token. It is shown this once and never again.' })
  token!: string;
  @Field(() => TokenView)
  info!: TokenInfo;
}

@ObjectType({ simpleResolvers: true })
export class RevokeTokenPayload {
  @Field(() => TokenView)
  info!: TokenInfo;
}

@InputType()
export class RevokeTokenInput {
  @Field(() => ID)
  id!: string;
}

@Resolver()
export class TokenVerbs {
  @Query(() => [TokenView], { description: 'All tokens of the cell, or of the client. Needs the role admin.' })
  async tokens(@Ctx() { principal, services }: ExecutionContext): Promise<readonly TokenInfo[]> {
    requireRole(principal, ['admin'], 'listing tokens');
    return services.tokens.list(principal);
  }

  @Mutation(() => CreateTokenPayload, { description: 'Makes a token. Needs the role admin.' })
  async createToken(
    @Arg('input', () => CreateTokenInput) input: CreateTokenInput,
    @Ctx() { principal, services }: ExecutionContext,
  ): Promise<CreateTokenPayload> {
    requireRole(principal, ['admin'], 'creating tokens');
    return services.tokens.create(principal, {
      name: input.name,
      owner: input.owner ?? undefined,
      ownerType: input.ownerType,
      role: input.role,
      tenant: tenantOf(principal, input.tenant),
      expiresAt: input.expiresAt ?? undefined,
    });
  }

  @Mutation(() => RevokeTokenPayload, { description: 'Ends a token at once. Needs the role admin.' })
  async revokeToken(
    @Arg('input', () => RevokeTokenInput) { id }: RevokeTokenInput,
    @Ctx() { principal, services, forgetTokens }: ExecutionContext,
  ): Promise<RevokeTokenPayload> {
    requireRole(principal, ['admin'], 'revoking tokens');
    const info = await services.tokens.revoke(principal, id);
    forgetTokens();
    return { info };
  }
}
