import type { BuildSchemaOptions } from 'type-graphql';
import { SubscriptionVerbs } from '../subscriptions/resolvers.ts';
import { AgentVerbs } from './agents.ts';
import { ApprovalVerbs } from './approvals.ts';
import { CellVerbs } from './cell.ts';
import { ClientVerbs } from './clients.ts';
import { ConversationVerbs } from './conversations.ts';
import { GraphVerbs } from './graph.ts';
import { ModelChoicesVerbs } from './model-choices.ts';
import { RecordVerbs } from './records.ts';
import { SearchVerbs } from './search.ts';
import { SkillVerbs } from './skills.ts';
import { SourceVerbs } from './sources.ts';
import { TaskVerbs } from './tasks.ts';
import { TokenVerbs } from './tokens.ts';
import { UsageRowVerbs } from './usage-rows.ts';
import { WhyVerbs } from './why.ts';

/** Everything that is written by hand in the schema. */
export const verbResolvers: BuildSchemaOptions['resolvers'] = [
  TaskVerbs,
  ApprovalVerbs,
  SourceVerbs,
  SearchVerbs,
  ConversationVerbs,
  GraphVerbs,
  WhyVerbs,
  AgentVerbs,
  SkillVerbs,
  ClientVerbs,
  TokenVerbs,
  RecordVerbs,
  UsageRowVerbs,
  ModelChoicesVerbs,
  CellVerbs,
  SubscriptionVerbs,
];
