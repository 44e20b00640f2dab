import { Ctx, Field, ID, ObjectType, Query, Resolver } from 'type-graphql';
import type { ExecutionContext } from '../execution/context.ts';
import { DateTime } from '../schema/scalars.ts';
import { requireRole } from './roles.ts';

@ObjectType({ simpleResolvers: true, description: 'On whose behalf this token acts.' })
export class Me {
  @Field(() => ID)
  id!: string;
  @Field(() => String)
  name!: string;
  @Field(() => String)
  kind!: string;
  @Field(() => String)
  role!: string;
  @Field(() => String, { nullable: true, description: 'The only client it reaches; null for the whole cell.' })
  tenant!: string | null;
}

@ObjectType({ simpleResolvers: true })
export class CellInfo {
  @Field(() => String)
  name!: string;
  @Field(() => String, { description: 'Version of Kaze.' })
  version!: string;
  @Field(() => DateTime)
  startedAt!: number;
}

@ObjectType({ simpleResolvers: true, description: 'One thing that `kaze doctor` looks at.' })
export class DoctorCheck {
  @Field(() => String)
  name!: string;
  @Field(() => Boolean)
  ok!: boolean;
  @Field(() => String)
  detail!: string;
}

@Resolver()
export class CellVerbs {
  @Query(() => Me, { description: 'Who you are to the cell.' })
  me(@Ctx() { principal }: ExecutionContext): Me {
    const { id, name, kind, role, tenant } = principal;
    return { id, name, kind, role, tenant: tenant ?? null };
  }

  @Query(() => CellInfo)
  async cellInfo(@Ctx() { services }: ExecutionContext): Promise<CellInfo> {
    return services.cell.info();
  }

  @Query(() => [DoctorCheck], {
    description: 'What is configured and what is wrong. Needs the role admin or operator.',
  })
  async doctor(@Ctx() { principal, services }: ExecutionContext): Promise<readonly DoctorCheck[]> {
    requireRole(principal, ['admin', 'operator'], 'the doctor');
    return services.cell.doctor(principal);
  }
}
