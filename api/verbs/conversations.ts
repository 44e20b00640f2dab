import { ArrayMaxSize, IsInt, Matches, Max, MaxLength, Min, MinLength } from 'class-validator';
import { Arg, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import { NAME_PATTERN } from '#platform';
import type { ExecutionContext } from '../execution/context.ts';
import { NodeRef, refTo } from '../execution/subtrees.ts';
import { generated } from '../schema/registry.ts';
import { IfGiven } from './if-given.ts';
import { tenantOf } from './roles.ts';

@InputType({ description: 'An uploaded file that goes with a message.' })
export class MessageFileInput {
  @Field(() => String, { nullable: true, description: 'Input that it is for; found out when left out.' })
  @IfGiven()
  @MaxLength(200)
  input?: string | null;
  @Field(() => ID, { description: 'Id that PUT /uploads gave.' })
  @MaxLength(200)
  upload!: string;
}

@InputType()
export class SendMessageInput {
  @Field(() => String)
  @MinLength(1)
  @MaxLength(100_000)
  text!: string;
  @Field(() => ID, { nullable: true, description: 'The thread to go on with; a new one when left out.' })
  conversation?: string | null;
  @Field(() => String, { nullable: true })
  @IfGiven()
  @Matches(NAME_PATTERN)
  tenant?: string | null;
  @Field(() => String, { nullable: true, description: 'Name of the agent; the router chooses when left out.' })
  @IfGiven()
  @Matches(NAME_PATTERN)
  agent?: string | null;
  @Field(() => [MessageFileInput], { nullable: true, description: 'At most 20.' })
  @IfGiven()
  @ArrayMaxSize(20)
  files?: MessageFileInput[] | null;
}

@ObjectType({ simpleResolvers: true })
export class SendMessagePayload {
  @Field(() => generated('Conversation'))
  conversation!: NodeRef | null;
  @Field(() => generated('Message'), { description: 'What was sent.' })
  message!: NodeRef | null;
  @Field(() => generated('Message'), { nullable: true, description: 'The answer, where there is one already.' })
  reply!: NodeRef | null;
  @Field(() => generated('Task'), { nullable: true, description: 'The task that was queued for it.' })
  task!: NodeRef | null;
  @Field(() => Boolean, { description: 'The agent asked back and waits for the answer.' })
  clarifying!: boolean;
}

@InputType()
export class AskInput {
  @Field(() => String)
  @MinLength(1)
  @MaxLength(2_000)
  question!: string;
  @Field(() => String, { nullable: true })
  @IfGiven()
  @Matches(NAME_PATTERN)
  tenant?: string | null;
  @Field(() => Int, { defaultValue: 12, description: 'Passages to answer from, 1 to 50.' })
  @IsInt()
  @Min(1)
  @Max(50)
  limit!: number;
}

@ObjectType({ simpleResolvers: true })
export class Citation {
  @Field(() => Int, { description: 'Number in the answer: [1].' })
  number!: number;
  @Field(() => String, { description: 'The words that are cited.' })
  quote!: string;
  @Field(() => generated('Chunk'), { description: 'The passage; its source is one field further.' })
  chunk!: NodeRef;
}

@ObjectType({ simpleResolvers: true })
export class KnowledgeCitation {
  @Field(() => Int, { description: 'Number in the answer: [1].' })
  number!: number;
  @Field(() => String, { description: 'The words that are cited.' })
  quote!: string;
  @Field(() => generated('Knowledge'), { description: 'What is known, where no passage of a source states it.' })
  knowledge!: NodeRef;
}

@ObjectType({ simpleResolvers: true })
export class Answer {
  @Field(() => Boolean, { description: 'False when the graph does not hold the answer.' })
  known!: boolean;
  @Field(() => String)
  answer!: string;
  @Field(() => String, { description: 'Model that wrote it.' })
  model!: string;
  @Field(() => [Citation])
  citations!: Citation[];
  @Field(() => [KnowledgeCitation])
  knowledge!: KnowledgeCitation[];
}

@Resolver()
export class ConversationVerbs {
  @Mutation(() => SendMessagePayload, { description: 'One turn of a conversation with an agent.' })
  async sendMessage(
    @Arg('input', () => SendMessageInput) input: SendMessageInput,
    @Ctx() { principal, services, uploads, limits }: ExecutionContext,
  ): Promise<SendMessagePayload> {
    const files = await Promise.all(
      (input.files ?? []).map(async (file) => ({
        input: file.input ?? undefined,
        upload: await uploads.describe(principal, file.upload),
      })),
    );
    const message = {
      text: input.text,
      tenant: tenantOf(principal, input.tenant),
      conversation: input.conversation ?? undefined,
      agent: input.agent ?? undefined,
      channel: 'api',
      files,
    };
    const sent = await services.conversations.send(principal, message, limits());
    return {
      conversation: refTo('Conversation', sent.conversation),
      message: refTo('Message', sent.message),
      reply: refTo('Message', sent.reply),
      task: refTo('Task', sent.task),
      clarifying: sent.clarifying,
    };
  }

  @Query(() => Answer, { description: 'Answers from the graph with citations, or says that it does not know.' })
  async ask(
    @Arg('input', () => AskInput) input: AskInput,
    @Ctx() { principal, services, limits }: ExecutionContext,
  ): Promise<Answer> {
    const question = { text: input.question, tenant: tenantOf(principal, input.tenant), limit: input.limit };
    const { known, answer, model, citations, knowledge } = await services.conversations.ask(
      principal,
      question,
      limits(),
    );
    return {
      ...{ known, answer, model },
      knowledge: knowledge.map((cited) => ({ ...cited, knowledge: new NodeRef('Knowledge', cited.knowledge) })),
      citations: citations.map(({ number, quote, chunk }) => ({ number, quote, chunk: new NodeRef('Chunk', chunk) })),
    };
  }
}
