import { GraphQLJSON, GraphQLSafeInt } from 'graphql-scalars';
import { Arg, Ctx, Field, Float, ID, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { PageRead, ReadConnection, ReadNode, Selection } from '#graph-schema';
import type { ExecutionContext } from '../execution/context.ts';
import { NodeRef } from '../execution/subtrees.ts';
import { generated, generatedEnum } from '../schema/registry.ts';
import { DateTime, jsonToValue } from '../schema/scalars.ts';

@ObjectType({ simpleResolvers: true, description: 'A source; of an erased one only the tombstone is left.' })
export class WhySource {
  @Field(() => ID)
  id!: string;
  @Field(() => String, { nullable: true })
  name!: string | null;
  @Field(() => String)
  state!: string;
  @Field(() => Boolean)
  erased!: boolean;
  @Field(() => DateTime, { nullable: true })
  erasedAt!: number | null;
  @Field(() => ID, { nullable: true })
  erasedBy!: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'A passage that was read or cited.' })
export class WhyPassage {
  @Field(() => ID)
  id!: string;
  @Field(() => Boolean, { description: 'The outcome cites it; otherwise it was only read.' })
  cited!: boolean;
  @Field(() => String, { nullable: true, description: 'Null once it is erased.' })
  text!: string | null;
  @Field(() => [String])
  headings!: readonly string[];
  @Field(() => Int, { nullable: true })
  page!: number | null;
  @Field(() => Int, { nullable: true })
  line!: number | null;
  @Field(() => Boolean)
  erased!: boolean;
  @Field(() => WhySource, { nullable: true })
  source!: WhySource | null;
}

@ObjectType({ simpleResolvers: true, description: 'Knowledge that was read or cited.' })
export class WhyKnowledge {
  @Field(() => ID)
  id!: string;
  @Field(() => Boolean)
  cited!: boolean;
  @Field(() => String)
  kind!: string;
  @Field(() => String)
  title!: string;
  @Field(() => String, { nullable: true, description: 'Null once it is erased.' })
  text!: string | null;
  @Field(() => String, { nullable: true, description: 'Document and date that it is taken from.' })
  reference!: string | null;
  @Field(() => Boolean)
  erased!: boolean;
}

@ObjectType({ simpleResolvers: true, description: 'A thing that passages speak of, looked up for the outcome.' })
export class WhyEntity {
  @Field(() => ID)
  id!: string;
  @Field(() => String)
  name!: string;
  @Field(() => String)
  kind!: string;
}

@ObjectType({ simpleResolvers: true })
export class WhyEvaluation {
  @Field(() => ID)
  id!: string;
  @Field(() => String)
  criterion!: string;
  @Field(() => String)
  kind!: string;
  @Field(() => Boolean)
  passed!: boolean;
  @Field(() => Float, { nullable: true })
  value!: number | null;
  @Field(() => String)
  explanation!: string;
  @Field(() => String, { nullable: true })
  remedy!: string | null;
}

@ObjectType({ simpleResolvers: true })
export class WhyPerson {
  @Field(() => ID)
  id!: string;
  @Field(() => String)
  name!: string;
}

@ObjectType({ simpleResolvers: true })
export class WhyApproval {
  @Field(() => ID)
  id!: string;
  @Field(() => generatedEnum('ApprovalState'))
  state!: string;
  @Field(() => String, { nullable: true })
  reason!: string | null;
  @Field(() => DateTime, { nullable: true })
  decidedAt!: number | null;
  @Field(() => WhyPerson, { nullable: true, description: 'Who gave it.' })
  decidedBy!: WhyPerson | null;
}

@ObjectType({ simpleResolvers: true })
export class WhySkill {
  @Field(() => ID, { description: 'Id of the version.' })
  id!: string;
  @Field(() => String)
  name!: string;
  @Field(() => Int)
  number!: number;
  @Field(() => String)
  hash!: string;
}

@ObjectType({ simpleResolvers: true })
export class WhyAgent {
  @Field(() => ID)
  id!: string;
  @Field(() => String)
  name!: string;
  @Field(() => String)
  role!: string;
}

