/** Read first and last by a dump, which goes by ids: whatever is written in between shows as a difference. */
export const TASK_IDS = ['!first-task', '~last-task'] as const;
export const KNOWLEDGE_IDS = ['!first-fact', '~last-fact'] as const;
