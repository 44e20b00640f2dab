import type { Agent, NodeOf, Task } from '#graph-schema';

export type TaskNode = NodeOf<typeof Task>;
export type AgentNode = NodeOf<typeof Agent>;
