import type { ExecutionResult } from 'graphql';
import type { GraphStore, Principal } from '#graph-schema';
import type { Logger } from '#platform';
import type { CallLimits, Services } from '../ports/services.ts';
import type { Uploads } from '../ports/uploads.ts';
import type { EventHub } from '../subscriptions/hub.ts';
import type { Subtrees } from './subtrees.ts';

/** What resolvers get: on whose behalf, with what, and until when. */
export interface ExecutionContext {
  readonly principal: Principal;
  readonly store: GraphStore;
  readonly services: Services;
  readonly uploads: Uploads;
  readonly hub: EventHub;
  readonly logger: Logger;
  /** What is left of the operation's time. */
  limits(): CallLimits;
  /** Reads what is asked for below a verb's result. */
  readonly subtrees?: Subtrees;
  /** Arguments of a root field, by its type, its name and where it begins in the document. */
  rootArguments(typeName: string, fieldName: string, start: number): Record<string, unknown>;
  /** Forgets cached authentications; called when a token is revoked. */
  forgetTokens(): void;
}

/** What the edge knows of a request before anything runs. */
export interface RequestContext {
  readonly principal: Principal;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
  /** What was answered already, ahead of Apollo, and only needs its words. */
  readonly answered?: ExecutionResult;
}
