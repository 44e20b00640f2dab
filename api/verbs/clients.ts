import { IsEmail, Matches, MaxLength, MinLength } from 'class-validator';
import { Arg, Ctx, Field, InputType, Mutation, ObjectType, Resolver, registerEnumType } from 'type-graphql';
import type { Role } from '#graph-schema';
import { NAME_PATTERN } from '#platform';
import type { ExecutionContext } from '../execution/context.ts';
import { type NodeRef, refTo } from '../execution/subtrees.ts';
import { generated } from '../schema/registry.ts';
import { AgentPayload } from './agents.ts';
import { IfGiven } from './if-given.ts';
import { requireTenant, tenantOf } from './roles.ts';

type RoleOfPerson = Exclude<Role, 'agent'>;

export const RoleOfPerson = {
  viewer: 'viewer',
  reviewer: 'reviewer',
  curator: 'curator',
  operator: 'operator',
  admin: 'admin',
} as const satisfies Record<RoleOfPerson, RoleOfPerson>;
registerEnumType(RoleOfPerson, {
  name: 'RoleOfPerson',
  description: 'The most that a token of a person may be given.',
});

@InputType()
export class CreateTenantInput {
  @Field(() => String, { description: 'Short name of the client: lower-case letters, digits and dashes.' })
  @Matches(NAME_PATTERN)
  name!: string;
  @Field(() => String, { description: 'Name as people write it.' })
  @MinLength(1)
  @MaxLength(200)
  title!: string;
  @Field(() => String, { nullable: true, description: 'What the client does, in a sentence or two.' })
  @IfGiven()
  @MaxLength(4_000)
  description?: string | null;
  @Field(() => String, { nullable: true, description: 'Main language, BCP 47.' })
  @IfGiven()
  @MaxLength(35)
  language?: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'Country whose telephone numbers it writes without a prefix, ISO 3166-1 alpha-2.',
  })
  @IfGiven()
  @Matches(/^[A-Z]{2}$/)
  country?: string | null;
}

@ObjectType({ simpleResolvers: true })
export class TenantPayload {
  @Field(() => generated('Tenant'))
  tenant!: NodeRef | null;
}

@InputType()
export class BindAgentInput {
  @Field(() => String, { description: 'Name of the agent definition, such as seo-strategist.' })
  @Matches(NAME_PATTERN)
  template!: string;
  @Field(() => String, { nullable: true, description: 'Name of the client; the token’s own when left out.' })
  @IfGiven()
  @Matches(NAME_PATTERN)
  tenant?: string | null;
  @Field(() => String, { nullable: true, description: 'Name of the agent there; the definition’s when left out.' })
  @IfGiven()
  @Matches(NAME_PATTERN)
  name?: string | null;
}

@InputType()
export class CreatePersonInput {
  @Field(() => String, { description: 'Name as shown to others.' })
  @MinLength(1)
  @MaxLength(200)
  name!: string;
  @Field(() => String, { nullable: true, description: 'Address for mail; tells two people of one name apart.' })
  @IfGiven()
  @IsEmail()
  email?: string | null;
  @Field(() => RoleOfPerson)
  role!: RoleOfPerson;
  @Field(() => String, { nullable: true, description: 'The client that the person works for; none for the studio.' })
  @IfGiven()
  @Matches(NAME_PATTERN)
  tenant?: string | null;
}

@ObjectType({ simpleResolvers: true })
export class PersonPayload {
  @Field(() => generated('Person'))
  person!: NodeRef | null;
}

@Resolver()
export class ClientVerbs {
  @Mutation(() => TenantPayload, {
    description: 'Sets up a client. One that is there stays as it is. Needs the role operator or admin.',
  })
  async createTenant(
    @Arg('input', () => CreateTenantInput) input: CreateTenantInput,
    @Ctx() { principal, services }: ExecutionContext,
  ): Promise<TenantPayload> {
    const { name, title, description, language, country } = input;
    const { tenant } = await services.clients.createTenant(principal, {
      ...{ name: requireTenant(principal, name), title, description: description ?? undefined },
      ...{ language: language ?? undefined, country: country ?? undefined },
    });
    return { tenant: refTo('Tenant', tenant) };
  }

  @Mutation(() => AgentPayload, {
    description:
      'Makes an agent of a definition for a client, each skill at the first level of its ramp. One that is there keeps what it has earned. Needs the role operator or admin.',
  })
  async bindAgent(
    @Arg('input', () => BindAgentInput) { template, tenant, name }: BindAgentInput,
    @Ctx() { principal, services }: ExecutionContext,
  ): Promise<AgentPayload> {
    const bind = { template, tenant: requireTenant(principal, tenant), name: name ?? undefined };
    const { agent } = await services.clients.bindAgent(principal, bind);
    return { agent: refTo('Agent', agent) };
  }

  @Mutation(() => PersonPayload, {
    description:
      'Adds a person whom no identity provider brings. The same name (or e-mail) within a client is the same person. Needs the role operator or admin.',
  })
  async createPerson(
    @Arg('input', () => CreatePersonInput) { name, email, role, tenant }: CreatePersonInput,
    @Ctx() { principal, services }: ExecutionContext,
  ): Promise<PersonPayload> {
    const made = { name, email: email ?? undefined, role, tenant: tenantOf(principal, tenant) };
    const { person } = await services.clients.createPerson(principal, made);
    return { person: refTo('Person', person) };
  }
}
