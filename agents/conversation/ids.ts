import { derivedId } from '#platform';

/** The one answer to a message. */
export const replyId = (scope: string, messageId: string): string => derivedId(scope, 'reply', messageId);

/** The one report on a task in one state. */
export const reportId = (scope: string, taskId: string, state: string): string =>
  derivedId(scope, 'task-report', taskId, state);