@ObjectType({ simpleResolvers: true })
export class WhyTask {
  @Field(() => ID)
  id!: string;
  @Field(() => generatedEnum('TaskState'))
  state!: string;
  @Field(() => Int, { description: 'How often it was begun.' })
  attempt!: number;
  @Field(() => WhyPerson, { nullable: true, description: 'Who asked for it.' })
  requestedBy!: WhyPerson | null;
}

@ObjectType({ simpleResolvers: true, description: 'Everything behind one outcome.' })
export class WhyOutcome {
  @Field(() => ID)
  id!: string;
  @Field(() => generatedEnum('OutcomeState'))
  state!: string;
  @Field(() => Boolean)
  erased!: boolean;
  @Field(() => String)
  summary!: string;
  @Field(() => GraphQLJSON, { nullable: true, description: 'As it was delivered: edited by a person where one did.' })
  output!: unknown;
  @Field(() => GraphQLJSON, { nullable: true })
  metrics!: unknown;
  @Field(() => [String])
  notes!: readonly string[];
  @Field(() => String, { nullable: true })
  model!: string | null;
  @Field(() => GraphQLSafeInt, { description: 'Micro US dollars: what the whole task has cost.' })
  costMicros!: number;
  @Field(() => DateTime, { nullable: true })
  deliveredAt!: number | null;
  @Field(() => WhySkill, { nullable: true })
  skillVersion!: WhySkill | null;
  @Field(() => WhyAgent, { nullable: true })
  agent!: WhyAgent | null;
  @Field(() => WhyTask, { nullable: true })
  task!: WhyTask | null;
  @Field(() => [WhyKnowledge])
  knowledge!: WhyKnowledge[];
  @Field(() => [WhyPassage])
  passages!: WhyPassage[];
  @Field(() => [WhyEntity], { description: 'Persons, products, places and terms of the graph that were looked up.' })
  entities!: WhyEntity[];
  @Field(() => [WhySource])
  sources!: WhySource[];
  @Field(() => [WhyEvaluation])
  evaluations!: WhyEvaluation[];
  @Field(() => [WhyApproval])
  approvals!: WhyApproval[];
  @Field(() => generated('Outcome'), { description: 'The node itself, for everything else.' })
  outcome!: NodeRef;
}

const all = (...names: string[]): Record<string, string> => Object.fromEntries(names.map((name) => [name, name]));
const PAGE: PageRead = { first: 100 };

const SOURCE: Selection = { properties: all('id', 'name', 'state', 'erasedAt', 'erasedBy') };
const CHUNK: Selection = {
  properties: all('id', 'text', 'headings', 'page', 'line'),
  relations: { source: { field: 'source', select: SOURCE } },
};
const KNOWLEDGE: Selection = { properties: all('id', 'kind', 'title', 'text', 'reference') };
const OUTCOME: Selection = {
  properties: all(
    'id',
    'state',
    'summary',
    'output',
    'editedOutput',
    'metrics',
    'notes',
    'model',
    'costMicros',
    'deliveredAt',
  ),
  relations: {
    skillVersion: { field: 'skillVersion', select: { properties: all('id', 'name', 'number', 'hash') } },
    agent: { field: 'agent', select: { properties: all('id', 'name', 'role') } },
    knowledge: { field: 'knowledge', select: KNOWLEDGE, page: PAGE },
    chunks: { field: 'chunks', select: CHUNK, page: PAGE },
    sources: { field: 'sources', select: SOURCE, page: PAGE },
    evaluations: {
      field: 'evaluations',
      select: { properties: all('id', 'criterion', 'kind', 'passed', 'value', 'explanation', 'remedy') },
      page: PAGE,
    },
    approvals: {
      field: 'approvals',
      select: {
        properties: all('id', 'state', 'reason', 'decidedAt'),
        relations: { decidedBy: { field: 'decidedBy', select: { properties: all('id', 'name') } } },
      },
      page: PAGE,
    },
    task: {
      field: 'task',
      select: {
        properties: all('id', 'state', 'attempt', 'costMicros'),
        relations: {
          requestedBy: { field: 'requestedBy', select: { properties: all('id', 'name') } },
          usedKnowledge: { field: 'usedKnowledge', select: KNOWLEDGE, page: PAGE },
          usedChunks: { field: 'usedChunks', select: CHUNK, page: PAGE },
          usedEntities: { field: 'usedEntities', select: { properties: all('id', 'name', 'kind') }, page: PAGE },
        },
      },
    },
  },
};

