/** Threads between people and agents: routing, collecting inputs, answers, reports on tasks. */
export {
  type Conversations,
  type ConversationsOptions,
  createConversations,
  MAX_MESSAGE,
  type SentMessage,
  type SentTurn,
} from './conversations.ts';
export type { TaskSubmission } from './ports/task-submission.ts';
export { createRouter, type Route, type Router } from './routing/router.ts';