const nodesOf = (value: unknown): ReadNode[] => [...(value as ReadConnection).nodes];
const one = (value: unknown): ReadNode | null => (value as ReadNode | null) ?? null;

function toSource(node: ReadNode): WhySource {
  const erased = node.state === 'erased';
  return { ...(node as unknown as WhySource), name: erased ? null : String(node.name), erased };
}

function toPassage(node: ReadNode, cited: boolean): WhyPassage {
  const source = one(node.source);
  const erased = source?.state === 'erased' || node.text === '' || node.text === null;
  return {
    ...(node as unknown as WhyPassage),
    cited,
    text: erased ? null : String(node.text),
    headings: erased ? [] : ((node.headings as readonly string[] | null) ?? []),
    source: source ? toSource(source) : null,
    erased,
  };
}

function toKnowledge(node: ReadNode, cited: boolean): WhyKnowledge {
  const erased = node.text === '' || node.text === null;
  return { ...(node as unknown as WhyKnowledge), cited, text: erased ? null : String(node.text), erased };
}

/** Cited ones first, then what was only read; each once. */
function merged<T extends { readonly id: string }>(cited: readonly T[], read: readonly T[]): T[] {
  const seen = new Set(cited.map((item) => item.id));
  return [...cited, ...read.filter((item) => !seen.has(item.id))];
}

function toWhy(node: ReadNode): WhyOutcome {
  const task = one(node.task);
  const erased = node.state === 'erased';
  const output = jsonToValue(node.editedOutput ?? node.output ?? null);
  const id = String(node.id);
  return {
    id,
    state: String(node.state),
    erased,
    summary: String(node.summary ?? ''),
    output: erased ? null : output,
    metrics: jsonToValue(node.metrics ?? null),
    notes: (node.notes as readonly string[] | null) ?? [],
    model: (node.model as string | null) ?? null,
    costMicros: Number(task?.costMicros ?? node.costMicros ?? 0),
    deliveredAt: (node.deliveredAt as number | null) ?? null,
    skillVersion: one(node.skillVersion) as WhySkill | null,
    agent: one(node.agent) as WhyAgent | null,
    task: task as WhyTask | null,
    knowledge: merged(
      nodesOf(node.knowledge).map((item) => toKnowledge(item, true)),
      task ? nodesOf(task.usedKnowledge).map((item) => toKnowledge(item, false)) : [],
    ),
    passages: merged(
      nodesOf(node.chunks).map((item) => toPassage(item, true)),
      task ? nodesOf(task.usedChunks).map((item) => toPassage(item, false)) : [],
    ),
    entities: task ? (nodesOf(task.usedEntities) as unknown as WhyEntity[]) : [],
    sources: nodesOf(node.sources).map(toSource),
    evaluations: nodesOf(node.evaluations) as unknown as WhyEvaluation[],
    approvals: nodesOf(node.approvals).map((approval) => ({
      ...(approval as unknown as WhyApproval),
      decidedBy: one(approval.decidedBy) as WhyPerson | null,
    })),
    outcome: new NodeRef('Outcome', id),
  };
}

@Resolver()
export class WhyVerbs {
  @Query(() => WhyOutcome, {
    nullable: true,
    description: 'What led to an outcome: skill version, agent, knowledge, passages, checks, approval, cost.',
  })
  async whyOutcome(
    @Arg('id', () => ID, { description: 'Id of the outcome, or of its task (then its newest outcome).' }) id: string,
    @Ctx() { principal, store, limits }: ExecutionContext,
  ): Promise<WhyOutcome | null> {
    const newest: PageRead = { first: 1, orderBy: [{ property: 'createdAt', direction: 'desc' }] };
    const result = await store.read(
      principal,
      {
        roots: [
          { key: 'outcome', node: 'Outcome', find: { by: 'id', id }, select: OUTCOME },
          {
            key: 'task',
            node: 'Task',
            find: { by: 'id', id },
            select: {
              properties: all('id'),
              relations: { outcomes: { field: 'outcomes', select: OUTCOME, page: newest } },
            },
          },
        ],
      },
      limits(),
    );
    const direct = one(result.outcome);
    const task = one(result.task);
    const found = direct ?? (task ? nodesOf(task.outcomes)[0] : undefined);
    return found ? toWhy(found) : null;
  }
}
